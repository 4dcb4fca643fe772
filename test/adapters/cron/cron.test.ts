import assert from "node:assert/strict";
import { test } from "node:test";
import { getTasks } from "node-cron";
import { cronFault, cronTimes } from "../../../adapters/cron/index.ts";

const GOOD = ["* * * * *", "0 2 * * 6", "*/15 9-18 * * 1-5", "0 0 1 1,7 *", "30 4 * * sun"];
const BAD: [expression: string, says: RegExp][] = [
  ["", /fields/],
  ["0 2 * *", /4 fields/],
  ["0 0 2 * * 6", /6 fields/],
  ["61 2 * * *", /./],
  ["0 25 * * *", /./],
  ["0 2 * * 8", /./],
  ["a b c d e", /./],
];

for (const expression of GOOD) {
  test(`takes ${expression}`, () => assert.equal(cronFault(expression), null));
}

for (const [expression, says] of BAD) {
  test(`refuses ${JSON.stringify(expression)} with what is wrong`, () => {
    assert.match(cronFault(expression) ?? "nothing", says);
    assert.notEqual(cronFault(expression), null);
  });
}

test("tells the minutes of an expression, and leaves nothing behind that runs or is kept", () => {
  const times = cronTimes("30 2 * * 6", "Asia/Shanghai");
  assert.equal(times(Date.parse("2026-11-27T18:30:00Z")), true);
  assert.equal(times(Date.parse("2026-11-27T18:31:00Z")), false);
  assert.equal(getTasks().size, 0);
});
