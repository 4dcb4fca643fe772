import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isBadCredentials, needsAdmin, refusalError, ruleFor } from "../../../adapters/wecom/index.ts";

const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const MINUTE_MS = 60_000;

/** Every code of reference/wecom.md 5.2: reaction, code, the codes, and the wait of those that are tried again. */
const TABLE: [string, string, number[], number?][] = [
  ["backoff", "wecom.busy", [-1]],
  ["refresh", "wecom.token_refused", [40001, 40014, 42001], MINUTE_MS],
  ["backoff", "wecom.rate_limited", [45009], MINUTE_MS],
  ["backoff", "wecom.conflict", [45033, 45035, 45036], 5_000],
  ["drop", "wecom.unknown_person", [40003, 46004, 60111]],
  ["drop", "wecom.nobody_reachable", [81013]],
  ["drop", "wecom.code_spent", [60140]],
  ["drop", "wecom.content_blocked", [40201]],
  ["drop", "wecom.out_of_scope", [50002, 60011, 60021, 92000]],
  ["drop", "wecom.foreign_call", [92002, 92003]],
  ["drop", "wecom.recall_too_late", [42052]],
  ["drop", "wecom.login_code_spent", [40029, 42003, 42022]],
  ["drop", "wecom.robot_gone", [93000, 93001, 93004, 93008, 93019]],
  ["fix", "wecom.media_gone", [40004, 40007]],
  ["fix", "wecom.ticket_refused", [42012]],
  ["fix", "wecom.bad_recipients", [40031, 40032, 81012, 82001, 82002, 82003, 82101, 82102]],
  ["fix", "wecom.card_invalid", [...from(42015, 42020), ...from(42027, 42051)]],
  ["fix", "wecom.card_id_refused", [42014]],
  ["fix", "wecom.bad_request", [40008, 40033, 40035, 40058, 40063, 40093, 40206, 41001, 44004, 45002, 48010]],
  ["fix", "wecom.bad_request", [82004, 93017, 93018]],
  ["fix", "wecom.bad_group", [40050, 86003, 86006, 86007, 86008, 86215, 86216]],
  ["admin", "wecom.bad_credentials", [40013, 40091, 45031], MINUTE_MS],
  ["admin", "wecom.bad_agent", [40056, 301002], MINUTE_MS],
  ["admin", "wecom.no_callback", [40057, 43012], MINUTE_MS],
  ["admin", "wecom.not_allowed", [48002], MINUTE_MS],
  ["admin", "wecom.app_disabled", [48006, 50003], MINUTE_MS],
  ["admin", "wecom.domain_not_trusted", [50001, 80001, 85005], MINUTE_MS],
  ["admin", "wecom.ip_not_trusted", [60020], MINUTE_MS],
];
const TRIED_AGAIN = ["backoff", "refresh", "admin"];

describe("reactions to WeCom's errcodes", () => {
  for (const [reaction, code, errcodes, retryAfterMs] of TABLE) {
    it(`takes ${errcodes.join(", ")} as ${code}`, () => {
      for (const errcode of errcodes) {
        const rule = ruleFor(errcode);
        const retryable = TRIED_AGAIN.includes(reaction);
        assert.deepEqual(
          [rule.reaction, rule.code, rule.retryable, rule.retryAfterMs],
          [reaction, code, retryable, retryAfterMs],
        );
        const error = refusalError({ errcode, errmsg: "why", api: "message/send" });
        assert.deepEqual([error.code, error.retryable, error.retryAfterMs], [code, retryable, retryAfterMs]);
      }
    });
  }

  it("does not try again what it does not know, and calls somebody", () => {
    const { reaction, code, retryable } = ruleFor(999_999);
    assert.deepEqual([reaction, code, retryable], ["admin", "wecom.refused", false]);
  });

  it("calls somebody for whatever is put right at WeCom's console", () => {
    assert.deepEqual([60020, 60011, 93000, 999_999].map(needsAdmin), [true, true, true, true]);
    assert.deepEqual([-1, 45009, 81013, 42014, 40001].map(needsAdmin), [false, false, false, false, false]);
  });

  it("says errcode, call and WeCom's own words", () => {
    const { message } = refusalError({ errcode: 999_999, errmsg: "strange, hint: [abc]", api: "tag/get" });
    assert.equal(message, "WeCom answered tag/get with errcode 999999: strange, hint: [abc]");
  });

  it("shows the address that is not trusted", () => {
    const errmsg =
      "not allow to access from your ip, hint: [1], from ip: 203.0.113.7, more info at https://x";
    assert.match(
      refusalError({ errcode: 60020, errmsg, api: "message/send" }).message,
      /\(add 203\.0\.113\.7 to/,
    );
    const six = "from ip: 2001:db8::1, more";
    assert.match(refusalError({ errcode: 60020, errmsg: six, api: "x" }).message, /\(add 2001:db8::1 to/);
  });

  it("knows that a refusal did nothing, and that a busy answer leaves it open", () => {
    assert.equal(refusalError({ errcode: 45009, errmsg: "", api: "x" }).reached, "no");
    assert.equal(refusalError({ errcode: -1, errmsg: "", api: "x" }).reached, "maybe");
  });

  it("takes a refused secret, company or app on gettoken as wrong credentials", () => {
    assert.deepEqual([40001, 40013, 40091].map(isBadCredentials), [true, true, true]);
    assert.deepEqual([-1, 45009, 60020].map(isBadCredentials), [false, false, false]);
  });
});
