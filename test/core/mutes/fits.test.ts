import assert from "node:assert/strict";
import { test } from "node:test";
import type { WhaleEvent } from "../../../core/events/index.ts";
import { compileMutes, type MuteMatch } from "../../../core/mutes/index.ts";
import { anEvent } from "../../support/builders.ts";

const ORDER = { by: "user:wangwu", at: "2026-11-25T00:00:00.000Z", why: "迁移" };
const SPAN = { from: "2026-11-25T00:00:00.000Z", until: "2026-11-25T02:00:00.000Z" };

function holds(match: MuteMatch, event: Partial<WhaleEvent> = {}): boolean {
  const mutes = compileMutes([{ name: "m_1", mute: { match, ...SPAN, ...ORDER } }]);
  const given = { type: "t", source: "s", subject: "vm-1", labels: { env: "prod" }, receivedAt: SPAN.from };
  return mutes.holding({ id: "r" }, anEvent({ ...given, ...event })) !== null;
}

const CASES: [match: MuteMatch, held: boolean][] = [
  [{ ruleId: "r" }, true],
  [{ ruleId: "R" }, false],
  [{ subject: "vm-1", type: "t", source: "s", labels: { env: "prod" } }, true],
  [{ subject: "vm-1", type: "other" }, false],
  [{ labels: { env: "stage" } }, false],
  [{ labels: { constructor: "x" } }, false],
];

for (const [match, held] of CASES) {
  test(`${JSON.stringify(match)} ${held ? "holds" : "does not hold"} the event`, () => {
    assert.equal(holds(match), held);
  });
}

test("takes its beginning in and leaves its end out, by the receipt of the event", () => {
  assert.equal(holds({ ruleId: "r" }, { receivedAt: "2026-11-24T23:59:59.999Z" }), false);
  assert.equal(holds({ ruleId: "r" }, { receivedAt: "2026-11-25T01:59:59.999Z" }), true);
  assert.equal(holds({ ruleId: "r" }, { receivedAt: SPAN.until }), false);
});
