import type Router from "koa-router";
import { type Actor, RIGHTS, scopeOf } from "../../../core/people/index.ts";
import { type AccessDeps, whoCalls } from "./guard.ts";

/** `GET /api/v1/whoami`: for whoever has a token, whatever it may. */
export function whoamiRoutes(router: Router, access: AccessDeps): void {
  router.get("/api/v1/whoami", async (ctx) => {
    const actor = await whoCalls(ctx, access);
    if (actor) ctx.body = whoIs(actor);
  });
}

/** Who somebody is, the roles that they hold, and on what they have which right. */
function whoIs(actor: Actor) {
  const rights = RIGHTS.map((right) => ({ right, scope: scopeOf(actor, right) }));
  const had = rights.filter(({ scope }) => scope.kind !== "nothing");
  if (actor.kind === "local") return { kind: "local", rights: had };
  const { kind, userId, token, roles, unsure, against } = actor;
  const names = (some: typeof roles) => some.map(({ name }) => name);
  return {
    ...{ kind, userId, ...(token ? { token: token.id } : {}) },
    ...{ roles: names(roles), unsure: names(unsure), against, rights: had },
  };
}
