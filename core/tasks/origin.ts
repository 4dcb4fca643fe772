import type { RunPlace } from "../runs/place.ts";

/** How a task came to be. */
export type Origin =
  | { kind: "rule" }
  /**
   * A rule judged a stored event again. `by` is the userid of who asked for it, and may not approve it alone;
   * null where that was the command line of the machine itself.
   */
  | { kind: "replay"; replay: string; by: string | null }
  /**
   * The approval of the task `of` was void when it came to starting, and its rule judged the event again. `by` is who
   * had asked for a replay of it, and may not approve it alone.
   */
  | { kind: "renewed"; of: string; by: string | null }
  /** A click on an offer of another task's card. `by` may not approve it alone. */
  | { kind: "offer"; parentTask: string; offer: string; by: string }
  /**
   * A person asked for an ended task once more. `by` may not approve it alone, and is null where that was the
   * command line of the machine itself; `key` is the order's own, and `offer` or `grant` what the ended task came from.
   */
  | { kind: "retry"; of: string; by: string | null; key: string; offer?: string; grant?: string }
  /**
   * A person asked for the action by hand, under a grant of runs.yaml. `by` may not approve it alone, and is null where
   * that was the command line of the machine; `asked` is the hash of what was asked for under the request's `key`.
   */
  | {
      kind: "run";
      by: string | null;
      via: RunPlace;
      key: string;
      asked: string;
      grant: string;
      command?: string;
    };

/** Whether a person asked for this very task, and not for a judgement that made it. */
export function isOfPerson({ origin }: { origin: Origin }): boolean {
  return origin.kind === "offer" || origin.kind === "retry" || origin.kind === "run";
}

/**
 * The person who asked for this very task; null for what a rule made, now or in a replay, and for what the command line
 * of the machine asked for.
 */
export function requesterOf({ origin }: { origin: Origin }): string | null {
  return origin.kind === "offer" || origin.kind === "retry" || origin.kind === "run" ? origin.by : null;
}
