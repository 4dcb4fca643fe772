import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import type { Silence, Trouble, TroubleCause } from "../../adapters/wecom/index.ts";
import { adminWatch } from "../../bot/admin-watch.ts";
import { ChatOpsError } from "../../core/errors.ts";
import type { BotState } from "../../core/ports/index.ts";
import { openMemoryStore } from "../../fixtures/memory/index.ts";
import { movableClock } from "../support/clock.ts";
import { recordingLog } from "../support/log.ts";
import { openWorld, until } from "../support/world.ts";

const HOUR_MS = 3_600_000;
const down = new ChatOpsError("down", { code: "wecom.timeout", retryable: true });

function setting(options: { robot?: boolean; admin?: boolean } = {}) {
  const clock = movableClock();
  const { state } = openMemoryStore({ clock });
  const log = recordingLog();
  const sent: string[] = [];
  const can = { app: true, robot: true };
  const troubles: Trouble[] = [];
  const good = { ms: null as number | null };
  const asked: number[] = [];
  const silent = { now: null as Silence | null };
  const gauges = new Map<string, number>();
  const sending = (by: "app" | "robot") => async (text: string) => {
    if (!can[by]) throw down;
    sent.push(`${by}: ${text.split("\n")[1] ?? text}`);
  };
  const bot = { state: "live" as BotState, sinceMs: clock.nowMs(), why: "" };
  const languages = {
    apart: async (ids: readonly string[]) => ids.map((id) => [id]),
    of: async ([id]: readonly string[]) => (id === "wangwu" ? ("en" as const) : ("zh" as const)),
  };
  const deps = {
    bot: { status: () => bot },
    troubles: { current: () => troubles, lastGoodMs: () => good.ms, silence: () => silent.now },
    askWecom: async () => {
      asked.push(clock.nowMs());
      throw down;
    },
    admin: options.admin === false ? null : { users: ["wangwu"] },
    robot: options.robot === false ? null : { send: sending("robot") },
    messenger: {
      sendText: async ({ markdown }: { markdown: string }) => {
        await sending("app")(markdown);
        return { unreachable: [] };
      },
    },
    directory: { expand: async () => ["wangwu"] },
    metrics: {
      gauge: (_: string, value: number, labels = {}) => void gauges.set(JSON.stringify(labels), value),
    },
    ...{ state, clock, log, language: "en" as const, languages, plain: (text: string) => text },
  };
  const fall = (cause: TroubleCause) =>
    troubles.push({
      cause,
      sinceMs: clock.nowMs(),
      lastMs: clock.nowMs(),
      api: "message/send",
      message: "said",
    });
  const heal = () => {
    troubles.length = 0;
    good.ms = clock.nowMs();
  };
  const watch = adminWatch(deps);
  const round = () => watch.start().stop();
  const other = () => adminWatch(deps).start().stop();
  return { watch, round, other, fall, heal, sent, can, clock, log, gauges, bot, silent, asked };
}

