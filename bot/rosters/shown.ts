import type { DutyView } from "./keeper.ts";

/** A roster as REST and the command line give it; instants in ISO 8601, UTC. */
export interface ShownDuty {
  name: string;
  title: string;
  kind: DutyView["kind"];
  /** False: it could not be looked up, and nobody is entitled by it. */
  known: boolean;
  people: readonly string[];
  /** Those of before the hand-over who still count. */
  leaving: readonly string[];
  /** When the duty passes; null when it never does, or only the other side knows. */
  until: string | null;
  next: { people: readonly string[]; from: string } | null;
  /** When it was looked up. */
  asOf: string | null;
  /** Why it could not be looked up anew. */
  trouble: string | null;
}

/** What is shown of a roster. */
export function shownDuty(view: DutyView): ShownDuty {
  const { name, title, kind } = view;
  const nothing = {
    known: true,
    people: [],
    leaving: [],
    until: null,
    next: null,
    asOf: null,
    trouble: null,
  };
  const shown: ShownDuty = { name, title, kind, ...nothing };
  if (view.kind === "calendar") {
    const { people, leaving, untilMs, next } = view.duty;
    const after = next ? { people: next.people, from: isoOf(next.fromMs) } : null;
    return { ...shown, people, leaving, until: untilMs === null ? null : isoOf(untilMs), next: after };
  }
  const { looked } = view;
  if (looked.outcome === "unknown") return { ...shown, known: false, trouble: looked.trouble };
  return { ...shown, people: looked.answer.people, asOf: isoOf(looked.answer.atMs), trouble: looked.trouble };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
