import type { StepMark } from "../orders.ts";
import { median } from "../stats.ts";
import type { Sample } from "./measure.ts";

/** When one point of the way was passed, after the request that began it. */
interface Offsets {
  point: string;
  offsetsMs: number[];
}

/** Samples of Whale with the steps of its process, both by the machine's monotonic clock. */
export interface Profiled {
  samples: readonly Sample[];
  marks: readonly StepMark[];
  /** Added to a sample's times they are those of the marks' clock. */
  clockOffsetMs: number;
}

/** Lines that show, for both ways, the median time at which each point is passed first. */
export function profileLines(profiled: Profiled): string[] {
  return [
    "POST to card, ms after the POST left (median)",
    ...linesOf(profiled, "alertAtMs", "clickAtMs"),
    "click to start, ms after the click left (median)",
    ...linesOf(profiled, "clickAtMs", null),
  ];
}

function linesOf(profiled: Profiled, from: "alertAtMs" | "clickAtMs", until: "clickAtMs" | null): string[] {
  const found = new Map<string, Offsets>();
  for (const [i, sample] of profiled.samples.entries()) {
    const startMs = sample[from];
    const next = profiled.samples[i + 1]?.alertAtMs ?? Number.POSITIVE_INFINITY;
    for (const [point, offsetMs] of firstOf(profiled, sample, {
      startMs,
      endMs: until ? sample[until] : next,
    })) {
      const known = found.get(point) ?? { point, offsetsMs: [] };
      known.offsetsMs.push(offsetMs);
      found.set(point, known);
    }
  }
  const rows = [...found.values()].map(({ point, offsetsMs }) => ({ point, atMs: median(offsetsMs) }));
  rows.sort((a, b) => a.atMs - b.atMs);
  return rows.map(({ point, atMs }) => `  ${point.padEnd(20)}${atMs.toFixed(2).padStart(9)}`);
}

/** Each point's first passing between two instants, after the first of them. */
function firstOf(
  { marks, clockOffsetMs }: Profiled,
  { arrivals }: Sample,
  { startMs, endMs }: { startMs: number; endMs: number },
): Map<string, number> {
  const steps = marks.map(([step, atMs]) => ({ point: step, atMs: atMs - clockOffsetMs }));
  const seen = arrivals.map(({ kind, atMs }) => ({ point: `→ ${kind}`, atMs }));
  const first = new Map<string, number>();
  for (const { point, atMs } of [...steps, ...seen]) {
    if (atMs < startMs || atMs >= endMs) continue;
    first.set(point, Math.min(first.get(point) ?? Number.POSITIVE_INFINITY, atMs - startMs));
  }
  return first;
}
