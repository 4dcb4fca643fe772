import assert from "node:assert/strict";
import { test } from "node:test";
import type { Exchange } from "../../../bot/http/exchange.ts";
import { deny } from "../../../bot/http/hook-answers.ts";
import type { AuthReason } from "../../../bot/http/source-auth.ts";
import { silentLog } from "../../support/log.ts";
import { countedMetrics } from "../workers/parts.ts";

const REASONS: readonly AuthReason[] = [
  ...(["address_not_allowed", "foreign_page", "bad_credentials", "bad_signature"] as const),
  ...(["stale_timestamp", "topic_not_allowed", "repeated_credentials", "no_credentials"] as const),
];

for (const reason of REASONS) {
  test(`a sender that is refused for ${reason} reads why in both languages`, () => {
    const ctx = { path: "/hooks/a", set: () => undefined } as unknown as Exchange;
    deny(ctx, { kind: "none" }, reason, { metrics: countedMetrics(), log: silentLog });
    const { error } = ctx.body as { error: { code: string; message: string } };
    assert.equal(error.code, reason);
    assert.match(error.message, /^\p{Script=Han}.* \([a-z].*\)$/u);
  });
}
