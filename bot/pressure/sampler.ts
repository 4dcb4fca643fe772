import { statfs } from "node:fs/promises";
import { getHeapStatistics } from "node:v8";
import type { Clock, Journal, Logger } from "../../core/ports/index.ts";
import { type Loop, startRepeating } from "../workers/index.ts";
import type { PressureGate, SampledFacts } from "./gate.ts";

/** What the machine and the process say of themselves. */
export type MachineFacts = Omit<SampledFacts, "behind">;

export interface SamplerDeps {
  gate: PressureGate;
  journal: Pick<Journal, "lag">;
  /** Measures disk and memory. */
  machine: () => Promise<MachineFacts>;
  clock: Clock;
  log: Logger;
}

const SAMPLE_MS = 1_000;

/**
 * Measures about once a second and tells the gate, until it is stopped. Resolves after the first measure, so
 * that nothing is taken before. What cannot be measured is logged, and what was known stays in force.
 */
export async function startPressureSampler(deps: SamplerDeps): Promise<Loop> {
  const { clock, log } = deps;
  await sample(deps);
  return startRepeating(() => sample(deps), { name: "pressure", clock, log, everyMs: SAMPLE_MS });
}

async function sample({ gate, journal, machine }: SamplerDeps): Promise<void> {
  const [facts, rules, archive] = await Promise.all([
    machine(),
    journal.lag("rules"),
    journal.lag("archive"),
  ]);
  gate.sampled({ ...facts, behind: { rules, archive } });
}

/** Measures this process, and the disk that holds the stores' folder; null where the stores are elsewhere. */
export async function measureMachine(folder: string | null): Promise<MachineFacts> {
  const disk = folder === null ? { bavail: Number.POSITIVE_INFINITY, bsize: 1 } : await statfs(folder);
  const heap = getHeapStatistics();
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    freeDiskBytes: disk.bavail * disk.bsize,
    rssBytes: rss,
    usedBytes: heapUsed + external,
    heapShare: heap.used_heap_size / heap.heap_size_limit,
  };
}
