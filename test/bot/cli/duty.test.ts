import assert from "node:assert/strict";
import { test } from "node:test";
import { timeOf } from "../../../bot/cli/duty.ts";
import { dutyLines } from "../../../bot/cli/duty-words.ts";
import { shownDuty } from "../../../bot/rosters/index.ts";

const UNTIL_MS = Date.parse("2026-11-09T02:00:00Z");
const ROSTER = { name: "dba", title: "DBA 主值班" };

test("shows who is on duty, who hands over, until when by the zone's clock, and who is next", () => {
  const next = { people: ["wang", "chen"], fromMs: UNTIL_MS };
  const duty = { people: ["li"], leaving: ["zhang"], untilMs: UNTIL_MS, next };
  const lines = dutyLines(shownDuty({ kind: "calendar", ...ROSTER, duty }), "Asia/Shanghai");
  assert.deepEqual(
    lines.map((line) => line.replace(/\s+/g, " ")),
    [
      "DBA 主值班 (dba)",
      " 值班 on duty li",
      " 交接 leaving zhang",
      " 到 until 2026-11-09T10:00:00+08:00",
      " 下一班 next wang chen",
    ],
  );
});

test("says that nobody is on duty, and that a look-up does not answer, in one line each", () => {
  const nobody = { people: [], leaving: [], untilMs: null, next: null };
  assert.match(
    dutyLines(shownDuty({ kind: "calendar", ...ROSTER, duty: nobody }), "UTC").join("\n"),
    /没有人 nobody/,
  );
  const looked = { outcome: "unknown" as const, trouble: "a\u001b[31m\nb" };
  const lines = dutyLines(shownDuty({ kind: "lookup", ...ROSTER, looked }), "UTC");
  assert.equal(lines.length, 3);
  for (const odd of ["\u001b", "\n"]) assert.ok(!lines.join("").includes(odd));
});

const TIMES: [text: string, instant: string | null][] = [
  ["2026-12-24T10:00", "2026-12-24T02:00:00.000Z"],
  ["2026-12-24", "2026-12-23T16:00:00.000Z"],
  ["2026-12-24T10:00:00Z", "2026-12-24T10:00:00.000Z"],
  ["2026-02-30", null],
  ["tomorrow", null],
];

for (const [text, instant] of TIMES) {
  test(`reads the time ${text}`, () => {
    const ms = timeOf(text, "Asia/Shanghai");
    assert.equal(ms === null ? null : new Date(ms).toISOString(), instant);
  });
}
