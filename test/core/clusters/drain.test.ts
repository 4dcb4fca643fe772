import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Cluster, type Drain, drainStep, strandedBy } from "../../../core/clusters/index.ts";

const AT = Date.parse("2026-11-01T00:00:00Z");
const MINUTE = 60_000;
const drain = (change: Partial<Drain> = {}): Drain => ({
  ...{ by: "user:wangwu", at: new Date(AT).toISOString(), until: new Date(AT + 30 * MINUTE).toISOString() },
  ...{ atDeadline: "wait", why: "升级" },
  ...change,
});
const MET = { deadlineMetAt: "2026-11-01T00:30:00Z" };
const counts = (own: number, all: number | null) => ({ own, paused: 1, all });

const table: [string, Drain, ReturnType<typeof counts>, number, string, string][] = [
  ["just ordered, and empty", drain(), counts(0, 0), 0, "waits", "just_ordered"],
  ["empty, and the clock was set back", drain(), counts(0, 0), -60, "done", "empty"],
  ["nothing runs, but what is paused", drain(), counts(0, 0), 1, "done", "empty"],
  ["something of Whale runs", drain(), counts(2, 2), 1, "waits", "runs"],
  ["something of others runs", drain(), counts(0, 1), 1, "waits", "runs"],
  ["it cannot be counted", drain(), counts(0, null), 1, "waits", "not_counted"],
  ["deadline, wait", drain(), counts(2, 2), 30, "deadline", "wait"],
  ["after the deadline, wait", drain(MET), counts(2, 2), 31, "waits", "runs"],
  ["deadline, cancel", drain({ atDeadline: "cancel" }), counts(2, 3), 30, "deadline", "cancel"],
  ["canceling", drain({ atDeadline: "cancel", ...MET }), counts(1, 2), 31, "waits", "runs"],
  ["canceled, others run", drain({ atDeadline: "cancel", ...MET }), counts(0, 1), 31, "done", "canceled"],
  ["deadline, leave", drain({ atDeadline: "leave" }), counts(2, 3), 30, "deadline", "leave"],
  ["left", drain({ atDeadline: "leave", ...MET }), counts(2, null), 31, "done", "left"],
  ["no deadline", drain({ until: null }), counts(2, 2), 9_999, "waits", "runs"],
  ["over before", drain({ done: { at: "", how: "empty" } }), counts(2, 2), 1, "over", "empty"],
];

for (const [what, given, left, minutes, outcome, reason] of table) {
  test(`a drain ${outcome} (${reason}): ${what}`, () => {
    assert.deepEqual(drainStep(given, left, AT + minutes * MINUTE), { outcome, reason });
  });
}

const cluster = (name: string, businesses: string[]): Cluster => {
  return { name, api: "http://x", auth: { kind: "apiKey", apiKey: "k" }, businesses, priority: 1 };
};
const CLUSTERS = [cluster("a", ["shop", "pay"]), cluster("b", ["shop"]), cluster("c", ["shop", "log"])];

test("a business is stranded when its last cluster that takes starts is drained", () => {
  const by = (name: string, ...out: string[]) => {
    return strandedBy(name, { clusters: CLUSTERS, businesses: [], out: new Set(out) });
  };
  assert.deepEqual(by("a"), { stranded: [], alone: ["pay"] });
  assert.deepEqual(by("b", "a"), { stranded: [], alone: [] });
  assert.deepEqual(by("b", "a", "c"), { stranded: ["shop"], alone: [] });
});

test("a cluster that serves all serves the businesses of rules too", () => {
  const clusters = [cluster("a", []), cluster("b", [])];
  const by = (out: string[]) => strandedBy("a", { clusters, businesses: ["ops"], out: new Set(out) });
  assert.deepEqual(by([]), { stranded: [], alone: [] });
  assert.deepEqual(by(["b"]), { stranded: ["ops"], alone: [] });
});

test("who drains one cluster after the other and heeds it leaves each business one, if it had several", () => {
  const business = fc.constantFrom("p", "q", "r");
  const world = fc.array(fc.uniqueArray(business, { minLength: 1 }), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(world, (served) => {
      const clusters = served.map((businesses, at) => cluster(`c${at}`, businesses));
      const out = new Set<string>();
      for (const { name } of clusters) {
        if (strandedBy(name, { clusters, businesses: [], out }).stranded.length === 0) out.add(name);
      }
      for (const one of new Set(served.flat())) {
        const serving = clusters.filter(({ businesses }) => businesses.includes(one));
        assert.ok(serving.length === 1 || serving.some(({ name }) => !out.has(name)));
      }
    }),
  );
});
