import type { Context } from "koa";
import {
  type AccessObject,
  type Actor,
  authorise,
  type Right,
  type Scope,
  scopeOf,
} from "../../core/people/index.ts";
import { type AccessAnswerDeps, answerDenied, answerUnknown } from "./access-answers.ts";
import { type IdentityDeps, identify } from "./identify.ts";

export interface AccessDeps extends IdentityDeps, AccessAnswerDeps {}

/** What a route knows of the one who asks, once that one was let in. */
export interface Access {
  actor: Actor;
  /** What lists and searches must be kept to. */
  scope: Scope;
  /**
   * Whether the actor has the route's right on one object. When not, the request has been answered with 403,
   * counted and logged: the route returns.
   */
  permits(object: AccessObject): boolean;
}

export type Route<C extends Context> = (ctx: C, access: Access) => unknown;

/** Makes handlers of the routes of REST that let in only who may. */
export interface Guard {
  /** For whoever is known. */
  known<C extends Context>(route: (ctx: C, actor: Actor) => unknown): (ctx: C) => Promise<void>;
  /** For a route about something as a whole, which no bounded role grants. */
  whole<C extends Context>(right: Right, route: Route<C>): (ctx: C) => Promise<void>;
  /** For a route about objects: it must keep lists to `scope`, and ask `permits` for each single object. */
  some<C extends Context>(right: Right, route: Route<C>): (ctx: C) => Promise<void>;
}

export function guardOver(deps: AccessDeps): Guard {
  const letIn = async (ctx: Context): Promise<Actor | null> => {
    // What one person may see is not for the next one behind the same proxy.
    ctx.set("Cache-Control", "no-store");
    const identity = await identify(ctx, deps);
    if (identity.outcome === "identified") return identity.actor;
    answerUnknown(ctx, identity, deps);
    return null;
  };
  const about =
    <C extends Context>(right: Right, object: AccessObject | "some", route: Route<C>) =>
    async (ctx: C) => {
      const actor = await letIn(ctx);
      if (!actor) return;
      const permits = (asked: AccessObject | "some") => isAllowed(ctx, { actor, right, object: asked }, deps);
      if (permits(object)) await route(ctx, { actor, scope: scopeOf(actor, right), permits });
    };
  return {
    known: (route) => async (ctx) => {
      const actor = await letIn(ctx);
      if (actor) await route(ctx, actor);
    },
    whole: (right, route) => about(right, {}, route),
    some: (right, route) => about(right, "some", route),
  };
}

function isAllowed(
  ctx: Context,
  { actor, right, object }: { actor: Actor; right: Right; object: AccessObject | "some" },
  deps: AccessAnswerDeps,
): boolean {
  const decision = authorise(actor, right, object);
  if (decision.outcome === "allowed") return true;
  answerDenied(ctx, { actor, right, denial: decision }, deps);
  return false;
}
