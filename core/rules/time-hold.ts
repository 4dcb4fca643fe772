import type { WhaleEvent } from "../events/event.ts";
import type { CompiledMutes } from "../mutes/index.ts";
import type { AtWork, CompiledWindows } from "../windows/index.ts";
import type { Rule } from "./rule.ts";
import type { Verdict } from "./verdict.ts";

/** What holds an event for a rule because of the time of its receipt; null when nothing does. */
export type TimeHold = (
  rule: Pick<Rule, "id" | "business">,
  event: WhaleEvent,
) => Pick<Verdict, "reason" | "message"> | null;

export interface TimeHolds {
  /** By rule; those that have none are always at work. */
  schedules: ReadonlyMap<string, AtWork>;
  windows: CompiledWindows;
  mutes: CompiledMutes;
}

/** Asks in turn: the rule's schedule, the windows, the mutes. */
export function timeHold({ schedules, windows, mutes }: TimeHolds): TimeHold {
  return (rule, event) => {
    const atWork = schedules.get(rule.id);
    if (atWork && !atWork(Date.parse(event.receivedAt))) return { reason: "off_schedule" };
    const within = windows.holding(rule, event);
    if (within) {
      const { window, untilMs } = within;
      const why = window.why === undefined ? "" : `: ${window.why}`;
      const until = new Date(untilMs).toISOString();
      return { reason: "in_window", message: `window ${window.id} until ${until}${why}` };
    }
    const muted = mutes.holding(rule, event);
    if (!muted) return null;
    const { name, mute } = muted;
    return { reason: "muted", message: `${name} by ${mute.by} until ${mute.until}: ${mute.why}` };
  };
}
