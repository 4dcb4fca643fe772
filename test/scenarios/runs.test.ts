import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  ask,
  click,
  logged,
  message,
  messagesOf,
  openCard,
  openWorld,
  runsOf,
  textOfCard,
} from "../support/world.ts";
import { lookingPolicy } from "./drill.ts";
import { talk } from "./talk.ts";

const RUNS = {
  runs: [
    {
      id: "look",
      title: "查看",
      actions: ["disk.show"],
      business: "shop",
      targets: ["{{ params.host }}"],
      approval: { policy: "looking" },
    },
    {
      id: "disk",
      title: "清理",
      actions: ["disk.*"],
      business: "shop",
      targets: ["{{ params.host }}"],
      approval: { from: { tag: "sre-oncall" } },
    },
  ],
};
const ROLES = {
  roles: [
    { name: "dev", of: { users: ["zhangsan"] }, rights: ["tasks.run"], on: { businesses: ["shop"] } },
    { name: "sre", of: { users: ["zhaoliu"] }, rights: ["tasks.read", "events.read", "rules.read"] },
  ],
};
const FILES = { ...lookingPolicy(["disk.show"]), "runs.yaml": RUNS, "roles.yaml": ROLES };
const HOST = "vm-shop-db-03";

describe("a run by hand", { concurrency: 2 }, () => {
  test("under a policy starts at once, by its name or by an alias, and who asked hears the result", async (t) => {
    const world = await openWorld(t, { files: FILES });
    await talk(
      world,
      `zhangsan: 运行
       whale: 您可以手工执行 … 查看：disk.show … show disk of
       zhangsan: help run
       whale: 运行 … 您可以手工执行
       zhangsan: run disk.show
       whale: host … 运行 disk.show host=… … 必填
       zhangsan: run shwo disk of ${HOST}
       whale: 没有这样的命令 … run show disk of
       zhangsan: run core.noop
       whale: core.noop 不能手工执行 … runs.yaml
       zhangsan: run disk.show host="{{ st2kv.system.x }}"
       whale: StackStorm 会把它当模板执行
       zhangsan: RUN Show Disk Of ${HOST}
       whale: 查看 … 按策略直接执行`,
    );
    await message(world, "zhangsan", "手工", "查看", "成功");
    assert.equal(runsOf(world, "disk.show").length, 1);
    const id = String((await logged(world, { msg: "task moved", reason: "execution_ended" }))["taskId"]);
    const told = await ask(world, "zhaoliu", `why ${id.slice(2, 12)}`);
    assert.match(told, new RegExp(`任务 ${id.slice(2, 8)}.*成功.*hz-core`, "s"));
  });

  test("that comes too often is told to wait, in the words of chat", async (t) => {
    const world = await openWorld(t, { files: FILES, env: { WHALE_RUNS_PER_MINUTE: "1" } });
    await talk(
      world,
      `zhangsan: run core.noop
       whale: core.noop 不能手工执行
       zhangsan: run show disk of ${HOST}
       whale: 手工执行太频繁，请 … 秒后再试`,
    );
    assert.equal(runsOf(world, "disk.show").length, 0);
  });

  test("that must be approved asks others, never who asked, and who asked hears the result", async (t) => {
    const world = await openWorld(t, { files: FILES });
    await talk(
      world,
      `lisi: run disk.cleanup host=${HOST} paths=/var/log
       whale: tasks.run 权限 … dev
       zhangsan: run 清理磁盘 ${HOST} dry_run=true
       whale: 清理 … 等待授权`,
    );
    const own = await openCard(world, "清理");
    assert.match(textOfCard(world, own), /disk\.cleanup/);
    await click(world, own, "approve");
    await message(world, "zhangsan", "清理", "自己");
    assert.equal(runsOf(world, "disk.cleanup").length, 0);
    await click(world, await openCard(world, "清理", "lisi"), "approve");
    await message(world, "zhangsan", "清理", "成功");
    const [row] = runsOf(world, "disk.cleanup");
    assert.deepEqual(row?.parameters["paths"], ["/var/log"]);
    assert.equal(row?.parameters["dry_run"], true);
  });

  test("that is rejected is told to who asked, and to nobody else", async (t) => {
    const world = await openWorld(t, { files: FILES });
    await talk(
      world,
      `zhangsan: run disk.cleanup host=${HOST} paths=/var/log
       whale: 清理 … 等待授权`,
    );
    await click(world, await openCard(world, "清理", "lisi"), "reject");
    await message(world, "zhangsan", "手工", "清理", "已拒绝", "李四");
    assert.deepEqual(messagesOf(world, "lisi"), []);
    assert.equal(runsOf(world, "disk.cleanup").length, 0);
  });
});
