import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { replayOrder } from "../../../bot/cli/replay.ts";
import { drill, drillRule } from "../../scenarios/drill.ts";
import { cardsOf, openWorld, until } from "../../support/world.ts";

const WHALE = join(import.meta.dirname, "..", "..", "..", "bot/cli/whale.ts");

function replay(home: string, ...given: string[]) {
  const env = { ...process.env, WHALE_HOME: home };
  return promisify(execFile)(process.execPath, [WHALE, "events", "replay", ...given], { cwd: home, env });
}

describe("whale events replay", () => {
  test("rehearses unless it is told otherwise, and prints what each rule said", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    await drill(world, "1", { incident: "a" });
    await drill(world, "2", { incident: "b", status: "resolved" });
    const rehearse = () => replay(world.home, "--type", "drill", "--from", "1h");
    const { stdout } = await until(world, "both events in the archive", async () => {
      const done = await rehearse();
      return done.stdout.includes("2 个事件") && done;
    });
    assert.match(stdout, /演练，什么也没有做 · a rehearsal: nothing was done；全部判定完/);
    assert.match(stdout, /\ndrill +[0-9a-f]{16} +1 {2}fired: /);
    assert.match(stdout, /\ndrill +[0-9a-f]{16} +1 {2}not_firing: /);
    assert.match(stdout, /core\.noop \{\} +问 · asks \{"tag":"sre-oncall"\}/);
    await until(world, "the live card", () => cardsOf(world, "zhangsan", "演练").length === 1);

    const real = await replay(world.home, "--type", "drill", "--real", "--ignore-throttle");
    assert.match(real.stdout, /真实重放 · for real/);
    assert.match(real.stdout, /\n {2}e_\w+ {2}drill {2}t_\w{52} /);
    await until(world, "a marked card", () => cardsOf(world, "zhangsan", "重放 · 演练").length === 1);
    await assert.rejects(replay(world.home, "--rule", "none"), {
      code: 1,
      stderr: /没有这条规则 \(no such rule\): none/,
    });
    await assert.rejects(replay(world.home, "--from", "soon"), { code: 1, stderr: /filter\.from/ });
  });

  test("says what to do when no process runs", async (t) => {
    const world = await openWorld(t);
    await world.stop();
    await assert.rejects(replay(world.home), { code: 1, stderr: /npm start/ });
  });

  test("orders what its options say", () => {
    const order = replayOrder("磁盘", {
      ...{
        type: ["a", "b"],
        label: ["env=prod", "k=a=b"],
        number: ["usage=85.."],
        judgedBy: "old",
        from: "2h",
        real: true,
      },
      ...{ rule: ["r1"], perSecond: "20", maxTasks: "5", all: true, ignoreThrottle: true },
    });
    assert.deepEqual(JSON.parse(JSON.stringify(order)), {
      filter: {
        text: "磁盘",
        type: ["a", "b"],
        labels: { env: "prod", k: "a=b" },
        numbers: { usage: { min: 85 } },
        ruleId: "old",
        from: "2h",
      },
      ...{ mode: "real", rules: ["r1"], perSecond: 20, maxTasks: 5, all: true, ignoreThrottle: true },
    });
  });

  test("refuses what it cannot read, naming the option", () => {
    for (const [asked, option] of [
      [{ label: ["x"] }, /--label "x"/],
      [{ number: ["usage=high"] }, /--number "usage=high"/],
      [{ perSecond: "fast" }, /--per-second "fast"/],
      [{ maxTasks: "-1" }, /--max-tasks "-1"/],
    ] as const) {
      assert.throws(() => replayOrder(undefined, asked as object), {
        code: "cli.bad_option",
        message: option,
      });
    }
  });
});
