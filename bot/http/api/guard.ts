import type { Context } from "koa";

import {
  type AccessObject,
  type Actor,
  actorName,
  authorise,
  type Right,
  type Scope,
  scopeOf,
} from "../../../core/people/index.ts";
import type { Logger } from "../../../core/ports/index.ts";
import { type AccessAnswerDeps, answerDenied, answerUnknown } from "./access-answers.ts";
import { type IdentityDeps, identify } from "./identify.ts";

export interface AccessDeps extends IdentityDeps, AccessAnswerDeps {}

/** `answered`: the caller may not, and has been told so; that is counted and logged. */
export type Guarded = LetIn | { outcome: "answered" };

export interface LetIn {
  outcome: "allowed";
  actor: Actor;
  /** The actor's name for logs and records. */
  who: string;
  /** What lists and searches must be kept to. */
  scope: Scope;
  /** The same question about one more object. When false, the request has been answered. */
  permits(object: AccessObject): boolean;
}

/**
 * Finds out who calls and whether they have a right on an object, before anything else of the request is looked
 * at; `{}` is something as a whole. `"some"` lets in who has the right on any object: a list is then to be kept
 * to `scope`, and `permits` asked for each object once it is known.
 */
export type Guard = (ctx: Context, right: Right, object: AccessObject | "some") => Promise<Guarded>;

const ANSWERED: Guarded = { outcome: "answered" };

/** The guard of the routes below `/api/v1`. */
export function guardOver(deps: AccessDeps): Guard {
  return async (ctx, right, object) => {
    const actor = await whoCalls(ctx, deps);
    if (!actor) return ANSWERED;
    const permits = (asked: AccessObject | "some") => isAllowed(ctx, { actor, right, object: asked }, deps);
    if (!permits(object)) return ANSWERED;
    return { outcome: "allowed", actor, who: actorName(actor), scope: scopeOf(actor, right), permits };
  };
}

/** Who calls, for routes that ask for no right; null when the request has been answered with 401. */
export async function whoCalls(ctx: Context, deps: AccessDeps): Promise<Actor | null> {
  // What one person may see is not for the next one behind the same proxy.
  ctx.set("Cache-Control", "no-store");
  const identity = await identify(ctx, deps);
  if (identity.outcome === "identified") return identity.actor;
  answerUnknown(ctx, identity, deps);
  return null;
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

/** What every route of the API needs. */
export interface ApiDeps {
  guard: Guard;
  log: Logger;
}
