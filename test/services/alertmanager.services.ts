import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { cardsOf, logged, openCard, until } from "../support/world.ts";
import {
  ALERTMANAGER,
  alert,
  archivedEvents,
  diskAlert,
  ended,
  monitored,
  taken,
  takes,
  taskCount,
} from "./alertmanager.ts";
import { counterOf } from "./program.ts";

const MINUTE_MS = 60_000;

describe("a real Alertmanager", { skip: !existsSync(ALERTMANAGER) && "Alertmanager is missing" }, () => {
  test("fires, sends again, repeats, resolves and fires anew: one task for each time it was opened", async (t) => {
    const around = await monitored(t);
    const { world } = around;
    const disk = diskAlert("vm-shop-db-03");
    await alert(around, disk);
    await takes(around, "new", 1);
    await openCard(world, "磁盘清理");
    await takes(around, "duplicate", 2);
    // Later than deliveries are remembered, the same alert tells that it still lasts.
    world.jump(6 * MINUTE_MS);
    await takes(around, "repeat", 1);
    await alert(around, ended(disk));
    await takes(around, "recovery", 1);
    // Longer than the rule's throttle, so that nothing but a closed incident decides.
    world.jump(6 * MINUTE_MS);
    await alert(around, diskAlert("vm-shop-db-03"));
    await takes(around, "new", 2);
    await until(world, "a second card", () => cardsOf(world, "zhangsan", "磁盘清理").length === 2);

    assert.equal(await taken(around, "recovery"), 1);
    const events = await archivedEvents(around);
    const [first, ...later] = events;
    assert.ok(first);
    assert.equal(first.repeatOf, undefined);
    assert.equal(first.time, disk.startsAt);
    assert.equal(first.title, "磁盘将满：vm-shop-db-03");
    for (const event of events) {
      const { type, subject, severity, incident, labels } = event;
      assert.deepEqual([type, subject, severity], ["vm.disk.usage", "vm-shop-db-03", "critical"]);
      assert.deepEqual([incident, labels], [first.incident, disk.labels]);
    }
    const opened = later.findIndex((event) => event.status === "firing" && event.repeatOf === undefined);
    const second = later[opened];
    assert.equal(later[opened - 1]?.status, "resolved");
    assert.notEqual(second?.id, first.id);
    for (const event of later.slice(0, opened - 1)) assert.equal(event.repeatOf, first.id);
    for (const event of later.slice(opened + 1)) assert.equal(event.repeatOf, second?.id);
    assert.equal(new Set(events.map((event) => event.id)).size, events.length);
    assert.equal(await taskCount(around), 2);
  });

  test("sends a group as one body: each alert is its own event, and recovers by itself", async (t) => {
    const around = await monitored(t);
    const { world } = around;
    const disks = ["vm-a", "vm-b", "vm-c"].map(diskAlert);
    await alert(around, ...disks);
    await takes(around, "new", 3);
    await logged(world, { msg: "delivered again", events: 3 });
    await until(world, "a card for each", () => cardsOf(world, "zhangsan", "磁盘清理").length === 3);
    const [first, ...others] = disks;
    assert.ok(first);
    await alert(around, ended(first));
    await takes(around, "recovery", 1);
    await alert(around, ...others.map(ended));
    await takes(around, "recovery", 3);

    const events = await archivedEvents(around);
    const told = events.map(({ subject, status }) => `${subject} ${status}`).sort();
    const expected = ["vm-a", "vm-b", "vm-c"].flatMap((host) => [`${host} firing`, `${host} resolved`]);
    assert.deepEqual(told, expected);
    assert.equal(new Set(events.map((event) => event.incident)).size, 3);
    assert.equal(new Set(events.map((event) => event.detail["groupKey"])).size, 1);
    assert.equal(await taskCount(around), 3);
  });

  test("is answered with 503 while the store takes nothing, and delivers the alert later, once", async (t) => {
    const around = await monitored(t);
    const { world, alertmanager } = around;
    const held = new DatabaseSync(join(world.home, "data", "whale.db"));
    t.after(() => held.close());
    held.exec("BEGIN IMMEDIATE");
    await alert(around, diskAlert("vm-shop-db-03"));
    await logged(world, { msg: "intake failed", source: "prometheus" });
    assert.equal(await taken(around, "new"), 0);
    held.exec("ROLLBACK");
    await takes(around, "new", 1);
    await openCard(world, "磁盘清理");
    // Twice: a round after the one that was taken has come too.
    await takes(around, "duplicate", 2);
    assert.ok((await counterOf(alertmanager, "alertmanager_notification_requests_failed_total")) >= 1);
    const events = await archivedEvents(around);
    assert.deepEqual(
      events.map(({ subject, status }) => [subject, status]),
      [["vm-shop-db-03", "firing"]],
    );
    assert.equal(await taskCount(around), 1);
  });

  test("finds nobody while Whale is down, and delivers the alert to the next process, once", async (t) => {
    const around = await monitored(t);
    const { world, alertmanager } = around;
    await world.stop();
    await alert(around, diskAlert("vm-shop-db-03"));
    const failed = () =>
      counterOf(alertmanager, "alertmanager_notification_requests_failed_total", '"webhook"');
    await until(world, "a failed delivery", async () => (await failed()) >= 1);
    await world.start();
    await takes(around, "new", 1);
    await takes(around, "duplicate", 2);
    assert.equal((await archivedEvents(around)).length, 1);
    assert.equal(await taskCount(around), 1);
  });

  test("with a wrong token it is turned away, told of, and nothing is kept", async (t) => {
    const around = await monitored(t);
    const { world } = around;
    await world.stop();
    world.env["PROMETHEUS_HOOK_TOKEN"] = "another-token-of-the-source-0001";
    await world.start();
    await alert(around, diskAlert("vm-shop-db-03"));
    await logged(world, { msg: "hook refused", code: "bad_credentials" });
    assert.equal((await archivedEvents(around)).length, 0);
    assert.deepEqual(await world.stored((store) => store.journal.refusals(10)), []);
  });
});
