import assert from "node:assert/strict";
import { test } from "node:test";
import { heldBy, isHeld, objectOfStop, type Stop, stopName, stopOfWords } from "../../../core/stops/index.ts";

test("names each scope's stop by itself", () => {
  assert.equal(stopName({ of: "everything" }), "everything");
  assert.equal(stopName({ of: "cluster", name: "hz-core" }), "cluster:hz-core");
  assert.equal(stopName({ of: "rule", name: "hz-core" }), "rule:hz-core");
  assert.equal(stopName({ of: "business", name: "everything" }), "business:everything");
});

const stop = (scope: Stop["scope"]): Stop => ({ scope, by: "user:wangwu", at: "", why: "断电" });
const TASK = { business: "shop", ruleId: "disk", clusters: ["bj", "hz"] };

test("holds what it is for, and nothing else", () => {
  const held = (scope: Stop["scope"], cluster: string | null = "hz") => {
    return heldBy([stop(scope)], { task: TASK, cluster }) !== null;
  };
  assert.equal(held({ of: "everything" }, null), true);
  assert.deepEqual(
    [held({ of: "business", name: "shop" }), held({ of: "business", name: "pay" })],
    [true, false],
  );
  assert.deepEqual([held({ of: "rule", name: "disk" }), held({ of: "rule", name: "net" })], [true, false]);
  assert.deepEqual([held({ of: "cluster", name: "hz" }), held({ of: "cluster", name: "bj" })], [true, false]);
  assert.equal(held({ of: "cluster", name: "hz" }, null), false);
});

test("holds a task only when it could start nowhere", () => {
  const on = (...names: string[]) => names.map((name) => stop({ of: "cluster", name }));
  assert.deepEqual([isHeld(on("hz"), TASK), isHeld(on("hz", "bj"), TASK)], [false, true]);
  assert.equal(isHeld([], { ...TASK, clusters: [] }), false);
});

test("is read from what people type, letter case kept", () => {
  assert.deepEqual(stopOfWords("ALL 机房 断电"), { scope: { of: "everything" }, why: "机房 断电" });
  assert.deepEqual(stopOfWords("集群=Hz=1 x"), { scope: { of: "cluster", name: "Hz=1" }, why: "x" });
  for (const text of ["", "cluster", "cluster=", "region=hz x", "constructor=x y"]) {
    assert.equal(stopOfWords(text), null, text);
  }
});

test("asks the right on what it stops, and on everything for everything", () => {
  const businessOf = (rule: string) => (rule === "disk" ? "shop" : undefined);
  assert.deepEqual(objectOfStop({ of: "everything" }, businessOf), {});
  assert.deepEqual(objectOfStop({ of: "cluster", name: "hz" }, businessOf), { clusters: ["hz"] });
  assert.deepEqual(objectOfStop({ of: "rule", name: "disk" }, businessOf), {
    rule: "disk",
    business: "shop",
  });
  assert.deepEqual(objectOfStop({ of: "business", name: "pay" }, businessOf), { business: "pay" });
});
