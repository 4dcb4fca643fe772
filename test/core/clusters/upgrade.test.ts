import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type Cluster,
  clusterAt,
  isUnchanged,
  isUpgradeNamed,
  isUpgradeOver,
  moveUpgrade,
  nextDeed,
  strandedBy,
  type Upgrade,
  type UpgradeInput,
  type UpgradeStage,
  upgradeCode,
} from "../../../core/clusters/index.ts";

const AT = "2026-11-01T00:00:00.000Z";
const NOW = Date.parse(AT) + 60_000;
const upgrade = (change: Partial<Upgrade> = {}): Upgrade => ({
  ...{ id: "u_1", by: "user:wangwu", at: AT, why: "3.9.0", clusters: ["a", "b"], forMs: null },
  ...{ atDeadline: "wait", stage: "asked", index: 0, since: AT, before: {}, after: {} },
  ...change,
});
const LISI = { by: "user:lisi" };

const moves: [UpgradeStage, UpgradeInput, Partial<Upgrade>][] = [
  ["asked", { kind: "approve", ...LISI }, { stage: "draining", approvedBy: "user:lisi" }],
  ["asked", { kind: "reject", ...LISI }, { stage: "refused" }],
  ["asked", { kind: "expire" }, { stage: "refused" }],
  ["draining", { kind: "drained", version: "3.8.1" }, { stage: "upgrading", before: { a: "3.8.1" } }],
  [
    "draining",
    { kind: "fail", message: "x" },
    { stage: "stopped", problem: { stage: "draining", message: "x" } },
  ],
  ["upgrading", { kind: "confirm", ...LISI }, { stage: "checking" }],
  [
    "upgrading",
    { kind: "fail", message: "x" },
    { stage: "stopped", problem: { stage: "checking", message: "x" } },
  ],
  ["checking", { kind: "checked", version: "3.9.0" }, { stage: "draining", index: 1, after: { a: "3.9.0" } }],
  [
    "checking",
    { kind: "fail", message: "x" },
    { stage: "stopped", problem: { stage: "checking", message: "x" } },
  ],
  ["stopped", { kind: "retry", ...LISI }, { stage: "draining" }],
  ["stopped", { kind: "abort", ...LISI, why: "no" }, { stage: "aborted" }],
];

for (const [stage, input, change] of moves) {
  test(`${input.kind} takes an upgrade that is ${stage} to ${change.stage}`, () => {
    const before = upgrade({ stage });
    const moved = moveUpgrade(before, input, NOW);
    assert.equal(moved.outcome, "moved");
    for (const [field, value] of Object.entries(change)) {
      assert.deepEqual(moved.upgrade[field as keyof Upgrade], value, field);
    }
    assert.equal(moved.upgrade.since, new Date(NOW).toISOString());
  });
}

test("the last cluster checked ends it", () => {
  const last = upgrade({ stage: "checking", index: 1, after: { a: "3.9.0" } });
  const { upgrade: done } = moveUpgrade(last, { kind: "checked", version: "3.9.0" }, NOW);
  assert.equal(done.stage, "done");
  assert.deepEqual(done.after, { a: "3.9.0", b: "3.9.0" });
});

test("nobody approves their own, and nobody without a name approves at all", () => {
  const by = (who: string) => moveUpgrade(upgrade(), { kind: "approve", by: who }, NOW).reason;
  assert.equal(by("user:wangwu"), "own_upgrade");
  assert.equal(by("local"), "no_person");
  assert.equal(by("user:lisi"), "approve");
});

test("what is over, or elsewhere, takes nothing", () => {
  for (const stage of ["done", "aborted", "refused"] as const) {
    const over = upgrade({ stage });
    assert.deepEqual(moveUpgrade(over, { kind: "approve", ...LISI }, NOW), {
      outcome: "refused",
      reason: "wrong_stage",
      upgrade: over,
    });
  }
  assert.equal(
    moveUpgrade(upgrade({ stage: "draining" }), { kind: "confirm", ...LISI }, NOW).reason,
    "wrong_stage",
  );
});

const FREE = { drain: null, stranded: [], nowMs: NOW };
const deeds: [string, Partial<Upgrade>, Partial<Parameters<typeof nextDeed>[1]>, string, string][] = [
  ["nobody has approved yet", {}, {}, "wait", "approval"],
  ["nobody has for a day", {}, { nowMs: NOW + 86_400_000 }, "move", "expire"],
  ["its cluster takes starts", { stage: "draining" }, {}, "drain", "next"],
  ["somebody ends its drain", { stage: "draining", drained: "a" }, {}, "fail", "undrained"],
  ["the cluster before was drained", { stage: "draining", index: 1, drained: "a" }, {}, "drain", "next"],
  ["draining would strand a business", { stage: "draining" }, { stranded: ["shop"] }, "fail", "stranded"],
  ["it would, and is forced", { stage: "draining", force: "x" }, { stranded: ["shop"] }, "drain", "forced"],
  ["something runs", { stage: "draining" }, { drain: {} }, "wait", "runs"],
  ["nothing runs", { stage: "draining" }, { drain: { done: true } }, "move", "drained"],
  ["the operator is at it", { stage: "upgrading" }, { drain: { done: true } }, "wait", "operator"],
  ["somebody lets it take starts", { stage: "upgrading" }, {}, "fail", "undrained"],
  ["the operator is done", { stage: "checking" }, { drain: { done: true } }, "check", "confirmed"],
  ["it died after the undrain", { stage: "checking" }, {}, "check", "confirmed"],
  ["it stopped", { stage: "stopped" }, {}, "wait", "person"],
  ["it is over", { stage: "done" }, {}, "wait", "over"],
];

