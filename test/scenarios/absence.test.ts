import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { clickXml, sendCallback } from "../bot/http/callbacks.ts";
import { httpServer } from "../support/http-server.ts";
import {
  ask,
  askSurely,
  cardClosed,
  cardsOf,
  click,
  logged,
  message,
  openCard,
  openWorld,
  runsOf,
  type SeenCard,
  textOfCard,
  type World,
} from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";

const HOUR_MS = 3_600_000;

/** A time by the wall of UTC, so many hours from now. */
function inHours(hours: number): string {
  return new Date(Date.now() + hours * HOUR_MS).toISOString().slice(0, 16);
}

function rosterFile(overrides: object): Record<string, object> {
  return { "rosters/sre.yaml": { name: "sre", title: "SRE 值班", ...overrides } };
}

const HANDS_OVER = rosterFile({
  timezone: "UTC",
  shifts: [
    { from: inHours(-2), to: inHours(2), people: ["zhangsan"] },
    { from: inHours(2), to: inHours(4), people: ["lisi"] },
  ],
});
const BY_DUTY = { approval: { from: { duty: "sre" }, timeout: "4h" } };

/** Calls REST as the command line of the same machine does. */
async function api(world: World, path: string, init: RequestInit = {}): Promise<Response> {
  const token = readFileSync(join(world.home, "data", "local-token"), "utf8").trim();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return fetch(`${world.url()}/api/v1${path}`, { ...init, headers });
}

/** Presses a card as somebody whom it may not have gone to, as a forwarded one can be. */
async function press(
  world: World,
  { cardId }: SeenCard,
  { userId, laterMs }: { userId: string; laterMs: number },
): Promise<void> {
  const timestampSeconds = Math.floor((Date.now() + laterMs) / 1_000);
  const xml = clickXml({ userId, taskId: cardId, key: "approve" }, timestampSeconds);
  const answer = await sendCallback(world.url(), xml, { timestampSeconds });
  assert.equal(answer.status, 200);
}

describe("duty rosters", { concurrency: 3 }, () => {
  test("the card goes to who is on duty; after the hand-over the next decides and the one before may not", async (t) => {
    const world = await openWorld(t, { files: { ...drillRule(BY_DUTY), ...HANDS_OVER } });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    assert.equal(cardsOf(world, "lisi", "演练").length, 0);
    assert.match(await ask(world, "zhaoliu", "值班"), /SRE 值班.*\(sre\) · 张三 · 到 .* · 下一班 李四/);

    world.jump(3 * HOUR_MS);
    await press(world, card, { userId: "zhangsan", laterMs: 3 * HOUR_MS });
    await message(world, "zhangsan", "您不在授权人名单中");
    assert.equal(runsOf(world, "core.noop").length, 0);
    await press(world, card, { userId: "lisi", laterMs: 3 * HOUR_MS });
    assert.equal(await cardClosed(world, card), "成功");
    assert.match(textOfCard(world, card), /李四 已批准/);
  });

  test("while nobody is on duty the asking is tried again and said, and goes out once somebody is", async (t) => {
    const later = rosterFile({
      timezone: "UTC",
      shifts: [{ from: inHours(1), to: inHours(4), people: ["lisi"] }],
    });
    const world = await openWorld(t, { files: { ...drillRule(BY_DUTY), ...later } });
    await drill(world, "1");
    const line = await logged(world, { msg: "message not sent", code: "card.nobody" });
    assert.match(String(line["reason"]), /nobody to send to: duty:sre/);
    const ready = await (await fetch(`${world.url()}/readyz`)).text();
    assert.match(ready, /roster sre.*nobody is on duty now until/);
    assert.match(await ask(world, "zhaoliu", "duty sre"), /没有人值班 · 到 .* · 下一班 李四/);

    world.jump(2 * HOUR_MS);
    // A message wakes the worker that waits.
    await ask(world, "zhaoliu", "duty");
    await openCard(world, "演练", "lisi");
  });

  test("a roster that is looked up counts while it answers, then for an hour, then for nobody", async (t) => {
    const state = { answers: true };
    const { origin } = await httpServer(t, (_, response) => {
      if (state.answers) response.setHeader("content-type", "application/json").end('{"users":["lisi"]}');
      else response.writeHead(500).end();
    });
    const lookup = { http: { url: `${origin}/now`, users: "{{ data.users }}" }, cache: "1s" };
    const world = await openWorld(t, {
      files: {
        ...drillRule({ approval: { from: { duty: "sre" }, timeout: "8h" } }),
        ...rosterFile({ lookup }),
      },
    });
    await drill(world, "1");
    const card = await openCard(world, "演练", "lisi");
    state.answers = false;
    world.jump(2 * HOUR_MS);
    await press(world, card, { userId: "lisi", laterMs: 2 * HOUR_MS });
    await message(world, "lisi", "现在查不到谁在值班");
    await logged(world, { msg: "who is on duty could not be looked up", roster: "sre" });
    assert.match(await ask(world, "zhaoliu", "值班"), /查不到谁在值班：.*answered 500/);
    assert.equal(runsOf(world, "core.noop").length, 0);

    const { rosters } = (await (await api(world, "/duty?name=sre")).json()) as {
      rosters: { known: boolean }[];
    };
    assert.deepEqual(
      rosters.map(({ known }) => known),
      [false],
    );
    assert.equal((await api(world, "/duty?name=none")).status, 404);

    state.answers = true;
    world.jump(10_000);
    await press(world, card, { userId: "lisi", laterMs: 2 * HOUR_MS + 10_000 });
    assert.equal(await cardClosed(world, card), "成功");
  });
});

