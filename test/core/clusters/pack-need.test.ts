import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { joinedNeeds, packFault } from "../../../core/clusters/index.ts";
import type { PackReading } from "../../../core/ports/index.ts";

const known = (version: string): PackReading => ({ outcome: "known", version });
const away: PackReading = { outcome: "unreachable", message: "no answer" };

describe("a pack's version is compared with the range that is asked for", () => {
  const rows: [range: string, reading: PackReading | undefined, expected: string | null][] = [
    [">=1.4 <2", known("1.4.0"), null],
    [">=1.4 <2", known("1.5"), null],
    ["^1.2 || ^3", known("3.0.1"), null],
    [">=1.4 <2", known("2.0.0"), "lacks_pack disk 2.0.0 (>=1.4 <2)"],
    [">=1.4 <2", known("1.4.0-rc.1"), "lacks_pack disk 1.4.0-rc.1 (>=1.4 <2)"],
    ["*", known(""), "lacks_pack disk  (*)"],
    ["*", known("latest"), "lacks_pack disk latest (*)"],
    ["*", { outcome: "absent" }, "lacks_pack disk - (*)"],
    ["*", away, "pack_unread disk ? (*)"],
    ["*", undefined, "pack_unread disk ? (*)"],
  ];
  for (const [range, reading, expected] of rows) {
    test(`${range} with ${JSON.stringify(reading)}`, () => {
      const fault = packFault([{ pack: "disk", range }], "hz", () => reading);
      assert.equal(fault && `${fault.reason} ${fault.found}`, expected);
    });
  }
});

test("every need counts, and the first that is not met is told", () => {
  const readings: Record<string, PackReading> = { disk: known("1.0.0"), common: known("0.9.0") };
  const needs = [
    { pack: "disk", range: "^1" },
    { pack: "common", range: "^1" },
  ];
  const fault = packFault(needs, "hz", (_, pack) => readings[pack]);
  assert.equal(fault?.found, "common 0.9.0 (^1)");
});

test("what a rule and its route need counts together, each once", () => {
  const a = { pack: "a", range: "^1" };
  const b = { pack: "a", range: "<1.5" };
  assert.deepEqual(joinedNeeds([a], [b, a]), [b, a]);
  assert.equal(joinedNeeds(undefined, []), undefined);
});