for (const [what, change, facts, outcome, reason] of deeds) {
  test(`does ${outcome} (${reason}) when ${what}`, () => {
    assert.deepEqual(nextDeed(upgrade(change), { ...FREE, ...facts }), { outcome, reason });
  });
}

test("a version that has not changed is doubted, but where none has changed or people know of it", () => {
  const first = upgrade({ stage: "checking", before: { a: "1" } });
  assert.equal(isUnchanged(first, "1"), true);
  assert.equal(isUnchanged(first, "2"), false);
  assert.equal(isUnchanged({ ...first, before: {} }, "1"), false);
  const told = moveUpgrade(first, { kind: "fail", message: "x", unchanged: true }, NOW).upgrade;
  assert.equal(isUnchanged(moveUpgrade(told, { kind: "retry", ...LISI }, NOW).upgrade, "1"), false);
  const second = upgrade({ index: 1, before: { a: "1", b: "1" }, after: { a: "1" } });
  assert.equal(isUnchanged(second, "1"), false);
  assert.equal(isUnchanged({ ...second, after: { a: "2" } }, "1"), true);
});

test("an upgrade is named by its id or the end of it", () => {
  const id = "u_01m8bgh35rc7wxfttah1mjcvb9";
  assert.equal(upgradeCode(id), "mjcvb9");
  const named = ["mjcvb9", "MJCVB9", id, "cvb9"].map((typed) => isUpgradeNamed({ id }, typed));
  assert.deepEqual(named, [true, true, true, true]);
  assert.deepEqual(
    ["", "b9", "vb9", "u_", "mjcvb"].map((typed) => isUpgradeNamed({ id }, typed)),
    [false, false, false, false, false],
  );
});

const cluster = (name: string, businesses: string[]): Cluster => {
  return { name, api: "http://x", auth: { kind: "apiKey", apiKey: "k" }, businesses, priority: 1 };
};
const ACTS = [
  "tick",
  "tick",
  "tick",
  "runs_end",
  "confirm",
  "retry",
  "fail",
  "hand_drain",
  "hand_undrain",
] as const;

test("whatever people and failures do meanwhile, it never takes the last cluster of a business away", () => {
  const world = fc.array(fc.subarray(["p", "q"], { minLength: 1 }), { minLength: 2, maxLength: 4 });
  const acts = fc.array(fc.tuple(fc.constantFrom(...ACTS), fc.nat(3)), { maxLength: 60 });
  fc.assert(
    fc.property(world, acts, (served, deeds) => {
      const clusters = served.map((businesses, at) => cluster(`c${at}`, businesses));
      const names = clusters.map(({ name }) => name);
      const drains = new Map<string, { upgrade?: string; done?: true }>();
      let now = upgrade({ stage: "draining", clusters: names });
      const move = (input: UpgradeInput) => {
        now = moveUpgrade(now, input, NOW).upgrade;
      };
      const tick = () => {
        const at = clusterAt(now) ?? "";
        const { stranded } = strandedBy(at, { clusters, businesses: [], out: new Set(drains.keys()) });
        const deed = nextDeed(now, { drain: drains.get(at) ?? null, stranded, nowMs: NOW });
        if (deed.outcome === "drain") {
          drains.set(at, { upgrade: now.id });
          for (const business of ["p", "q"]) {
            const serving = clusters.filter((one) => one.businesses.includes(business));
            const isTouched = serving.some(({ name }) => name === at) && serving.length > 1;
            assert.ok(!isTouched || serving.some(({ name }) => !drains.has(name)), `${business} has none`);
          }
        }
        if (deed.outcome === "move") move({ kind: "drained" });
        if (deed.outcome === "fail") move({ kind: "fail", message: deed.reason });
        if (deed.outcome === "check") {
          if (drains.get(at)?.upgrade === now.id) drains.delete(at);
          move({ kind: "checked", version: "2" });
        }
      };
      for (const [act, pick] of deeds) {
        const name = names[pick % names.length] ?? "";
        if (act === "tick") tick();
        if (act === "runs_end") for (const one of drains.values()) one.done = true;
        if (act === "confirm") move({ kind: "confirm", ...LISI });
        if (act === "retry") move({ kind: "retry", ...LISI });
        if (act === "fail") move({ kind: "fail", message: "x" });
        if (act === "hand_drain" && !drains.has(name)) drains.set(name, {});
        if (act === "hand_undrain") drains.delete(name);
        const ours = [...drains.values()].filter((one) => one.upgrade === now.id);
        assert.ok(ours.length <= 1, "two clusters are drained for it");
        assert.ok(!isUpgradeOver(now) || ours.length === 0);
      }
    }),
    { numRuns: 300 },
  );
});
