import type { Severity } from "../events/event.ts";

/** What cards say besides labels, buttons and states, in one language. */
export interface CardTexts {
  severities: Record<Severity, string>;
  /** Row label, at most 5 characters: who asked for it. */
  asker: string;
  /** Who asked where it was the command line of the machine itself. */
  machine: string;
  /** Over what an approval is bound to beside action and targets. */
  bound: (clusters: string) => string;
  /** The same where the card has no room for all of it; `id` is the task's short id. */
  boundInPart: (facts: { clusters: string; id: string }) => string;
  /** So many targets, of which these are the first. */
  targets: (facts: { count: number; first: string }) => string;
  majority: string;
  startedAt: (when: string) => string;
  attempt: (no: number) => string;
  controlAsked: (what: string) => string;
  details: string;
  /** In the place of buttons: another card follows once the task goes on. */
  followed: string;
  /** Of a task that a stop holds; `until` is when it is given up. */
  hold: (facts: { what: string; by: string; when: string; until: string; why: string }) => string;
  /** A card for many tasks of one rule. */
  group: {
    /** The tasks of the card, over their list; `left` of them are not shown. */
    list: (facts: { count: number; left: number; clusters: string }) => string;
    common: (params: string) => string;
    /** Of all of them, and how one is decided by a message. */
    each: string;
    settled: (facts: { count: number; counts: string }) => string;
  };
}