describe("delegation during absence", { concurrency: 3 }, () => {
  const NAMED = { approval: { from: { users: ["zhangsan"] } } };

  test("who stands in is told, gets the card too, decides, and the card says in whose place", async (t) => {
    const world = await openWorld(t, { files: drillRule(NAMED) });
    assert.match(await ask(world, "zhangsan", "委托 lisi 2d 出差"), /已委托：\S+ 李四 代 张三，到 .*：出差/);
    await message(world, "lisi", "您代 张三 授权（出差）");
    await drill(world, "1");
    const card = await openCard(world, "演练", "lisi");
    await openCard(world, "演练", "zhangsan");
    await click(world, card, "approve");
    assert.equal(await cardClosed(world, card), "成功");
    assert.match(textOfCard(world, card), /李四（代 张三） 已批准/);
  });

  test("who stands in may take the task back by a message too, and a stranger may not", async (t) => {
    const world = await openWorld(t, { files: drillRule(NAMED) });
    await ask(world, "zhangsan", "委托 lisi 2d 出差");
    await drill(world, "1");
    const card = await openCard(world, "演练", "lisi");
    const id = card.cardId.slice(2, 8);
    assert.doesNotMatch(await ask(world, "zhaoliu", `取消 ${id}`), /已取消/);
    assert.match(await askSurely(world, "lisi", `取消 ${id}`), /已取消/);
    assert.equal(await cardClosed(world, card), "已取消");
  });

  test("ended, it does not count at the next click; nor does it ever for oneself or a stranger", async (t) => {
    const world = await openWorld(t, { files: drillRule(NAMED) });
    assert.match(await ask(world, "zhangsan", "委托 zhangsan 2d"), /不能委托给自己/);
    assert.match(await ask(world, "zhangsan", "delegate sunqi 2d"), /账号未启用/);
    assert.match(await ask(world, "zhangsan", "委托 lisi"), /要写多久[\s\S]*写法：委托/);
    await ask(world, "zhangsan", "委托 lisi 2d");
    await drill(world, "1");
    const card = await openCard(world, "演练", "lisi");
    const listed = await ask(world, "lisi", "委托");
    const id = /\n(\S+) 李四 代 张三/.exec(listed)?.[1] ?? assert.fail(listed);
    assert.match(await ask(world, "zhaoliu", `取消委托 ${id}`), /找不到/);
    assert.match(await ask(world, "zhangsan", `取消委托 ${id}`), /已取消委托/);
    await click(world, card, "approve");
    await message(world, "lisi", "您不在授权人名单中");
    assert.equal(runsOf(world, "core.noop").length, 0);
  });

  test("over REST it is given, refused with its fault, listed and ended, and the audit knows", async (t) => {
    const world = await openWorld(t, { files: drillRule(NAMED) });
    const order = (body: object) =>
      api(world, "/delegations", { method: "POST", body: JSON.stringify(body) });
    assert.equal((await order({ to: "lisi", until: "2d" })).status, 422);
    assert.equal((await order({ from: "zhangsan", to: "lisi", until: "40d" })).status, 422);
    const made = await order({ from: "zhangsan", to: "lisi", until: "2d", why: "出差" });
    assert.equal(made.status, 201);
    const { id } = (await made.json()) as { id: string };
    const { delegations } = (await (await api(world, "/delegations")).json()) as {
      delegations: { id: string; from: string; to: string; by: string }[];
    };
    assert.deepEqual(
      delegations.map((one) => [one.id, one.from, one.to, one.by]),
      [[id, "zhangsan", "lisi", "local"]],
    );
    assert.equal((await api(world, `/delegations/${id}`, { method: "DELETE" })).status, 204);
    assert.equal((await api(world, `/delegations/${id}`, { method: "DELETE" })).status, 404);
    await world.stored(async ({ audit }) => {
      const deeds = (await audit.read(0, 100)).map(({ what }) => what);
      const own = deeds.filter((what) => what.startsWith("delegation."));
      assert.deepEqual(own, ["delegation.give", "delegation.end"]);
    });
  });
});
