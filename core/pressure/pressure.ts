/** How near the process is to what it can hold, as measured now. */
export interface PressureFacts {
  /** Bytes that can still be written on the disk of the stores. */
  freeDiskBytes: number;
  /** Journal entries that each reader has still to read. */
  behind: Readonly<Record<string, number>>;
  /** Resident memory of the process, in bytes. */
  rssBytes: number;
  /** Memory in use: objects, and buffers beside them, in bytes. */
  usedBytes: number;
  /** Used part of the largest heap, from 0 to 1. */
  heapShare: number;
  /** Bytes of bodies that were read and are not yet answered. */
  inFlightBytes: number;
}

/** Where intake stops taking. */
export interface PressureLimits {
  /** Intake stops below this. 0 never stops. */
  minFreeDiskBytes: number;
  maxBehind: number;
  maxRssBytes: number;
  maxHeapShare: number;
  maxInFlightBytes: number;
}

/** Why intake stops, gravest first. Closed: each is answered, logged and counted. */
export const PRESSURE_REASONS = ["disk_low", "memory_high", "journal_behind", "bodies_in_flight"] as const;
export type PressureReason = (typeof PRESSURE_REASONS)[number];

/** Whether intake takes events, with everything that holds it back. */
export type Pressure =
  | { outcome: "takes"; reason: "within_limits"; over: readonly [] }
  | { outcome: "sheds"; reason: PressureReason; over: readonly PressureReason[] };

/** How it stands before anything was measured. */
export const NO_PRESSURE: Pressure = { outcome: "takes", reason: "within_limits", over: [] };

/** Once over a limit, intake takes again only below this part of it, so that it does not flap. */
export const LOW_MARKS: Readonly<Record<PressureReason, number>> = {
  disk_low: 0.9,
  memory_high: 0.9,
  journal_behind: 0.9,
  // These drain within milliseconds.
  bodies_in_flight: 0.5,
};

/**
 * Decides whether intake may take more. Each limit sheds from its full use on and stops shedding below
 * its part in `LOW_MARKS`; in between it stays as it was `before`. The reason is the gravest of those that hold.
 */
export function judgePressure(before: Pressure, facts: PressureFacts, limits: PressureLimits): Pressure {
  const used = usedOf(facts, limits);
  const was: readonly PressureReason[] = before.over;
  const over = PRESSURE_REASONS.filter((one) => used[one] >= (was.includes(one) ? LOW_MARKS[one] : 1));
  const [reason] = over;
  return reason === undefined ? NO_PRESSURE : { outcome: "sheds", reason, over };
}

/** Each byte in use may have another beside it, in stores, threads and between pieces of memory. */
const USED_COUNTS = 2;

/** How much of each limit is used: 1 is all of it. */
function usedOf(facts: PressureFacts, limits: PressureLimits): Record<PressureReason, number> {
  const { freeDiskBytes, behind, rssBytes, usedBytes, heapShare, inFlightBytes } = facts;
  // What was in use once often stays resident, free for what comes next: by itself it is no reason to turn that away.
  const memoryBytes = Math.min(rssBytes, USED_COUNTS * usedBytes);
  return {
    // 0 of 0 is no number, and no number is above any mark.
    disk_low: limits.minFreeDiskBytes / freeDiskBytes,
    memory_high: Math.max(memoryBytes / limits.maxRssBytes, heapShare / limits.maxHeapShare),
    journal_behind: Math.max(0, ...Object.values(behind)) / limits.maxBehind,
    bodies_in_flight: inFlightBytes / limits.maxInFlightBytes,
  };
}

const RETRY_AFTER_SECONDS: Record<PressureReason, number> = {
  disk_low: 30,
  memory_high: 5,
  journal_behind: 15,
  bodies_in_flight: 1,
};

/** When a sender that was turned away may try again. */
export function retryAfterSeconds(reason: PressureReason): number {
  return RETRY_AFTER_SECONDS[reason];
}

/** What an operator reads: what is short, how much of it there is and where the limit lies. */
export function pressureText(reason: PressureReason, facts: PressureFacts, limits: PressureLimits): string {
  switch (reason) {
    case "disk_low":
      return `disk_low: ${mb(facts.freeDiskBytes)} free on the disk of the stores, intake needs ${mb(limits.minFreeDiskBytes)}`;
    case "memory_high": {
      const heap = `${percent(facts.heapShare)} of the heap used, intake stops at ${percent(limits.maxHeapShare)}`;
      return `memory_high: ${mb(facts.rssBytes)} resident, ${mb(facts.usedBytes)} in use, intake stops at ${mb(limits.maxRssBytes)}; ${heap}`;
    }
    case "journal_behind": {
      const readers = Object.entries(facts.behind).map(([reader, entries]) => `${reader} ${entries}`);
      return `journal_behind: entries to read: ${readers.join(", ")}; intake stops at ${limits.maxBehind}`;
    }
    case "bodies_in_flight":
      return `bodies_in_flight: ${mb(facts.inFlightBytes)} unanswered, intake stops at ${mb(limits.maxInFlightBytes)}`;
    default:
      return reason satisfies never;
  }
}

/** Bytes as people read them, in whole megabytes. */
export function mb(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MB`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