describe("the administrator", () => {
  it("is told once by the app that the AI bot is refused and stays off, and when it works again", async () => {
    const { round, bot, heal, sent, clock, gauges } = setting();
    Object.assign(bot, { state: "stopped", why: "853000" });
    await round();
    await round();
    assert.deepEqual(
      sent.map((text) => text.slice(0, 40)),
      ["app: WeCom refuses the AI bot's BotID or"],
    );
    assert.equal(gauges.get(JSON.stringify({ cause: "aibot_refused" })), 1);
    Object.assign(bot, { state: "live", why: "" });
    clock.advance(1_000);
    heal();
    await round();
    assert.equal(sent.length, 2);
  });

  it("is told by the app, once an hour, and when it is over", async () => {
    const { round, fall, heal, sent, clock } = setting();
    fall("quota_reached");
    await round();
    await round();
    assert.deepEqual(sent, ["app: a quota of WeCom is used up (45009) until its window is over"]);
    clock.advance(HOUR_MS);
    await round();
    assert.equal(sent.length, 2);
    clock.advance(1000);
    heal();
    await round();
    await round();
    assert.deepEqual(sent.slice(2), [
      "app: **Works again**: a quota of WeCom is used up (45009) until its window is over",
    ]);
  });

  for (const cause of ["bad_credentials", "token_blocked", "ip_not_trusted", "app_disabled"] as const) {
    it(`is told of ${cause} by the robot, for the app cannot`, async () => {
      const { round, fall, sent } = setting();
      fall(cause);
      await round();
      assert.match(sent.join(), /^robot: /);
    });
  }

  it("is told by the robot when the app fails, and again soon when the robot fails too", async () => {
    const { round, fall, sent, can, clock } = setting();
    fall("no_callback");
    Object.assign(can, { app: false, robot: false });
    await round();
    Object.assign(can, { app: false, robot: true });
    await round();
    assert.deepEqual(sent, []);
    clock.advance(300_000);
    await round();
    assert.match(sent.join(), /^robot: the app has no callback address/);
  });

  it("is in the log when neither app nor robot is configured", async () => {
    const { round, fall, log, watch } = setting({ admin: false, robot: false });
    fall("ip_not_trusted");
    await round();
    assert.ok(
      log.lines.some(
        ({ level, message }) => level === "error" && message === "WeCom needs its administrator",
      ),
    );
    assert.match(watch.warnings()[0]?.message ?? "", /^ip_not_trusted: .*60020.*: said$/);
  });

  it("reads among the warnings that WeCom does not answer, and is sent nothing about it", async () => {
    const { round, silent, watch, sent, clock } = setting();
    assert.deepEqual(watch.warnings(), []);
    silent.now = { sinceMs: clock.nowMs(), lastMs: clock.nowMs(), message: "cannot connect" };
    await round();
    assert.match(watch.warnings()[0]?.message ?? "", /^没有可用的应答.*no usable answer.*: cannot connect$/);
    assert.deepEqual(sent, []);
  });

  it("has WeCom asked again while it does not answer, not with each round, and not while it answers", async () => {
    const { round, silent, asked, clock } = setting();
    await round();
    silent.now = { sinceMs: clock.nowMs(), lastMs: clock.nowMs(), message: "cannot connect" };
    await round();
    assert.deepEqual(asked, []);
    clock.advance(30_000);
    await round();
    assert.deepEqual(asked, [clock.nowMs()]);
  });

  for (const cause of ["bad_credentials", "token_blocked", "ip_not_trusted"] as const) {
    it(`has WeCom asked again after ${cause}, which a call that works would end`, async () => {
      const { round, fall, asked, clock } = setting();
      fall(cause);
      await round();
      assert.deepEqual(asked, []);
      clock.advance(30_000);
      await round();
      assert.deepEqual(asked, [clock.nowMs()]);
    });
  }

  it("has WeCom not asked about what it tells of a switched-off app as of any other", async () => {
    const { round, fall, asked, clock } = setting();
    fall("app_disabled");
    fall("quota_reached");
    clock.advance(30_000);
    await round();
    assert.deepEqual(asked, []);
  });

  it("is told once by several processes, and not that it is over by one that never had it", async () => {
    const { round, other, fall, heal, sent, clock } = setting();
    fall("quota_reached");
    await round();
    await other();
    assert.equal(sent.length, 1);
    clock.advance(1000);
    heal();
    await other();
    assert.equal(sent.length, 1);
    await round();
    assert.equal(sent.length, 2);
  });

  it("hears the end from a process that was started anew, when the old one no longer says anything", async () => {
    const { round, other, fall, heal, sent, clock } = setting();
    fall("bad_credentials");
    await round();
    clock.advance(HOUR_MS + 300_001);
    heal();
    await other();
    assert.match(sent[1] ?? "", /Works again/);
  });

  it("is told what WeCom says of the app itself", async () => {
    const { watch, sent } = setting();
    await watch.onEvent("inactive_alert");
    await watch.onEvent("inactive_alert");
    await watch.onEvent("enter_agent");
    await watch.onEvent("close_inactive_agent");
    await watch.onEvent("reopen_inactive_agent");
    assert.deepEqual(
      sent.map((line) => line.slice(0, 30)),
      [
        "app: WeCom warns: nobody uses ",
        "robot: WeCom has switched the ",
        "app: **Works again**: WeCom ha",
        "app: **Works again**: WeCom wa",
      ],
    );
  });

  it("can be seen in a gauge for each cause", async () => {
    const { round, fall, gauges } = setting();
    fall("token_blocked");
    await round();
    assert.deepEqual(
      [gauges.get('{"cause":"token_blocked"}'), gauges.get('{"cause":"ip_not_trusted"}')],
      [1, 0],
    );
  });
});

test("a reset secret stops the calls, tells the robot's group, and shows in /readyz", async (t) => {
  const { startWecomSimulator } = await import("../../fixtures/simulators/wecom/index.ts");
  const elsewhere = await startWecomSimulator();
  t.after(() => elsewhere.close());
  const robot = elsewhere.groups.addRobot("运维群");
  const world = await openWorld(t, { env: { ADMIN: "wangwu", FALLBACK_ROBOT_URL: robot.url } });
  world.wecom.setSecret("reset-in-the-console");
  const before = world.wecom.tokenCalls();
  await world.wecom.say("zhangsan", "help");
  await world.wecom.say("lisi", "help");
  await elsewhere.waitFor((sim) => sim.groups.list()[0]?.entries.length === 1, 30_000);
  const [entry] = elsewhere.groups.list()[0]?.entries ?? [];
  assert.ok(entry?.body.kind === "markdown" && entry.body.text.includes("WECOM_SECRET"));
  assert.equal(world.wecom.tokenCalls(), before + 1);
  const ready = (await (await fetch(`${world.url()}/readyz`)).json()) as { warnings: { message: string }[] };
  assert.ok(ready.warnings.some(({ message }) => message.startsWith("bad_credentials: ")));
  assert.match(
    await (await fetch(`${world.url()}/metrics`)).text(),
    /whale_wecom_trouble\{cause="bad_credentials"\} 1/,
  );
  assert.ok(!JSON.stringify(world.lines).includes(robot.key), "the key is in no line of the log");
});

test("that WeCom will switch the app off reaches the administrator", async (t) => {
  const world = await openWorld(t, { env: { ADMIN: "wangwu" } });
  await world.wecom.announce("inactive_alert");
  const told = () => world.wecom.chats()["wangwu"] ?? [];
  await world.wecom.waitFor(() => told().length === 1, 10_000);
  assert.ok(told()[0]?.kind === "markdown");
});

test("what was said while the address was not trusted arrives once it is", async (t) => {
  const world = await openWorld(t);
  const { wecom } = world;
  wecom.switches.set({ trustedIps: ["203.0.113.1"] });
  await wecom.say("zhangsan", "help");
  await until(world, "the refusal of the answer itself", async () => {
    const answer = await fetch(`${world.url()}/readyz`);
    return JSON.stringify(await answer.json()).includes("wecom sends") || undefined;
  });
  wecom.switches.set({ trustedIps: null });
  // The minute that a refusal asks for, and the quarter by which retries are spread.
  world.jump(76_000);
  // Whatever else is said wakes the worker.
  await wecom.say("lisi", "help");
  const answers = () => (wecom.chats()["zhangsan"] ?? []).filter(({ kind }) => kind !== "said");
  await wecom.waitFor(() => answers().length > 0, 20_000);
});
