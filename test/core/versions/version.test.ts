import assert from "node:assert/strict";
import { test } from "node:test";
import { type ConfigVersion, nextVersion, textDigest } from "../../../core/versions/index.ts";
import { aChange } from "../../contract/config-store.ts";

const LIVING = nextVersion(null, aChange()) as ConfigVersion;
const RETIRED = nextVersion(LIVING, aChange({ text: null })) as ConfigVersion;

const cases: [string, ConfigVersion | null, string | null, [number, string] | null][] = [
  ["a first text", null, "a", [1, "created"]],
  ["another text", LIVING, "a", [2, "changed"]],
  ["the same text", LIVING, LIVING.text, null],
  ["no text for what lives", LIVING, null, [2, "retired"]],
  ["no text for what never was", null, null, null],
  ["no text for what is retired", RETIRED, null, null],
  ["the old text for what is retired", RETIRED, RETIRED.text, [3, "created"]],
];
for (const [name, latest, text, expected] of cases) {
  test(`${name} makes ${expected ? `version ${expected[0]}, ${expected[1]}` : "no version"}`, () => {
    const next = nextVersion(latest, aChange({ text }));
    assert.deepEqual(next && [next.no, next.change], expected);
  });
}

test("one changed character is another digest", () => {
  assert.notEqual(textDigest("a: 1\n"), textDigest("a: 1"));
});
