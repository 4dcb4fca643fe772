import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import type { BackTestLook } from "../../../bot/cli/backtest-words.ts";
import { backTestLines } from "../../../bot/cli/backtest-words.ts";
import { tempFolder } from "../../support/sqlite.ts";
import { openWorld, post, until, type World } from "../../support/world.ts";

const WHALE = join(import.meta.dirname, "..", "..", "..", "bot/cli/whale.ts");
const RULE = "rules/vm-disk-cleanup.yaml";
const run = promisify(execFile);

function backtest(world: Pick<World, "home" | "env">, ...given: string[]) {
  const env = { ...process.env, ...world.env, WHALE_HOME: world.home };
  const all = [WHALE, "rules", "backtest", "--until", "2100-01-01", ...given];
  return run(process.execPath, all, { cwd: world.home, env });
}

async function looked(world: Pick<World, "home" | "env">, ...given: string[]): Promise<BackTestLook> {
  return JSON.parse((await backtest(world, "--json", ...given)).stdout) as BackTestLook;
}

function disk(host: string, usage: number) {
  return {
    ...{ event_type: "vm.disk.usage", title: "磁盘满了", subject: host, severity: "critical" },
    ...{ incident: `${host}/data`, labels: { env: "prod" } },
    detail: { host, app: "shop", usage, mount: "/data", paths: ["/var/log"] },
  };
}

/** A running Whale with three disk alerts in its archive, of 80, 86 and 96 percent. */
async function runningWorld(t: TestContext): Promise<World> {
  const world = await openWorld(t);
  const alerts = [disk("vm-1", 80), disk("vm-2", 86), disk("vm-3", 96)];
  assert.equal((await post(world, "generic", JSON.stringify(alerts))).status, 202);
  await until(world, "the archive to have all three", async () => {
    const look = await looked(world);
    return look.events === 3 && world;
  });
  return world;
}

/** The rule of the home with another bound, in a file beside the home. */
function changed(world: World, bound: string, name = "changed.yaml"): string {
  const file = join(world.env["WHALE_DATA"] ?? world.home, name);
  const text = readFileSync(join(world.home, RULE), "utf8");
  writeFileSync(file, text.replace("value: 85", `value: ${bound}`));
  return file;
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

test("whale rules backtest, beside one running process", async (t) => {
  const world = await runningWorld(t);

  await t.test("counts beside the running process what each rule fires, holds and asks", async () => {
    const { rules } = await looked(world, "--rule", "vm-disk-cleanup");
    assert.equal(rules.length, 1);
    const { fired, held, asks, tasks } = rules[0] ?? assert.fail();
    assert.deepEqual({ fired, held, tasks }, { fired: 2, held: { feature_failed: 1 }, tasks: 2 });
    assert.deepEqual(asks, { tag: "sre-oncall" });
    const { stdout } = await backtest(world);
    assert.match(stdout, /vm-disk-cleanup .* 2 {2}fired/);
    assert.match(stdout, /2 {2}#sre-oncall/);
    assert.match(stdout, /host\.dmesg|dmesg/);
  });

  await t.test("tells with a changed file which events differ, and leaves the home as it is", async () => {
    const before = readFileSync(join(world.home, RULE), "utf8");
    const file = changed(world, "90");
    const look = await looked(world, "--change", file);
    const { differences, events } = look.changed ?? assert.fail();
    assert.deepEqual(differences, [{ ruleId: "vm-disk-cleanup", gained: 0, lost: 1, otherwise: 0 }]);
    assert.deepEqual(
      events.map(({ subject, after }) => [subject, after?.reason, after?.feature?.actual]),
      [["vm-2", "feature_failed", 86]],
    );
    const { stdout } = await backtest(world, "--change", file);
    assert.match(stdout, /vm-disk-cleanup +\+0 -1/);
    assert.match(stdout, /vm-2 .*fired → feature_failed \(detail\.usage greaterthan 90, was 86\)/);
    assert.equal(readFileSync(join(world.home, RULE), "utf8"), before);
  });

  await t.test("takes a file of another id as one rule more", async () => {
    const file = changed(world, "10");
    writeFileSync(file, readFileSync(file, "utf8").replace("id: vm-disk-cleanup", "id: fresh"));
    const { changed: found } = await looked(world, "--change", file, "--rule", "fresh");
    assert.deepEqual(found?.rules[0]?.fired, 3);
    assert.deepEqual(found?.differences[0]?.gained, 3);
    assert.equal(found?.events[0]?.before, null);
  });

  await t.test("connects to nothing, so that keys of clusters and sources may be absent", async () => {
    const look = await looked({ home: world.home, env: {} }, "--change", changed(world, "90"));
    assert.equal(look.changed?.differences[0]?.lost, 1);
  });

  await t.test(
    "refuses a changed rule that breaks, by the file that was given, its line and field",
    async () => {
      const file = changed(world, "[");
      const said = await failure(backtest(world, "--change", file));
      assert.match(said, new RegExp(`${file}:\\d+:\\d+`));
      const text = readFileSync(join(world.home, RULE), "utf8");
      writeFileSync(file, text.replace("greaterthan", "greterthan"));
      const line = text.slice(0, text.indexOf("greaterthan")).split("\n").length;
      const told = await failure(backtest(world, "--change", file));
      assert.match(told, new RegExp(`${file}:${line}:\\d+ features`));
    },
  );

  await t.test(
    "refuses where there is no archive, a time that is none, and a rule that nobody wrote",
    async (sub) => {
      const { path, remove } = tempFolder();
      sub.after(remove);
      mkdirSync(join(path, "data"));
      const elsewhere = { home: world.home, env: { ...world.env, WHALE_DATA: join(path, "data") } };
      assert.match(await failure(backtest(elsewhere)), /archive\.db.*there is no archive/);
      assert.match(await failure(backtest(world, "--since", "yesterday")), /--since "yesterday"/);
      assert.match(await failure(backtest(world, "--rule", "nobody")), /no rule nobody/);
      assert.match(await failure(backtest(world, "--change", "gone.yaml")), /gone\.yaml/);
    },
  );

  await t.test("leaves the running process to its work", async () => {
    assert.equal((await post(world, "generic", JSON.stringify(disk("vm-4", 70)))).status, 202);
  });
});

test("text of events cannot steer the terminal of who reads a back-test", () => {
  const event = { eventId: "e_1", receivedAt: "2026-11-01T00:00:00Z", subject: "vm\u001b[31m", title: "t" };
  const said = { before: null, after: { reason: "fired" as const, tasks: 3 } };
  const lines = backTestLines(
    {
      ...{ from: event.receivedAt, to: event.receivedAt, events: 1, chained: 2, rules: [] },
      changed: {
        rules: [],
        differences: [{ ruleId: "r", gained: 1, lost: 0, otherwise: 2 }],
        events: [{ ...event, ruleId: "r", ...said }],
      },
    },
    "UTC",
  );
  assert.ok(!lines.join("\n").includes("\u001b"));
  assert.match(lines.join("\n"), /fired ×3/);
  assert.match(lines.join("\n"), /2 个任务结束事件不算/);
});
