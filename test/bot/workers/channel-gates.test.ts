import assert from "node:assert/strict";
import { test } from "node:test";
import { channelWarnings, createChannelGates } from "../../../bot/workers/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import { movableClock } from "../../support/clock.ts";

const REFUSED = new ChatOpsError("60020 not allow to access from your ip", {
  code: "wecom.ip_not_trusted",
  retryAfterMs: 60_000,
  reached: "no",
});

function gatesUnderTest() {
  const clock = movableClock();
  const counted: unknown[] = [];
  const gates = createChannelGates(clock, { count: (...told) => void counted.push(told) });
  const refuse = (of: "sends" | "updates") =>
    assert.rejects(
      gates[of].through(() => Promise.reject(REFUSED)),
      REFUSED,
    );
  return { clock, counted, gates, refuse, warned: () => channelWarnings(gates) };
}

test("while calls of WeCom rest, it is told which, why and for how long", async () => {
  const { clock, gates, refuse, warned } = gatesUnderTest();
  assert.deepEqual(warned(), []);
  await refuse("sends");
  clock.advance(18_500);
  const [warning, ...others] = warned();
  assert.deepEqual([warning?.about, others], ["wecom sends", []]);
  assert.match(warning?.message ?? "", /42 秒.*60020.*42 s/s);
  await refuse("updates");
  assert.deepEqual(
    warned().map(({ about }) => about),
    ["wecom sends", "wecom updates"],
  );
  clock.advance(60_000);
  assert.deepEqual(warned(), []);
  await gates.sends.through(async () => undefined);
});

test("each rest is counted once, however many calls were under way", async () => {
  const { clock, counted, refuse } = gatesUnderTest();
  await Promise.all([refuse("sends"), refuse("sends")]);
  assert.deepEqual(counted, [["channel_rests", { calls: "sends", code: "wecom.ip_not_trusted" }]]);
  clock.advance(60_000);
  await refuse("sends");
  assert.equal(counted.length, 2);
});
