import assert from "node:assert/strict";
import { test } from "node:test";
import { outboxLines } from "../../../bot/cli/outbox-words.ts";
import { START_MS } from "../../support/clock.ts";

const AT = { timeZone: "Asia/Shanghai", nowMs: START_MS };
const ago = (seconds: number) => new Date(START_MS - seconds * 1000).toISOString();
const MESSAGE = {
  ...{ key: "t_a:card:1", lane: "approval", kind: "card", attempts: 2 },
  ...{ why: "wecom.busy: a\u001b[31m\nb", waits: "retry", created: ago(185), due: ago(-60) },
};

test("shows how much waits, since when, each message's age, next try and last error", () => {
  const shown = {
    depth: { card: 1, line: 40 },
    oldest: { approval: ago(185), digest: ago(8_000) },
    items: [MESSAGE],
  };
  const lines = outboxLines(shown, AT).map((line) => line.trim().replace(/\s+/g, " "));
  assert.deepEqual(lines, [
    "等待 waiting card 1，line 40",
    "最久 oldest approval 3m，digest 2h",
    "级 lane 类 kind 已等 age 等待 waits 下次 next 次 tries 键 key",
    "approval card 3m 等重试 retry 2026-11-01T08:01:00+08:00 2 t_a:card:1",
    "wecom.busy: a [31m b",
  ]);
});
