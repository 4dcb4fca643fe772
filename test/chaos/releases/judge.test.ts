import assert from "node:assert/strict";
import { test } from "node:test";
import { RELEASE_POINTS } from "../../../bot/workers/index.ts";
import { aimsOf } from "./facts.ts";
import { judgeRelease, judgeRemains } from "./judge.ts";

const LEFT = { id: "r_1", stage: "done", images: ["new", "new"], before: "old", wanted: "new" };
const CASES: [what: string, left: Partial<typeof LEFT>, wrong: RegExp | null][] = [
  ["done everywhere", {}, null],
  ["rolled back everywhere", { stage: "rolled_back", images: ["old", "old"] }, null],
  ["rejected", { stage: "rejected", images: ["old"] }, null],
  ["done in half", { images: ["new", "old"] }, /old runs instead of new/],
  ["rolled back in half", { stage: "rolled_back", images: ["new", "old"] }, /new runs instead of old/],
  ["stuck", { stage: "rolling" }, /goes no further/],
];
for (const [what, left, wrong] of CASES) {
  test(`a release that is ${what} is ${wrong === null ? "in order" : "named"}`, () => {
    const found = judgeRelease({ ...LEFT, ...left });
    if (wrong === null) assert.deepEqual(found, []);
    else assert.match(found.join(), wrong);
  });
}

test("a cluster left drained or held and a canary started twice are named, a twin of the engine's own is not", () => {
  const one = { requestId: "r_1-1", isTwin: false };
  const nothing = { drains: [], holds: [], canaries: [one, { ...one, isTwin: true }] };
  assert.deepEqual(judgeRemains(nothing), []);
  const found = judgeRemains({ drains: ["a"], holds: ["b"], canaries: [one, one] });
  assert.deepEqual(found.length, 3);
});

test("kills go to the points of a release's way that had the fewest, in their order", () => {
  const kills = Object.fromEntries(RELEASE_POINTS.map((point) => [point, 1]));
  for (const point of ["release_set_done", "rollback_set_done", "release_undrain_doing"]) kills[point] = 0;
  const of = (fails: boolean) => aimsOf({ fails, count: 2, jumps: false }, kills, () => 0.5);
  assert.deepEqual(of(true), ["release_drain_done", "release_set_done", "rollback_set_done"]);
  assert.deepEqual(of(false), ["release_drain_done", "release_set_done", "release_undrain_doing"]);
});
