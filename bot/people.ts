import { LRUCache } from "lru-cache";
import type { Deciders } from "../core/approvals/index.ts";
import { isChatOpsError, isFinal } from "../core/errors.ts";
import {
  type AccessToken,
  type Entitlement,
  hasExpired,
  type Membership,
  namesNobody,
  type People,
  type Role,
  type RolesHeld,
  type Standing,
} from "../core/people/index.ts";
import type { Clock, Directory, Logger } from "../core/ports/index.ts";
import type { Warning } from "./http/index.ts";

export interface RoleFinderDeps {
  /** The roles in force now. */
  roles: () => readonly Role[];
  directory: Pick<Directory, "vouch">;
  clock: Clock;
  log: Logger;
}

/**
 * The roles that a person holds now. What the directory cannot say makes no role held. `fresh` is for what changes
 * things: the directory is asked at this moment, also about people whom a role names, and who is no member that it
 * knows holds none.
 */
export type RoleFinder = (userId: string, options?: { fresh: boolean }) => Promise<RolesHeld>;

type Vouched = Membership["outcome"] | "unavailable";

/** The directory is asked again after so long, in milliseconds: each call of REST would ask it else. */
const KEPT_MS = 60_000;
/** The same after it failed: not at each call, but soon. */
const FAILED_KEPT_MS = 5_000;
const MAX_KEPT = 10_000;

interface Kept {
  /** The roles that were in force when this was found. */
  of: readonly Role[];
  held: RolesHeld;
}

/**
 * Finds roles, once a minute for each person, and anew when other roles come into force. Those that name a
 * person need no directory; for tags, departments and duty rosters it is asked, for all at once.
 */
export function roleFinder({ roles, ...deps }: RoleFinderDeps): RoleFinder {
  const find = async (userId: string, of: readonly Role[]): Promise<Kept> => {
    const found = of.map(async (role) => ({ role, vouched: await vouchFor(userId, role.of, deps) }));
    return { of, held: heldOf(await Promise.all(found)) };
  };
  const cache = new LRUCache<string, Kept, readonly Role[]>({
    ...{ max: MAX_KEPT, ttl: KEPT_MS, ttlResolution: 0, perf: { now: () => deps.clock.nowMs() } },
    fetchMethod: async (userId, _stale, { options, context }) => {
      const kept = await find(userId, context);
      if (kept.held.unsure.length > 0) options.ttl = FAILED_KEPT_MS;
      return kept;
    },
  });
  return async (userId, options) => {
    const now = roles();
    if (options?.fresh) return freshly(userId, now, deps);
    const known = cache.get(userId);
    if (known?.of === now) return known.held;
    const fresh = await cache.fetch(userId, { context: now, forceRefresh: true });
    // Who joins an asking that began under other roles must ask again.
    return (fresh?.of === now ? fresh : await find(userId, now)).held;
  };
}

async function freshly(
  userId: string,
  roles: readonly Role[],
  { directory, log }: Pick<RoleFinderDeps, "directory" | "log">,
): Promise<RolesHeld> {
  try {
    const groups = roles.map(({ of }) => of);
    const found = await directory.vouch(userId, groups);
    if (found.outcome === "entitled") {
      return { roles: found.groups.flatMap((at) => roles[at] ?? []), unsure: [], against: null };
    }
    if (found.outcome === "duty_unknown") {
      return { roles: [], unsure: roles.filter(({ of }) => of.duty !== undefined), against: null };
    }
    return { roles: [], unsure: [], against: found.outcome === "not_entitled" ? null : found.outcome };
  } catch (error) {
    logUnread(error, userId, log);
    return { roles: [], unsure: roles, against: null };
  }
}

/** Throws what is no failure of the directory. */
function logUnread(error: unknown, userId: string, log: Logger): void {
  if (!isChatOpsError(error)) throw error;
  log.warn({ userId, code: error.code, reason: error.message }, "roles cannot be read from the directory");
}

async function vouchFor(
  userId: string,
  of: People,
  { directory, log }: Pick<RoleFinderDeps, "directory" | "log">,
): Promise<Vouched> {
  if (of.users?.includes(userId)) return "entitled";
  if (namesNobody({ ...of, users: [] })) return "not_entitled";
  try {
    return (await directory.vouch(userId, [of])).outcome;
  } catch (error) {
    logUnread(error, userId, log);
    return "unavailable";
  }
}

function heldOf(found: readonly { role: Role; vouched: Vouched }[]): RolesHeld {
  const which = (wanted: Vouched) =>
    found.filter(({ vouched }) => vouched === wanted).map(({ role }) => role);
  const against = (["inactive", "unknown_person"] satisfies Standing[]).find((one) => which(one).length > 0);
  const unsure = [...which("unavailable"), ...which("duty_unknown")];
  return { roles: which("entitled"), unsure, against: against ?? null };
}

/**
 * As whom a person may decide, looked up at this moment. Fails when the directory cannot say now; that it never will,
 * because a group is gone from it, is an answer.
 */
export async function entitlementOf(
  userId: string,
  among: readonly Deciders[],
  directory: Pick<Directory, "vouch">,
): Promise<Entitlement> {
  const groups = among.map(({ people }) => people);
  const found = await directory.vouch(userId, groups).catch((error: unknown) => {
    if (!isFinal(error)) throw error;
    return { outcome: "group_gone" as const };
  });
  if (found.outcome !== "entitled") return found;
  return { outcome: "entitled", groups: found.groups.flatMap((index) => among[index]?.name ?? []) };
}

/** A warning for each token that nobody can use any more. */
export function expiredTokens(tokens: Iterable<AccessToken>, nowMs: number): Warning[] {
  const expired = [...tokens].filter((token) => hasExpired(token, nowMs));
  return expired.map(({ id, user, expires }) => ({
    about: `token ${id}`,
    message: `of ${user} has expired at ${expires}: take it out of tokens.yaml (令牌已过期，请从 tokens.yaml 删除)`,
  }));
}
