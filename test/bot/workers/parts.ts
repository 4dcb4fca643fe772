import { setImmediate as turn } from "node:timers/promises";
import type { Metrics } from "../../../core/ports/index.ts";

/** Metrics that remember what was counted, as `name{a=b}` → how often. */
export interface CountedMetrics extends Metrics {
  counts: Map<string, number>;
}

export function countedMetrics(): CountedMetrics {
  const counts = new Map<string, number>();
  return {
    counts,
    count: (name, labels = {}, by = 1) => {
      const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
      const key = `${name}{${pairs.join(",")}}`;
      counts.set(key, (counts.get(key) ?? 0) + by);
    },
    observe: () => undefined,
    gauge: () => undefined,
  };
}

/** A promise with its ends outside. */
export interface Gate<T = void> {
  promise: Promise<T>;
  open(value: T): void;
}

export function gate<T = void>(): Gate<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { promise, open: resolve };
}

/** Lets everything run that waits for nothing but its turn. */
export async function settled(turns = 20): Promise<void> {
  for (let i = 0; i < turns; i++) await turn();
}

/** Waits, turn by turn, until something is so. */
export async function eventually(what: string, look: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!(await look())) {
    if (performance.now() > endMs) throw new Error(`waited in vain for: ${what}`);
    await turn();
  }
}
