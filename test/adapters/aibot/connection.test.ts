import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Leases } from "../../../core/ports/index.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { eventually, GROUP, live, openBotWorld, QUICK } from "./parts.ts";

const ELSEWHERE = { code: "aibot.elsewhere", retryable: true, reached: "no" };

/** The same leases, with the outcome of each try to acquire one. */
function watched(leases: Leases, outcomes: string[]): Leases {
  const acquire: Leases["acquire"] = async (...args) => {
    const lease = await leases.acquire(...args);
    outcomes.push(lease.outcome);
    return lease;
  };
  return { ...leases, acquire };
}

describe("one connection over all processes", () => {
  test("of two processes one connects, and the other sends nothing", async (t) => {
    const { sim, join } = await openBotWorld(t);
    const [first, second] = [join("a"), join("b")];
    await live(first);
    await eventually("the second to stand by", () => second.status().state === "standby");
    sim.say("zhangsan", "hi", { group: GROUP.chatId });
    await first.send(GROUP, "hello");
    await assert.rejects(second.send(GROUP, "hello"), ELSEWHERE);
    const { subscribed, kicked, mostAtOnce } = sim.state();
    assert.deepEqual({ subscribed, kicked, mostAtOnce }, { subscribed: 1, kicked: 0, mostAtOnce: 1 });
  });

  test("the other takes over at once when the first ends in order", async (t) => {
    const { sim, join } = await openBotWorld(t);
    const first = join("a");
    await live(first);
    const second = join("b");
    await first.close();
    await live(second);
    assert.equal(sim.state().mostAtOnce, 1);
  });

  test("the other takes over within the lease when the first is gone without a word", async (t) => {
    const { sim, join, leases } = await openBotWorld(t);
    const cut = { dead: false };
    const dying: Leases = {
      ...leases,
      acquire: (...args) => (cut.dead ? new Promise(() => undefined) : leases.acquire(...args)),
      release: async () => false,
    };
    const first = join("a", {}, dying);
    await live(first);
    const looks: string[] = [];
    const second = join("b", {}, watched(leases, looks));
    cut.dead = true;
    await live(second);
    // Counted in looks and not in time, which a busy machine stretches: what was left of the lease, and the one that took it.
    const taken = looks.indexOf("held");
    assert.ok(taken >= 0 && taken <= QUICK.leaseMs / QUICK.renewMs + 1, `taken with look ${taken}`);
    assert.equal(first.status().state === "live", false, "the first let go before the other could connect");
    assert.equal(sim.state().mostAtOnce, 1);
    assert.equal(sim.state().kicked, 0);
  });
});

describe("a connection that is no good is given up and opened anew", () => {
  test("a zombie that answers no ping", async (t) => {
    const { sim, join } = await openBotWorld(t);
    const bot = join("a", { pingMs: 30 });
    await live(bot);
    sim.setZombie(true);
    await eventually("the silence to be noticed", () => bot.status().state === "connecting");
    assert.match(bot.status().why, /not answered/);
    sim.setZombie(false);
    await live(bot);
  });

  test("one that takes the connection and never answers the subscription", async (t) => {
    const { sim, join } = await openBotWorld(t);
    sim.setZombie(true);
    const bot = join("a", { connectMs: 60 });
    await eventually("the silence to be noticed", () =>
      /subscription was not answered/.test(bot.status().why),
    );
    sim.setZombie(false);
    await live(bot);
  });

  test("one that breaks off", async (t) => {
    const { sim, join } = await openBotWorld(t);
    const bot = join("a");
    await live(bot);
    sim.drop();
    await eventually("a second subscription", () => sim.state().subscribed === 2);
    await live(bot);
  });

  test("one whose subscription WeCom has forgotten (846609)", async (t) => {
    const { sim, join } = await openBotWorld(t);
    const bot = join("a", { pingMs: 30 });
    await live(bot);
    sim.forget();
    await eventually("a second subscription", () => sim.state().subscribed === 2);
    await live(bot);
  });

  test("one that another program took: it waits before it takes it back", async (t) => {
    const { sim, join } = await openBotWorld(t);
    const bot = join("a", { pauseMs: 40 });
    await live(bot);
    const beganMs = Date.now();
    sim.kick();
    await eventually("the kick to be noticed", () => /another program/.test(bot.status().why));
    await live(bot);
    assert.ok(Date.now() - beganMs >= 5 * 40, "five pauses for a kick");
    assert.equal(bot.metrics.counts.get("aibot_ends{outcome=kicked}"), 1);
  });

  test("kicks in a row are answered ever later", async (t) => {
    const { sim, join } = await openBotWorld(t);
    const bot = join("a", { pauseMs: 10 });
    const gaps: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      await live(bot);
      const beganMs = Date.now();
      sim.kick();
      await eventually("the kick to be noticed", () => bot.status().state !== "live");
      await live(bot);
      gaps.push(Date.now() - beganMs);
    }
    const [first = 0, , third = 0] = gaps;
    assert.ok(first >= 50 && third >= 200, gaps.join());
  });
});

describe("refused subscriptions", () => {
  test("a wrong secret: it is tried once, said loudly, and the lease is given back", async (t) => {
    const { sim, join, leases } = await openBotWorld(t);
    sim.setSecret("another-secret");
    const bot = join("a", { secret: "wrong-secret-0001" });
    await eventually("the bot to stop", () => bot.status().state === "stopped");
    assert.equal(sim.state().refused, 1);
    assert.match(bot.status().why, /853000.*AIBOT_SECRET/);
    assert.ok(
      bot.log.lines.some(
        ({ level, fields }) => level === "error" && fields["code"] === "aibot.bad_credentials",
      ),
    );
    assertLeaksNoSecret(["wrong-secret-0001"], [bot.log.lines, bot.status()]);
    assert.deepEqual(await leases.held("aibot:"), []);
    await assert.rejects(bot.send(GROUP, "x"), ELSEWHERE);
  });

  test("the long connection is not switched on: it stays off too", async (t) => {
    const { sim, join } = await openBotWorld(t);
    sim.refuse(846601);
    const bot = join("a");
    await eventually("the bot to stop", () => bot.status().state === "stopped");
    assert.match(bot.status().why, /长连接/);
  });

  test("a busy WeCom is asked again", async (t) => {
    const { sim, join } = await openBotWorld(t);
    sim.refuse(-1);
    const bot = join("a");
    await eventually("two refusals", () => sim.state().refused >= 2);
    sim.refuse(null);
    await live(bot);
  });
});
