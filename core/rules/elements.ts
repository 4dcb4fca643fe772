import type { WhaleEvent } from "../events/event.ts";
import { pick } from "../ids/index.ts";
import type { Scope } from "../params/template.ts";
import type { Held } from "./gates.ts";

/** The most elements of a list that a rule's `forEach` makes tasks of. */
export const MAX_ELEMENTS = 50;

/** What a rule's templates read, for each task that it may make; or why it makes none. */
export type Scopes = { outcome: "scopes"; scopes: readonly Scope[] } | { outcome: "held"; why: Held };

/**
 * The scope of a rule's templates over an event; with `forEach` one for each element of the list, which also
 * holds `item` and, from 0, `index`. A longer list than `MAX_ELEMENTS` makes no task at all: a part of them
 * would look like all.
 */
export function scopesOf(
  {
    rule: { forEach },
    forEachKeys,
  }: { rule: { forEach?: string }; forEachKeys: readonly string[] | undefined },
  event: WhaleEvent,
): Scopes {
  const scope = ruleScope(event);
  if (!forEachKeys) return { outcome: "scopes", scopes: [scope] };
  const list = pick(event, forEachKeys);
  if (!Array.isArray(list)) return held("params_failed", `forEach: ${forEach} is not a list`);
  if (list.length === 0) return held("no_elements", `${forEach} is empty`);
  if (list.length > MAX_ELEMENTS) {
    return held(
      "too_many_elements",
      `${forEach} has ${list.length} elements, at most ${MAX_ELEMENTS} are taken`,
    );
  }
  return { outcome: "scopes", scopes: list.map((item, index) => ({ ...scope, item, index })) };
}

function held(reason: Held["reason"], message: string): Scopes {
  return { outcome: "held", why: { reason, message } };
}

/** What a rule's templates read: the event's fields, and its type by the name that senders use. */
export function ruleScope(event: WhaleEvent): Scope {
  return { ...event, event_type: event.type };
}
