import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Contestant } from "../contestant.ts";
import { type LoadOptions, type LoadResult, load } from "./load.ts";

/** A process that uses less than this share of a processor for so long is at rest; no longer than 30 s is waited. */
const REST_MS = 300;
const REST_SHARE = 0.1;
const REST_LOOKS = 100;

/** Loads a contestant, and lets it finish what it does behind its answers before the next one's turn. */
export async function rested(
  { url, pid }: Contestant,
  options: Omit<LoadOptions, "url">,
): Promise<LoadResult> {
  const result = await load({ url, ...options });
  await atRest(pid);
  return result;
}

/** Waits until a process has caught up with what it was given, or its work would be taken from its rivals' time. */
export async function atRest(pid: number): Promise<void> {
  for (let looks = 0; looks < REST_LOOKS; looks++) {
    const before = processorMs(pid);
    await pause(REST_MS);
    if (processorMs(pid) - before <= REST_MS * REST_SHARE) return;
  }
}

/** Processor time of a process so far, in milliseconds; Linux counts in hundredths of a second. */
function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
