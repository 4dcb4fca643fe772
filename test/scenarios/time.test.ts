import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ask, cardsOf, logged, openCard, openWorld, type World } from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";

const ALWAYS = { from: "2020-01-01", to: "2099-01-01" };
const NEVER = { from: "2020-01-01", to: "2020-01-02" };

function window(match: object, at: object = ALWAYS): Record<string, object> {
  return { "windows/w.yaml": { id: "night", title: "发布", why: "每周发布", at: [at], match } };
}

/** Calls REST as the command line of the same machine does. */
async function api(world: World, path: string, init: RequestInit = {}): Promise<Response> {
  const token = readFileSync(join(world.home, "data", "local-token"), "utf8").trim();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return fetch(`${world.url()}/api/v1${path}`, { ...init, headers });
}

describe("what holds at its time", { concurrency: 3 }, () => {
  test("a maintenance window holds what fits, says which and until when, and lets the rest pass", async (t) => {
    const world = await openWorld(t, { files: { ...drillRule(), ...window({ subjects: ["h1"] }) } });
    await drill(world, "1");
    const line = await logged(world, { msg: "rule judged", reason: "in_window" });
    assert.match(String(line["message"]), /window night until 2099-01-01T00:00:00.000Z: 每周发布/);
    await drill(world, "2", { detail: { host: "h2" }, incident: "b" });
    await openCard(world, "演练");
    assert.equal(cardsOf(world, "zhangsan", "演练").length, 1);
  });

  test("a rule that is not at work holds what would fire", async (t) => {
    const world = await openWorld(t, { files: drillRule({ schedule: { only: [NEVER] } }) });
    await drill(world, "1");
    await logged(world, { msg: "rule judged", reason: "off_schedule" });
    world.write(
      "rules/drill.yaml",
      drillRule({ schedule: { only: [NEVER, ALWAYS] } })["rules/drill.yaml"] ?? {},
    );
    await logged(world, { msg: "files in force", by: "files" });
    await drill(world, "2", { incident: "b" });
    await openCard(world, "演练");
  });

  test("a mute from chat holds, is listed with who and why, survives a restart, and is lifted", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    assert.match(await ask(world, "zhangsan", "静默 subject=h1 2h"), /^要写原因/);
    assert.match(
      await ask(world, "zhangsan", "静默 subject=h1 2h 今晚 迁移"),
      /已静默：\S+ subject=h1.*张三：今晚 迁移/,
    );
    await drill(world, "1");
    const line = await logged(world, { msg: "rule judged", reason: "muted" });
    assert.match(String(line["message"]), /^m_\w+ by user:zhangsan until .*: 今晚 迁移$/);
    await world.stop();
    await world.start();
    const listed = await ask(world, "zhangsan", "静默");
    const id = /\n(\S+) subject=h1/.exec(listed)?.[1] ?? assert.fail(listed);
    assert.match(await ask(world, "zhangsan", `取消静默 ${id}`), /已取消静默/);
    assert.match(await ask(world, "zhangsan", "静默"), /目前没有静默/);
    await drill(world, "2", { incident: "b" });
    await openCard(world, "演练");
  });

  test("a mute ends by itself", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    await ask(world, "zhangsan", "mute subject=h1 30m moving");
    world.jump(31 * 60_000);
    await drill(world, "1");
    await openCard(world, "演练");
  });

  test("who has no right on mutes is told so, in chat", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    assert.match(await ask(world, "zhaoliu", "静默 subject=h1 2h 原因"), /mutes\.write/);
    await drill(world, "1");
    await openCard(world, "演练");
  });

  test("over REST a mute is ordered, refused with its fault, listed and lifted, and the audit knows", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    const bad = await api(world, "/mutes", {
      method: "POST",
      body: '{"match":{"host":"x"},"for":"2h","why":"x"}',
    });
    assert.equal(bad.status, 422);
    assert.equal(((await bad.json()) as { error: { code: string } }).error.code, "unknown_field");
    const order = { match: { rule: "drill", "label.env": "prod" }, for: "1h", why: "演习" };
    const made = await api(world, "/mutes", { method: "POST", body: JSON.stringify(order) });
    assert.equal(made.status, 201);
    const { id } = (await made.json()) as { id: string };
    const { mutes } = (await (await api(world, "/mutes")).json()) as {
      mutes: { id: string; for: string; by: string }[];
    };
    assert.deepEqual(
      mutes.map(({ id: name, for: what, by }) => [name, what, by]),
      [[id, "rule=drill label.env=prod", "local"]],
    );
    assert.equal((await api(world, `/mutes/${id}`, { method: "DELETE" })).status, 204);
    assert.equal((await api(world, `/mutes/${id}`, { method: "DELETE" })).status, 404);
    const deeds = await world.stored((store) => store.audit.read(0, 100));
    assert.deepEqual(
      deeds.map(({ what }) => what).filter((what) => what.startsWith("mute.")),
      ["mute.order", "mute.lift"],
    );
  });
});
