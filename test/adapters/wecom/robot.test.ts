import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { createOutbound } from "../../../adapters/outbound/index.ts";
import { createRobot, robotUrlFault } from "../../../adapters/wecom/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { movableClock } from "../../support/clock.ts";
import { httpServer } from "../../support/http-server.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";

const KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa";

interface Seen {
  path: string;
  key: string | null;
  content: string;
  bytes: number;
}

async function robotBench(t: TestContext, answers: Record<string, unknown>[] = []) {
  const seen: Seen[] = [];
  const server = await httpServer(t, async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const { content } = JSON.parse(text).markdown;
    const bytes = Buffer.byteLength(content);
    seen.push({ path: url.pathname, key: url.searchParams.get("key"), content, bytes });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answers[seen.length - 1] ?? { errcode: 0, errmsg: "ok" }));
  });
  const http = createOutbound({ name: "wecom", timeoutMs: 2000, maxResponseBytes: 65_536 });
  t.after(() => http.close());
  const clock = movableClock();
  const { throttle } = openMemoryStore({ clock });
  const robotOfProcess = () => createRobot({ key: KEY, apiBase: server.origin, http, clock, throttle });
  const robot = robotOfProcess();
  return { robot, robotOfProcess, clock, throttle, seen, http, origin: server.origin };
}

function failing(code: string, retryAfterMs?: number) {
  return (error: unknown): boolean => {
    assertLeaksNoSecret([KEY], error);
    return error instanceof ChatOpsError && error.code === code && error.retryAfterMs === retryAfterMs;
  };
}

describe("a group's webhook robot", () => {
  it("sends markdown with its key", async (t) => {
    const { robot, seen } = await robotBench(t);
    await robot.send("# 鲸\n一切正常");
    assert.deepEqual(seen, [
      { path: "/cgi-bin/webhook/send", key: KEY, content: "# 鲸\n一切正常", bytes: 18 },
    ]);
  });

  it("works by the whole address, below another base too", async (t) => {
    const { http, clock, throttle, seen, origin } = await robotBench(t);
    const url = `${origin}/proxy/cgi-bin/webhook/send?key=${KEY}`;
    await createRobot({ url, http, clock, throttle }).send("hello");
    assert.deepEqual([seen[0]?.path, seen[0]?.key], ["/proxy/cgi-bin/webhook/send", KEY]);
  });

  it("cuts long text into numbered messages of at most 4096 bytes, whole characters each", async (t) => {
    const { robot, seen } = await robotBench(t);
    await robot.send("鲸".repeat(3000));
    assert.equal(seen.length, 3);
    for (const { bytes, content } of seen) assert.ok(bytes <= 4096 && !content.includes("�"));
    assert.match(seen[1]?.content ?? "", /^\(2\/3\)\n鲸/);
    assert.equal(seen.map(({ content }) => content.split("\n")[1]).join(""), "鲸".repeat(3000));
  });

  it("sends nothing over 18 in any minute, over all processes, and says when there is room", async (t) => {
    const { robot, robotOfProcess, seen, clock } = await robotBench(t);
    const other = robotOfProcess();
    for (let i = 0; i < 9; i += 1) await (i % 2 === 0 ? robot : other).send(`${i}`);
    await assert.rejects(other.send("10"), failing("wecom.robot_budget", 6_667));
    await assert.rejects(robot.send("10"), failing("wecom.robot_budget", 6_667));
    for (let i = 0; i < 9; i += 1) {
      clock.advance(6_667);
      await (i % 2 === 0 ? other : robot).send(`${i}`);
    }
    assert.equal(seen.length, 18);
    await assert.rejects(other.send("19"), { code: "wecom.robot_budget" });
  });

  it("does not let a text of several messages begin that has no room to end", async (t) => {
    const { robot, seen } = await robotBench(t);
    for (let i = 0; i < 8; i += 1) await robot.send(`${i}`);
    await assert.rejects(robot.send("x".repeat(5000)), failing("wecom.robot_budget", 6_667));
    assert.equal(seen.length, 8);
  });

  it("is silent for a minute after WeCom said that it was too much", async (t) => {
    const limited = [{ errcode: 45009, errmsg: "api freq out of limit" }];
    const { robot, robotOfProcess, seen, clock } = await robotBench(t, limited);
    await assert.rejects(robot.send("1"), failing("wecom.rate_limited", 60_000));
    clock.advance(20_000);
    for (const one of [robot, robotOfProcess()]) {
      await assert.rejects(one.send("2"), failing("wecom.robot_budget", 40_000));
    }
    clock.advance(40_000);
    await robot.send("2");
    assert.equal(seen.length, 2);
  });

  it("keeps its count when the clock is moved back", async (t) => {
    const { robot, clock } = await robotBench(t);
    for (let i = 0; i < 9; i += 1) await robot.send(`${i}`);
    clock.advance(-30_000);
    await assert.rejects(robot.send("10"), failing("wecom.robot_budget", 36_667));
  });

  for (const errcode of [93000, 93001, 93004, 93008, 93019]) {
    it(`says with ${errcode} that the robot is gone, without its key`, async (t) => {
      const errmsg = `invalid webhook url, key=${KEY}, hint: [1]`;
      const { robot } = await robotBench(t, [{ errcode, errmsg }]);
      await assert.rejects(robot.send("1"), failing("wecom.robot_gone"));
    });
  }

  it("refuses empty text and text of more than a minute's messages before any network", async (t) => {
    const { robot, seen } = await robotBench(t);
    await assert.rejects(robot.send(" \u200b\n"), failing("wecom.empty_text"));
    await assert.rejects(robot.send("x".repeat(15 * 4096)), failing("wecom.too_long"));
    assert.equal(seen.length, 0);
  });

  for (const bad of [
    "",
    "ftp://h/cgi-bin/webhook/send?key=k",
    "https://h/cgi-bin/webhook/send",
    `https://u:p@h/cgi-bin/webhook/send?key=${KEY}`,
    `https://h/other?key=${KEY}`,
    "https://h/cgi-bin/webhook/send?key=a b",
  ]) {
    it(`does not take "${bad.replace(KEY, "KEY")}" for the address of a robot`, async (t) => {
      const { http, clock, throttle } = await robotBench(t);
      assert.match(String(robotUrlFault(bad)), /webhook/);
      assert.throws(() => createRobot({ url: bad, http, clock, throttle }), failing("wecom.bad_config"));
    });
  }
});
