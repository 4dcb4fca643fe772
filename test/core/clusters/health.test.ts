import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type ClusterHealth,
  calmMs,
  type Finding,
  findingOf,
  judgeHealth,
  type Probe,
  type Seen,
  unseenHealth,
} from "../../../core/clusters/index.ts";

const UP: Finding = { verdict: "up", reason: "answers", message: "", version: "3.9.0" };
const DOWN: Finding = { verdict: "down", reason: "no_answer", message: "refused" };
const POOR: Finding = { verdict: "degraded", reason: "queue_stuck", message: "3" };

/** Takes findings in, one a second; the last of each run of turns is told. */
function after(findings: readonly Finding[], from: ClusterHealth = unseenHealth(0), fromMs = 0) {
  let health = from;
  const turns: { atMs: number; state: string }[] = [];
  findings.forEach((finding, at) => {
    const atMs = fromMs + at * 1000;
    const judged = judgeHealth(health, finding, atMs);
    health = judged.health;
    if (judged.outcome === "turns") turns.push({ atMs, state: health.state });
  });
  return { health, turns };
}

const many = (finding: Finding, times: number) => Array.from({ length: times }, () => finding);

test("the first finding counts at once, one bad one after it does not", () => {
  assert.equal(after([UP]).health.state, "up");
  assert.equal(after([DOWN]).health.state, "down");
  assert.equal(after([UP, DOWN, UP, DOWN, UP]).health.state, "up");
});

test("two bad findings in a row turn it, and one where many requests stand behind it", () => {
  const { health } = after([UP, DOWN, DOWN]);
  assert.deepEqual([health.state, health.reason, health.sinceMs], ["down", "no_answer", 2000]);
  assert.equal(health.version, "3.9.0");
  assert.equal(after([UP, { ...DOWN, isSure: true }]).health.state, "down");
  assert.equal(after([UP, POOR, DOWN]).health.state, "down");
});

test("it gets better after a calm time without a break", () => {
  assert.equal(after([DOWN, ...many(UP, 5)]).health.state, "down");
  assert.equal(after([DOWN, ...many(UP, 6)]).health.state, "up");
  assert.equal(after([DOWN, ...many(UP, 5), DOWN, ...many(UP, 5)]).health.state, "down");
});

test("the calm time grows with each recovery, to ten minutes", () => {
  assert.deepEqual(
    [0, 1, 2, 6, 7, 30].map((n) => calmMs(Array(n).fill(0), 0)),
    [5_000, 10_000, 20_000, 320_000, 600_000, 600_000],
  );
  assert.equal(calmMs([0, 0, 0], 1_800_000), 5_000);
});

test("a clock that is set back neither turns it early nor holds it for ever", () => {
  const { health } = after([DOWN, UP, UP], unseenHealth(0), 1_000_000);
  assert.equal(judgeHealth(health, UP, 10_000).health.state, "down");
  const back = judgeHealth(health, UP, 10_000).health;
  assert.equal(judgeHealth(back, UP, 15_000).health.state, "up");
});

const finding = fc.constantFrom(UP, DOWN, POOR);
const TURNS_IN_HALF_AN_HOUR = 24;

test("whatever is found each second, it turns seldom, and a calm quarter of an hour always ends well", () => {
  fc.assert(
    fc.property(fc.array(finding, { minLength: 10, maxLength: 60 }), fc.boolean(), (pattern, twice) => {
      const seconds = Array.from(
        { length: 3600 },
        (_, at) => pattern[Math.floor(at / (twice ? 2 : 1)) % pattern.length] ?? UP,
      );
      const { health, turns } = after(seconds);
      for (const { atMs } of turns) {
        const window = turns.filter((one) => one.atMs >= atMs && one.atMs < atMs + 1_800_000);
        assert.ok(window.length <= TURNS_IN_HALF_AN_HOUR, `${window.length} turns`);
      }
      assert.equal(after(many(UP, 1300), health, 3_600_000).health.state, "up");
    }),
    { numRuns: 60 },
  );
});

test("a cluster that flaps each second, or each ten, stays where it is most of the time", () => {
  const flaps = (everySeconds: number) => {
    const seconds = Array.from({ length: 3600 }, (_, at) => (Math.floor(at / everySeconds) % 2 ? DOWN : UP));
    return after(seconds).turns.length;
  };
  assert.ok(flaps(1) <= 1);
  assert.ok(flaps(10) <= 8, String(flaps(10)));
});

const GOOD: Probe = { outcome: "up", version: "3.9.0", tookMs: 12, skewMs: 300, stuck: 0 };
const DEAD: Probe = { outcome: "down", fault: "unauthorised", message: "401", tookMs: 12, skewMs: null };
const seen = (change: Partial<Seen>): Seen => ({ probe: GOOD, failedStarts: 0, isCut: false, ...change });

const findings: [string, Partial<Seen>, string, string][] = [
  ["everything answers", {}, "up", "answers"],
  ["the key is taken no more", { probe: DEAD }, "down", "unauthorised"],
  ["the canary failed", { canary: { outcome: "failed", message: "x" } }, "degraded", "canary_failed"],
  ["the canary passed", { canary: { outcome: "passed", tookMs: 5 } }, "up", "answers"],
  ["starts are not answered", { failedStarts: 3 }, "degraded", "starts_fail"],
  ["two starts were not answered", { failedStarts: 2 }, "up", "answers"],
  ["runs are not taken up", { probe: { ...GOOD, stuck: 3 } }, "degraded", "queue_stuck"],
  ["one run was lost", { probe: { ...GOOD, stuck: 1 } }, "up", "answers"],
  ["its clock is minutes ahead", { probe: { ...GOOD, skewMs: 183_000 } }, "degraded", "clock_off"],
  ["its clock is minutes behind", { probe: { ...GOOD, skewMs: -61_000 } }, "degraded", "clock_off"],
  ["it tells no time", { probe: { ...GOOD, skewMs: null } }, "up", "answers"],
];

for (const [what, change, verdict, reason] of findings) {
  test(`finds ${verdict} when ${what}`, () => {
    const found = findingOf(seen(change));
    assert.deepEqual([found.verdict, found.reason], [verdict, reason]);
  });
}

test("a failed look is sure where requests fail too, and the clock's error is told", () => {
  assert.equal(findingOf(seen({ probe: DEAD, isCut: true })).isSure, true);
  assert.equal(findingOf(seen({ probe: { ...GOOD, skewMs: 183_000 } })).message, "+183 s");
});
