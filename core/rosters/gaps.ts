import type { Calendar } from "./duty.ts";

/** A time in which nobody is on duty. */
export interface Gap {
  fromMs: number;
  /** Null: nobody is ever on duty again. */
  untilMs: number | null;
}

/** The first time within a stretch in which nobody is on duty; null when somebody always is. */
export function firstGap(calendar: Calendar, fromMs: number, withinMs: number): Gap | null {
  let atMs = fromMs;
  while (atMs < fromMs + withinMs) {
    const { people, untilMs } = calendar.at(atMs);
    if (people.length === 0) return { fromMs: atMs, untilMs };
    if (untilMs === null) return null;
    atMs = untilMs;
  }
  return null;
}
