import assert from "node:assert/strict";
import { test } from "node:test";
import { type AibotConfig, checkAibot } from "../../../adapters/aibot/index.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { type BotWorld, clock, eventually, live, openBotWorld } from "./parts.ts";

function checked({ sim, leases }: BotWorld, given: Partial<AibotConfig> = {}) {
  const config = { botId: sim.botId, secret: sim.secret, wsUrl: sim.url, connectMs: 400, ...given };
  return checkAibot(config, { leases, holder: "doctor", clock });
}

test("a bot's id and secret are tried, and the connection is left to who wants it next", async (t) => {
  const world = await openBotWorld(t);
  assert.deepEqual(await checked(world), { outcome: "works" });
  await live(world.join("a"));
  assert.equal(world.sim.state().kicked, 0);
});

test("nothing is tried where a process has the connection, which goes on undisturbed", async (t) => {
  const world = await openBotWorld(t);
  const bot = world.join("a");
  await live(bot);
  assert.deepEqual(await checked(world), { outcome: "taken", by: "a" });
  const { subscribed, kicked, mostAtOnce } = world.sim.state();
  assert.deepEqual([subscribed, kicked, mostAtOnce, bot.status().state], [1, 0, 1, "live"]);
});

test("a refusal is told with what WeCom said, and holds up nobody", async (t) => {
  const world = await openBotWorld(t);
  const secret = "not-the-secret-of-the-bot";
  const wrong = await checked(world, { secret });
  assert.ok(wrong.outcome === "refused");
  assert.equal(wrong.error.code, "aibot.bad_credentials");
  assertLeaksNoSecret([secret], wrong.error);
  world.sim.refuse(846601);
  const mode = await checked(world);
  assert.deepEqual(mode.outcome === "refused" && mode.error.code, "aibot.wrong_mode");
  world.sim.refuse(null);
  await live(world.join("a"));
});

test("a server that is not there, or takes the connection and answers nothing, is no good", async (t) => {
  const world = await openBotWorld(t);
  world.sim.setZombie(true);
  assert.equal((await checked(world)).outcome, "unreachable");
  assert.equal((await checked(world, { wsUrl: "ws://127.0.0.1:9" })).outcome, "unreachable");
  await eventually("the connection to be let go", () => world.sim.state().open === 0);
});
