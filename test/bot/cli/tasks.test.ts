import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { openWorld, post, until } from "../../support/world.ts";

const WHALE = join(import.meta.dirname, "..", "..", "..", "bot/cli/whale.ts");

test("tasks are listed by what is asked for, and shown with what they run, who approves and their history", async (t) => {
  const world = await openWorld(t);
  const env = { ...process.env, WHALE_HOME: world.home, WHALE_TIME_ZONE: "Asia/Shanghai" };
  const whale = (...given: string[]) =>
    promisify(execFile)(process.execPath, [WHALE, ...given], { cwd: world.home, env });
  const detail = { host: "vm-1", app: "web", usage: 97, paths: ["/var/log"] };
  const disk = { event_type: "vm.disk.usage", title: "磁盘\u001b[31m满", labels: { env: "prod" }, detail };
  assert.equal((await post(world, "generic", JSON.stringify(disk))).status, 202);
  const line = await until(world, "the task to be listed", async () => {
    return (await whale("tasks", "list", "--state", "open", "--rule", "vm-disk-cleanup")).stdout;
  });
  assert.match(
    line,
    /^\S+\+08:00 · pending_approval .* · vm-disk-cleanup · shop · disk\.cleanup · t_[a-z2-7]{52}\n$/,
  );
  const none = await whale("tasks", "--state", "ended");
  assert.deepEqual([none.stdout, /没有这样的任务/.test(none.stderr)], ["", true]);

  const id = line.trim().split(" ").at(-1) ?? "";
  const { stdout } = await whale("tasks", "show", id.slice(0, 10));
  for (const part of [/参数 params: \{"host":"vm-1"/, /授权 approval: 需.*needs/, /- → pending_approval/]) {
    assert.match(stdout, part);
  }
  assert.ok(!stdout.includes("\u001b"));
  const json = JSON.parse((await whale("tasks", "show", id, "--json")).stdout);
  assert.match(json.task.created, /Z$/);
  await assert.rejects(whale("tasks", "show", "zzzz"), { code: 1, stderr: /没有这个任务/ });
  await assert.rejects(whale("tasks", "list", "--state", "asleep"), { code: 1, stderr: /state/ });
});
