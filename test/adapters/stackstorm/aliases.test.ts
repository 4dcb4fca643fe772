import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAliases } from "../../../adapters/stackstorm/alias-schema.ts";

test("aliases are read in both forms; odd ones and those that are off are left out, and rows are counted", () => {
  const row = { name: "a", pack: "p", action_ref: "p.a", formats: ["x {{y}}"] };
  const read = parseAliases([
    row,
    { ...row, name: "b", ref: "p.b", formats: [{ display: "d", representation: ["r", "s"] }] },
    { ...row, name: "c", enabled: false },
    { ...row, formats: [3] },
    { ...row, name: "d", formats: [{ display: "only" }], immutable_parameters: { k: 1 }, description: null },
    null,
  ]);
  assert.equal(read?.rows, 6);
  assert.deepEqual(
    read?.aliases.map(({ ref, formats, immutable }) => [ref, formats[0], immutable]),
    [
      ["p.a", { display: "x {{y}}", representations: ["x {{y}}"] }, {}],
      ["p.b", { display: "d", representations: ["r", "s"] }, {}],
      ["p.d", { display: "only", representations: ["only"] }, { k: 1 }],
    ],
  );
  assert.equal(parseAliases({ faultstring: "no" }), null);
});
