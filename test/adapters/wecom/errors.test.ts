import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isBadCredentials, refusalError, ruleFor } from "../../../adapters/wecom/index.ts";

/** errcode, reaction, code, retryable, wait in milliseconds. */
const TABLE: [number, string, string, boolean, number?][] = [
  [-1, "backoff", "wecom.busy", true],
  [40001, "refresh", "wecom.token_refused", true, 60_000],
  [40014, "refresh", "wecom.token_refused", true, 60_000],
  [42001, "refresh", "wecom.token_refused", true, 60_000],
  [45009, "backoff", "wecom.rate_limited", true, 60_000],
  [45033, "backoff", "wecom.conflict", true, 5_000],
  [45036, "backoff", "wecom.conflict", true, 5_000],
  [60111, "drop", "wecom.unknown_person", false],
  [46004, "drop", "wecom.unknown_person", false],
  [81013, "drop", "wecom.nobody_reachable", false],
  [60140, "drop", "wecom.code_spent", false],
  [42014, "fix", "wecom.card_id_refused", false],
  [42015, "fix", "wecom.card_invalid", false],
  [42051, "fix", "wecom.card_invalid", false],
  [42052, "drop", "wecom.recall_too_late", false],
  [82001, "fix", "wecom.bad_recipients", false],
  [82102, "fix", "wecom.bad_recipients", false],
  [45002, "fix", "wecom.bad_request", false],
  [40013, "admin", "wecom.bad_credentials", false],
  [43012, "admin", "wecom.no_callback", false],
  [48002, "admin", "wecom.not_allowed", false],
  [50003, "admin", "wecom.app_disabled", false],
  [60011, "drop", "wecom.out_of_scope", false],
  [60020, "admin", "wecom.ip_not_trusted", false],
  [999_999, "admin", "wecom.refused", false],
];

describe("reactions to WeCom's errcodes", () => {
  for (const [errcode, reaction, code, retryable, retryAfterMs] of TABLE) {
    it(`takes ${errcode} as ${code}`, () => {
      const rule = ruleFor(errcode);
      assert.deepEqual(
        [rule.reaction, rule.code, rule.retryable, rule.retryAfterMs],
        [reaction, code, retryable, retryAfterMs],
      );
      const error = refusalError({ errcode, errmsg: "why", api: "message/send" });
      assert.deepEqual([error.code, error.retryable, error.retryAfterMs], [code, retryable, retryAfterMs]);
    });
  }

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
