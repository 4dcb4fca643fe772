import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { readLocalToken } from "../../../adapters/local/index.ts";
import { tempFolder } from "../../support/sqlite.ts";
import { openWorld, post, until, type World } from "../../support/world.ts";

const WHALE = join(import.meta.dirname, "..", "..", "..", "bot/cli/whale.ts");
const run = promisify(execFile);

function whale(home: string, ...given: string[]) {
  const env = { ...process.env, WHALE_HOME: home, WHALE_TIME_ZONE: "Asia/Shanghai" };
  return run(process.execPath, [WHALE, ...given], { cwd: home, env });
}

const DISK = {
  ...{ event_type: "vm.disk.usage", title: "磁盘\u001b[31m满了", subject: "vm-1", severity: "critical" },
  ...{ incident: "vm-1/data", labels: { env: "test", zone: "hz" } },
  detail: { host: "vm-1", usage: 91 },
};

/** A world with two events in its archive. */
async function worldWithEvents(t: TestContext): Promise<World> {
  const world = await openWorld(t);
  const other = { event_type: "host.dmesg", title: "内核日志", detail: { host: "vm-2", lines: [] } };
  const posted = await post(world, "generic", JSON.stringify([DISK, other]));
  assert.equal(posted.status, 202, await posted.clone().text());
  await until(world, "the archive to have both events and the verdicts", async () => {
    const { stdout } = await whale(world.home, "events", "search", "--rule", "vm-disk-cleanup", "--json");
    return stdout.includes("vm.disk.usage") && world;
  });
  return world;
}

/** What a command that fails has said. */
async function failure(sent: Promise<unknown>): Promise<string> {
  const outcome = await sent.then(
    () => null,
    (error: { code: number; stderr: string }) => error,
  );
  assert.equal(outcome?.code, 1);
  return outcome.stderr;
}

describe("whale events", () => {
  test("search prints a table in the zone of the person, of what fits alone", async (t) => {
    const world = await worldWithEvents(t);
    const { stdout } = await whale(
      world.home,
      "events",
      "search",
      "磁盘",
      "--label",
      "zone=hz",
      "--from",
      "2h",
    );
    const [head = "", line = "", ...rest] = stdout.split("\n");
    assert.match(
      head,
      /^时间 time +级别 severity +状态 status +类型 type +对象 subject +标题 title +编号 id$/,
    );
    assert.match(
      line,
      /^\d{4}-\d{2}-\d{2}T[\d:]{8}\+08:00 {2}紧急 critical +触发 firing +vm\.disk\.usage +vm-1 /,
    );
    // What would colour the terminal is no more than text.
    assert.ok(line.includes("磁盘 [31m满了") && !stdout.includes("\u001b"));
    assert.match(line, / {2}e_[a-z2-7]{52}$/);
    assert.deepEqual(rest, [""]);
    const none = await whale(world.home, "events", "search", "不存在的词");
    assert.deepEqual([none.stdout, /没有这样的事件/.test(none.stderr)], ["", true]);
    const json = await whale(world.home, "events", "search", "--type", "host.dmesg", "--json");
    assert.equal(JSON.parse(json.stdout).events.length, 1);
    const one = await whale(world.home, "events", "search", "--limit", "1");
    assert.match(one.stdout, /还有更多/);

    const id = line.trim().split(" ").at(-1) ?? "";
    const shown = await whale(world.home, "events", "show", id.slice(0, 9));
    assert.match(shown.stdout, /标签 label +zone=hz/);
    assert.match(
      shown.stdout,
      /vm-disk-cleanup {2}feature_failed: 特征不符 .*features\[1\] labels\.env equals "prod"; 实际是 · was "test"/,
    );
    assert.match(shown.stdout, /故障 · incident vm-1\/data:/);
    const exported = await whale(world.home, "events", "export", "--source", "generic");
    const types = exported.stdout
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text).type);
    assert.deepEqual(types.toSorted(), ["host.dmesg", "vm.disk.usage"]);
  });

  test("a list of nothing leaves the output empty and says so beside it", async (t) => {
    const { home } = await openWorld(t);
    const lists = [["builds"], ["stops"], ["outbox"], ["actions", "--find", "no-such-thing"]];
    for (const list of lists) {
      const { stdout, stderr } = await whale(home, ...list);
      assert.equal(stdout, "", list.join(" "));
      assert.match(stderr, /没有/, list.join(" "));
    }
  });

  test("tell what is wrong with a question, and end with 1", async (t) => {
    const { home } = await openWorld(t);
    assert.match(await failure(whale(home, "events", "search", "--severity", "loud")), /severity：只能是/);
    assert.match(await failure(whale(home, "events", "show", "e_none")), /没有这个事件/);
    assert.match(await failure(whale(home, "events", "show", "../whoami")), /没有这个事件/);
    for (const nobody of [" ", "li si"])
      assert.match(await failure(whale(home, "outbox", "budget", nobody)), /userid/);
  });

  test("say that nothing runs and what to do, without, after and beside a process", async (t) => {
    const folder = tempFolder();
    t.after(folder.remove);
    const wanted = /没有 Whale 在运行.*\n.*npm start/;
    assert.match(await failure(whale(folder.path, "events", "search")), wanted);

    const world = await openWorld(t);
    const address = join(world.home, "data", "local-address");
    assert.equal(readFileSync(address, "utf8"), world.url());
    await world.stop();
    assert.equal(existsSync(address), false);
    assert.match(await failure(whale(world.home, "events", "search")), wanted);
  });

  test("never print the token", async (t) => {
    const { home } = await openWorld(t);
    const token = await readLocalToken(join(home, "data"));
    const said = await failure(whale(home, "events", "search", "--limit", "0"));
    assert.ok(!said.includes(token));
  });
});
