import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  ask,
  cardClosed,
  click,
  FIXTURES,
  HOOK_TOKEN,
  message,
  openCard,
  openWorld,
  post,
  runsOf,
  textOfCard,
  viewOf,
} from "../support/world.ts";

function sample(file: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(FIXTURES, "events", "alertmanager", file)));
}

function filesBelow(folder: string): number {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).length;
}

describe("the samples", { concurrency: 3 }, () => {
  test("a full disk is cleaned after one approval, and the chat hears by how much", async (t) => {
    const world = await openWorld(t);
    const logs = join(world.vms, "vm-shop-db-03", "var", "log");
    const before = filesBelow(logs);
    const headers = { "content-type": "application/json", authorization: `Bearer ${HOOK_TOKEN}` };

    const posted = await post(world, "prometheus", sample("firing-vm-disk-full.json"), headers);
    assert.equal(posted.status, 202);

    const card = await openCard(world, "磁盘清理");
    const asking = textOfCard(world, card);
    for (const shown of ["vm-shop-db-03", "97.13%", "/var/log", "disk.cleanup"])
      assert.ok(asking.includes(shown));
    assert.deepEqual(
      viewOf(world, card).buttons.map((button) => button.key),
      ["approve", "reject", "offer:view"],
    );
    assert.equal(filesBelow(logs), before);
    assert.equal(runsOf(world, "disk.cleanup").length, 0);

    await click(world, card, "approve");
    assert.equal(await cardClosed(world, card), "成功");
    const closed = textOfCard(world, card);
    for (const shown of ["张三 已批准", "清理前", "清理后", "已删除"])
      assert.ok(closed.includes(shown), closed);
    const report = await message(world, "lisi", "磁盘清理", "成功");
    assert.match(report, /已删除：\d+ 个文件/);
    assert.ok(filesBelow(logs) < before);
    const [run, ...others] = runsOf(world, "disk.cleanup");
    assert.equal(others.length, 0);
    assert.deepEqual(run?.parameters["paths"], ["/var/log"]);
  });

  test("a kernel alert is viewed under the policy, then cleared after an approval", async (t) => {
    const world = await openWorld(t);
    const ring = join(world.vms, "vm-pay-app-07", "var", "run", "kmsg");

    assert.equal((await post(world, "alertmanager", sample("firing-dmesg-oom.json"))).status, 202);
    const card = await openCard(world, "内核日志");

    await click(world, card, "offer:view");
    await message(world, "zhangsan", "查看日志", "Out of memory");
    assert.notEqual(readFileSync(ring, "utf8").trim(), "");
    assert.equal(runsOf(world, "dmesg.clear").length, 0);

    await click(world, card, "approve");
    assert.equal(await cardClosed(world, card), "成功");
    assert.equal(readFileSync(ring, "utf8").trim(), "");
    assert.deepEqual(
      world.stackstorm.rows().map((row) => row.action),
      ["dmesg.show", "dmesg.clear"],
    );
    assert.match(await ask(world, "zhangsan", "任务"), /内核日志.*成功/);
  });

  test("a body of the generic source gives exactly the parameters of its rule's template", async (t) => {
    const world = await openWorld(t);
    const detail = JSON.stringify({ msg: ["test1", "test2", "test3"], code: "1" });

    const posted = await post(world, "generic", JSON.stringify({ event_type: "opsst2_stone", detail }));
    assert.equal(posted.status, 202);
    const card = await openCard(world, "通用事件示例");
    const wanted = { messages: ["test1", "test2", "test3"], default1: "ok", default2: [1, 2, 3] };
    for (const line of [
      'messages: [\\"test1\\",\\"test2\\",\\"test3\\"]',
      "default1: ok",
      "default2: [1,2,3]",
    ])
      assert.ok(textOfCard(world, card).includes(line));

    await click(world, card, "reject");
    assert.equal(await cardClosed(world, card), "已拒绝");
    const [task] = await world.stored((store) => store.tasks.list({ limit: 10 }));
    assert.deepEqual(task?.params, wanted);
    assert.equal(world.stackstorm.rows().length, 0);
  });
});
