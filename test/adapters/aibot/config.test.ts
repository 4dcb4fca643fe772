import assert from "node:assert/strict";
import { test } from "node:test";
import { type AibotConfig, checkAibotConfig } from "../../../adapters/aibot/config.ts";

const GOOD = { botId: "bot", secret: "the-secret-0001" };
const BAD: readonly [field: string, given: Partial<AibotConfig>][] = [
  ["botId", { botId: "" }],
  ["botId", { botId: "a b" }],
  ["secret", { secret: "" }],
  ["secret", { secret: "the secret 0001" }],
  ["wsUrl", { wsUrl: "https://openws.work.weixin.qq.com" }],
  ["wsUrl", { wsUrl: "wss://user:the-secret-0001@host" }],
  ["pingMs", { pingMs: 0 }],
  ["perMinute", { perMinute: Number.NaN }],
  ["renewMs", { leaseMs: 100, renewMs: 26 }],
];

test("refuses bad values by their field, without showing a secret", () => {
  for (const [field, given] of BAD) {
    assert.throws(
      () => checkAibotConfig({ ...GOOD, ...given }),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, "aibot.bad_config");
        assert.match(error.message, new RegExp(`aibot ${field}`));
        assert.doesNotMatch(error.message, /secret.0001/);
        return true;
      },
    );
  }
});

test("has WeCom's own address, and times that fit each other", () => {
  const { wsUrl, leaseMs, renewMs, perMinute, perHour } = checkAibotConfig(GOOD);
  assert.equal(wsUrl, "wss://openws.work.weixin.qq.com");
  assert.ok(renewMs * 4 <= leaseMs);
  assert.ok(perMinute < 30 && perHour < 1_000);
});
