import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parsePath } from "../../../core/params/index.ts";

test("dotted keys, list positions and quoted keys are read", () => {
  const cases: [string, string[] | null][] = [
    ["detail.usage", ["detail", "usage"]],
    [".detail.usage", ["detail", "usage"]],
    ["detail.disks.0.mount", ["detail", "disks", "0", "mount"]],
    ["detail.disks[0].mount", ["detail", "disks", "0", "mount"]],
    ['labels["app.kubernetes.io/name"]', ["labels", "app.kubernetes.io/name"]],
    ["labels['a'].b", ["labels", "a", "b"]],
    ["status", ["status"]],
    ["标签.环境", ["标签", "环境"]],
    ["", null],
    [".", null],
    ["a..b", null],
    ["a.", null],
    ["a[", null],
    ["a[x]", null],
    ["a[0]b", null],
    ["a['b]", null],
  ];
  for (const [text, keys] of cases) assert.deepEqual(parsePath(text), keys, text);
});

test("any keys without dots, brackets and quotes are read back", () => {
  const key = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !/[.[\]"'\s]/.test(text));
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 6 }), (keys) => {
      assert.deepEqual(parsePath(keys.join(".")), keys);
    }),
  );
});
