import assert from "node:assert/strict";
import { test } from "node:test";
import { type AibotLook, exitCodeOf, type Finding, lookAtAibot } from "../../../bot/doctor/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";

const GROUPS = { ops: { kind: "aibot", chatId: "wrOps" }, watch: { kind: "robot", key: "k" } } as const;
const refused = (code: string): AibotLook => {
  return { outcome: "refused", error: new ChatOpsError("said so", { code, retryable: false }) };
};

const CASES: readonly [AibotLook, Finding["outcome"], cause: string, message: RegExp, todo: RegExp][] = [
  [{ outcome: "works" }, "holds", "aibot_works", /有效.*takes/, /^$/],
  [{ outcome: "taken", by: "one" }, "holds", "aibot_connected", /one .*挤掉.*throw it out/, /^$/],
  [{ outcome: "not_tried", why: "down" }, "reduced", "aibot_not_tried", /down/, /readyz.*\/readyz/],
  [{ outcome: "not_set" }, "fails", "aibot_missing", /ops .*智能机器人.*AI bot/, /长连接.*AIBOT_ID.*\.env/],
  [refused("aibot.bad_credentials"), "fails", "aibot_bad_credentials", /said so/, /BotID.*copy BotID/],
  [refused("aibot.wrong_mode"), "fails", "aibot_wrong_mode", /said so/, /改为.*长连接.*URL mode/],
  [refused("aibot.rate_limited"), "fails", "aibot_rate_limited", /said so/, /一分钟.*in a minute/],
  [{ outcome: "unreachable", why: "ECONNREFUSED" }, "fails", "aibot_unreachable", /ECONN/, /openws.*proxies/],
];

for (const [look, outcome, cause, message, todo] of CASES) {
  test(`doctor says of an AI bot that is ${cause} what it is and what to click where`, () => {
    const findings = lookAtAibot(look, GROUPS);
    const [finding] = findings;
    assert.ok(finding && findings.length === 1);
    assert.deepEqual([finding.about, finding.outcome, finding.cause], ["AI bot", outcome, cause]);
    assert.match(finding.message, message);
    assert.match(finding.todo ?? "", todo);
    assert.equal(exitCodeOf(findings), { holds: 0, fails: 1, reduced: 2 }[outcome]);
  });
}

test("doctor says nothing of an AI bot that nobody needs", () => {
  assert.deepEqual(lookAtAibot({ outcome: "not_set" }, { watch: GROUPS.watch }), []);
});
