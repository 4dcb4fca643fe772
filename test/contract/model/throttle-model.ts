import fc from "fast-check";
import type { BucketSpec, TakeRequest } from "../../../core/throttle/index.ts";
import { START_MS } from "../../support/clock.ts";
import { aTake } from "../throttle-store.ts";
import type { Play } from "./play.ts";

/** One thing that may be asked of a throttle store. */
export type ThrottleCommand =
  | { ask: "take"; calls: TakeRequest[][] }
  | { ask: "show"; key: string }
  | { ask: "trim"; olderThanMs: number }
  | { ask: "advance"; byMs: number };

const key = fc.constantFrom("a", "b", "c");
const instant = fc.integer({ min: START_MS - 100_000, max: START_MS + 400_000 });

function shared(name: string): BucketSpec {
  return { key: name, limit: 3, perMs: 60_000, burst: 3 };
}

const request: fc.Arbitrary<TakeRequest> = fc
  .record({
    grantId: fc.integer({ min: 1, max: 40 }).map((n) => `t_${n}`),
    key,
    limit: fc.constantFrom(1, 3, 7),
    perMs: fc.constantFrom(1_000, 60_000, 100_001),
    burst: fc.constantFrom(1, 2, 5),
    take: fc.constantFrom(1, 1, 3),
    now: fc.constantFrom({}, { isNow: true as const }),
    atMs: instant,
    also: fc.uniqueArray(fc.constantFrom("@x", "@y"), { maxLength: 2 }).map((keys) => keys.map(shared)),
  })
  .map(({ now, ...overrides }) => aTake({ ...overrides, ...now }));

const command: fc.Arbitrary<ThrottleCommand> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ ask: fc.constant("take" as const), calls: callsOf(request) }) },
  { weight: 2, arbitrary: fc.record({ ask: fc.constant("show" as const), key }) },
  { weight: 1, arbitrary: fc.record({ ask: fc.constant("trim" as const), olderThanMs: instant }) },
  {
    weight: 1,
    arbitrary: fc.record({ ask: fc.constant("advance" as const), byMs: fc.integer({ max: 9_000 }) }),
  },
);

function callsOf(one: fc.Arbitrary<TakeRequest>): fc.Arbitrary<TakeRequest[][]> {
  return fc.array(fc.array(one, { maxLength: 4 }), { minLength: 1, maxLength: 4 });
}

/** Any command for a throttle store; the calls of one `take` are made at once. */
export const throttleCommand = command;

/** Plays throttle commands. */
export const playThrottle: Play<ThrottleCommand> = async ({ throttle, clock }, commands) => {
  const seen: unknown[] = [];
  for (const one of commands) {
    if (one.ask === "take") seen.push(await Promise.all(one.calls.map((call) => throttle.take(call))));
    else if (one.ask === "show") seen.push(await throttle.show(one.key));
    else if (one.ask === "trim") seen.push(await throttle.trim(one.olderThanMs));
    else clock.advance(one.byMs % 100_000);
  }
  return seen;
};
