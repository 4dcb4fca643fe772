import assert from "node:assert/strict";
import { test } from "node:test";
import { expandRights, RIGHTS, rightsMeant, WRITTEN_RIGHTS } from "../../../core/people/index.ts";

const MEANINGS: readonly [written: string, meant: readonly string[]][] = [
  ["events.read", ["events.read"]],
  ["events.*", ["events.read", "events.send", "events.replay"]],
  ["*", RIGHTS],
  ["event.*", []],
  ["events", []],
  ["e*", []],
  [".*", []],
  ["", []],
];

for (const [written, meant] of MEANINGS) {
  test(`${JSON.stringify(written)} means ${meant.length} right(s)`, () => {
    assert.deepEqual(rightsMeant(written), meant);
  });
}

test("every word that is offered to a file means something", () => {
  assert.deepEqual(
    WRITTEN_RIGHTS.filter((written) => rightsMeant(written).length === 0),
    [],
  );
});

test("expands words to each right once", () => {
  assert.deepEqual(expandRights(["events.send", "events.*", "types.read"]), [
    "events.read",
    "events.send",
    "events.replay",
    "types.read",
  ]);
});
