import type { WhaleEvent } from "../events/event.ts";
import type { Verdict } from "../rules/verdict.ts";

/** An event or verdict that could not be archived, as it came. */
export type DeadLetter = {
  /** Letters and digits; the same for the same event or verdict. */
  id: string;
  /** What the archive said against it. */
  problem: string;
  /** ISO instant of the event's receipt. */
  at: string;
} & ({ kind: "event"; value: WhaleEvent } | { kind: "verdict"; value: Verdict });

/** What a round of trying again did. */
export interface Retried {
  stored: number;
  /** Still refused; they stay in the list. */
  left: number;
}

/** The list of what could not be archived. Nothing else waits for it. */
export interface DeadLetters {
  count(): Promise<number>;
  /** The oldest first, at most so many. */
  list(limit: number): Promise<DeadLetter[]>;
  /** Null when there is none of this id. */
  get(id: string): Promise<DeadLetter | null>;
  /** Tries one again, or all, and takes from the list what is now stored. An unknown id is none of either count. */
  retry(id?: string): Promise<Retried>;
}
