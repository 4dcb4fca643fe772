import type { Logger, Metrics } from "../../core/ports/index.ts";
import {
  judgePressure,
  NO_PRESSURE,
  PRESSURE_REASONS,
  type Pressure,
  type PressureFacts,
  type PressureLimits,
  pressureText,
} from "../../core/pressure/index.ts";
import { createRoom, type Room } from "./room.ts";

/** What is measured from time to time; the bodies in flight are counted as they come and go. */
export type SampledFacts = Omit<PressureFacts, "inFlightBytes">;

/** Keeps intake from taking what could not be kept. */
export interface PressureGate {
  /** Whether intake must turn away whatever comes now: one look at one flag. */
  sheds(): boolean;
  /** Counts a body that was read. False, and nothing counted, when it does not fit beside those in flight. */
  enter(bytes: number): boolean;
  /** The body that entered is answered. */
  leave(bytes: number): void;
  /** For bodies that are not read to their end: half of what all bodies may take, so that they leave the others room. */
  readonly reading: Room;
  /** Whether many bodies, or large ones, were in flight a moment ago: what can wait gives way to them. */
  crowded(): boolean;
  /** Judges by what was measured just now. */
  sampled(facts: SampledFacts): void;
  /** How it stands. */
  pressure(): Pressure;
  /** What is short, for an operator; null while intake takes. */
  fault(): string | null;
}

export interface PressureGateDeps {
  limits: PressureLimits;
  log: Logger;
  metrics: Metrics;
}

/** So many bodies in flight, or so many bytes of few large ones, are a crowd. */
const CROWD = 24;
const CROWD_BYTES = 128 * 1024;
/** For so long after a crowd they may come again. */
const CROWD_LASTS_MS = 200;

/** Nothing was measured yet: nothing is short. */
const UNMEASURED: SampledFacts = {
  freeDiskBytes: Number.POSITIVE_INFINITY,
  behind: {},
  rssBytes: 0,
  usedBytes: 0,
  heapShare: 0,
};

export function createPressureGate({ limits, log, metrics }: PressureGateDeps): PressureGate {
  let facts: SampledFacts = UNMEASURED;
  let inFlightBytes = 0;
  let pressure: Pressure = NO_PRESSURE;
  let shedding = false;
  let bodies = 0;
  let crowdedUntilMs = 0;

  const judge = (wantedBytes: number) => {
    const before = pressure;
    const all = { ...facts, inFlightBytes: wantedBytes };
    pressure = judgePressure(before, all, limits);
    shedding = pressure.outcome === "sheds";
    if (pressure.over.join() === before.over.join()) return;
    for (const reason of PRESSURE_REASONS) {
      metrics.gauge("intake_shedding", pressure.over.some((one) => one === reason) ? 1 : 0, { reason });
    }
    const { reason, over } = pressure;
    if (pressure.outcome === "takes") log.info({ was: before.over }, "intake takes events again");
    else log.warn({ reason, over, ...all, limits }, "intake sheds events");
  };

  return {
    reading: createRoom(limits.maxInFlightBytes / 2),
    sheds: () => shedding,
    enter: (bytes) => {
      // A single body is taken whatever its size: its source's own limit bounds it.
      const fits = inFlightBytes === 0 || inFlightBytes + bytes <= limits.maxInFlightBytes;
      if (!fits) judge(inFlightBytes + bytes);
      else {
        inFlightBytes += bytes;
        bodies += 1;
        if (bodies >= CROWD || inFlightBytes >= CROWD_BYTES)
          crowdedUntilMs = performance.now() + CROWD_LASTS_MS;
      }
      return fits;
    },
    leave: (bytes) => {
      inFlightBytes -= bytes;
      bodies -= 1;
      if (shedding) judge(inFlightBytes);
    },
    crowded: () => performance.now() < crowdedUntilMs,
    sampled: (measured) => {
      facts = measured;
      judge(inFlightBytes);
    },
    pressure: () => pressure,
    fault: () => {
      const now = { ...facts, inFlightBytes };
      return pressure.outcome === "takes" ? null : pressureText(pressure.reason, now, limits);
    },
  };
}
