import type { WhaleEvent } from "../events/event.ts";
import type { Mute, MuteMatch } from "./mute.ts";

/** A mute and the name by which it is lifted. */
export interface NamedMute {
  name: string;
  mute: Mute;
}

/** Mutes that can be asked. */
export interface CompiledMutes {
  /** The first mute that holds the event for the rule at its receipt; null when none does. */
  holding(rule: { id: string }, event: WhaleEvent): NamedMute | null;
}

/** Makes mutes ready to be asked. */
export function compileMutes(mutes: readonly NamedMute[]): CompiledMutes {
  const spans = mutes.map((named) => {
    const { from, until } = named.mute;
    return { named, fromMs: Date.parse(from), untilMs: Date.parse(until) };
  });
  return {
    holding: (rule, event) => {
      const atMs = Date.parse(event.receivedAt);
      const held = spans.find(({ named, fromMs, untilMs }) => {
        return atMs >= fromMs && atMs < untilMs && fits(named.mute.match, rule.id, event);
      });
      return held?.named ?? null;
    },
  };
}

function fits(match: MuteMatch, ruleId: string, event: WhaleEvent): boolean {
  const { labels = {} } = match;
  const same = (wanted: string | undefined, given: string) => wanted === undefined || wanted === given;
  return (
    same(match.ruleId, ruleId) &&
    same(match.type, event.type) &&
    same(match.source, event.source) &&
    same(match.subject, event.subject) &&
    Object.entries(labels).every(
      ([key, value]) => Object.hasOwn(event.labels, key) && event.labels[key] === value,
    )
  );
}
