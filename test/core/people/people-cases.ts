import type { Role, UserActor } from "../../../core/people/index.ts";

/** A role of nobody in particular that may read events everywhere. Name only what matters. */
export function aRole(overrides: Partial<Role> = {}): Role {
  return { name: "reader", of: { tag: "sre-oncall" }, rights: ["events.read"], ...overrides };
}

/** Zhangsan, without roles, who did not come by a token. */
export function aUser(overrides: Partial<UserActor> = {}): UserActor {
  return { kind: "user", userId: "zhangsan", roles: [], unsure: [], against: null, ...overrides };
}
