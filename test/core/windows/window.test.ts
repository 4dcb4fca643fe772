import assert from "node:assert/strict";
import { test } from "node:test";
import type { WhaleEvent } from "../../../core/events/index.ts";
import { compileSchedule, compileWindows, type WindowMatch } from "../../../core/windows/index.ts";
import { anEvent } from "../../support/builders.ts";

const NONE = () => () => false;
const RULE = { id: "vm-disk-cleanup", business: "shop" };
const FROM_MS = Date.parse("2026-11-25T00:00:00Z");
const UNTIL_MS = Date.parse("2026-11-25T08:00:00Z");

function holds(match: WindowMatch, event: Partial<WhaleEvent> = {}): boolean {
  const spans = [{ kind: "once", fromMs: FROM_MS, untilMs: UNTIL_MS }] as const;
  const windows = compileWindows([{ id: "w", title: "发布", spans, match }], NONE);
  const given = { type: "vm.disk.usage", source: "prometheus", subject: "vm-1", labels: { env: "prod" } };
  const received = { receivedAt: "2026-11-25T01:00:00.000Z" };
  return windows.holding(RULE, anEvent({ ...given, ...received, ...event })) !== null;
}

const CASES: [what: string, match: WindowMatch, held: boolean][] = [
  ["nothing, which is everything", {}, true],
  ["its rule", { rules: ["vm-disk-*"] }, true],
  ["another rule", { rules: ["dmesg-*"] }, false],
  ["its business", { businesses: ["pay", "shop"] }, true],
  ["its type", { types: ["vm.*"] }, true],
  ["another type beside its source", { types: ["db.*"], sources: ["prometheus"] }, false],
  ["its subject", { subjects: ["vm-*"] }, true],
  ["a label of it", { labels: { env: ["prod", "stage"] } }, true],
  ["another value of a label", { labels: { env: ["stage"] } }, false],
  ["a label it does not have", { labels: { zone: ["*"] } }, false],
  ["a name that every object inherits", { labels: { constructor: ["*"] } }, false],
];

for (const [what, match, held] of CASES) {
  test(`a window that names ${what} ${held ? "holds" : "does not hold"} the event`, () => {
    assert.equal(holds(match), held);
  });
}

test("a window holds by the time of receipt, whatever time the sender gives", () => {
  const late = { time: "2026-11-25T01:00:00.000Z", receivedAt: "2026-11-25T08:00:00.000Z" };
  assert.equal(holds({}, late), false);
  assert.equal(holds({}, { time: "2020-01-01T00:00:00.000Z" }), true);
});

test("a schedule is at work in any of its spans", () => {
  const spans = [0, 10].map((at) => ({ kind: "once", fromMs: at, untilMs: at + 5 }) as const);
  const atWork = compileSchedule({ only: spans }, NONE);
  assert.deepEqual([0, 4, 5, 9, 10, 14, 15].map(atWork), [true, true, false, false, true, true, false]);
});
