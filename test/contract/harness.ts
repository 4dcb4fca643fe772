import { test } from "node:test";
import type { StorePorts } from "../../core/ports/index.ts";
import type { MovableClock } from "../support/clock.ts";

/** The window in which a contract's journal takes the same delivery key for the same delivery. */
export const DEDUPE_WINDOW_MS = 300_000;

/** Empty storage for one test, over a clock that the test moves. */
export interface Harness extends StorePorts {
  clock: MovableClock;
  close(): Promise<void>;
  /** Ends the process and begins another on the same storage, where there is any; `moves`: a migration reads it between. */
  restart?(moves: boolean): Promise<void>;
}

/** The ports that one suite needs, with their clock. */
export type HarnessOf<Ports extends keyof Harness> = Pick<Harness, Ports | "clock" | "close">;

/** Defines tests that each get a harness of their own, closed afterwards. */
export function testsOn<H extends Pick<Harness, "close">>(open: () => Promise<H>) {
  return (name: string, body: (harness: H) => Promise<void>): void => {
    test(name, async () => {
      const harness = await open();
      try {
        await body(harness);
      } finally {
        await harness.close();
      }
    });
  };
}

/** `count` numbers from 0. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
