import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { startStackStormSimulator } from "../../fixtures/simulators/stackstorm/index.ts";
import {
  API_KEY,
  cardClosed,
  cardsOf,
  click,
  FIXTURES,
  message,
  openWorld,
  type SeenCard,
  until,
  type World,
} from "../support/world.ts";
import { talk } from "./talk.ts";

const ROLES = {
  roles: [
    { name: "lead", of: { users: ["wangwu", "lisi"] }, rights: ["clusters.*"] },
    { name: "looker", of: { users: ["zhaoliu"] }, rights: ["clusters.read"] },
  ],
};

/** The card of an upgrade that somebody can still click, and that says this. */
function askedOf(world: World, user: string, text: string): Promise<SeenCard> {
  return until(world, `a card of an upgrade for ${user}: ${text}`, () => {
    const open = cardsOf(world, user, "集群升级").filter(({ greyed }) => greyed === null);
    const cardId = open.findLast(({ card }) => JSON.stringify(card).includes(text))?.taskId;
    return typeof cardId === "string" ? { user, cardId } : null;
  });
}

test("two clusters are upgraded one after the other, asked for in chat and approved by somebody else", async (t) => {
  const near = await startStackStormSimulator({
    ...{ packsDir: join(FIXTURES, "packs"), vmsDir: FIXTURES, apiKey: API_KEY },
  });
  t.after(() => near.close());
  const file = { name: "near", api: near.api, auth: { apiKey: API_KEY }, businesses: ["shop", "pay"] };
  const world = await openWorld(t, { files: { "clusters/near.yaml": file, "roles.yaml": ROLES } });
  await talk(
    world,
    `zhaoliu: 升级 hz-core,near
     whale: 没有 clusters.write 权限
     wangwu: 升级 hz-core,far
     whale: 没有集群：far
     wangwu: 升级 hz-core,near 30m 升到 3.9
     whale ▣ 请确认：升级 hz-core → near … 升到 3.9 … 逐个集群
     wangwu ▶ confirm
     whale: 等另一位有权限的人批准
     wangwu: 升级
     whale: 等待另一人批准 … 升到 3.9 … hz-core … near
     zhaoliu: upgrade
     whale: 等待另一人批准`,
  );
  const asked = await askedOf(world, "lisi", "逐个集群");
  assert.deepEqual(cardsOf(world, "wangwu", "集群升级"), []);
  const code = asked.cardId.slice(22, 28);
  await talk(
    world,
    `wangwu: 升级 批准 ${code}
     whale: 要由别人批准
     zhaoliu: 升级 批准 ${code}
     whale: 没有 clusters.write 权限`,
  );
  await click(world, asked, "approve");
  assert.match(await cardClosed(world, asked), /hz-core.*正在排空/);
  await message(world, "wangwu", "hz-core (1/2) 正在排空");
  await world.stop();
  await world.start();
  world.jump(11_000);
  const others = await askedOf(world, "lisi", "hz-core (1/2) 已排空");
  await click(world, await askedOf(world, "wangwu", "hz-core (1/2) 已排空"), "confirm");
  // Who did not decide it is asked no longer.
  assert.match(await cardClosed(world, others), /hz-core/);
  // The simulator cannot be upgraded: it has the version that it had.
  await click(world, await askedOf(world, "lisi", "hz-core 仍是 3.9.0"), "retry");
  await message(world, "wangwu", "near (2/2) 正在排空");
  world.jump(11_000);
  await askedOf(world, "lisi", "near (2/2) 已排空");
  await talk(world, "zhaoliu: 集群\nwhale: hz-core** 正常 … near** 排空 … 王五");
  await talk(world, `lisi: 升级 完成 ${code}\nwhale: near (2/2) 正在核对`);
  await message(world, "lisi", "全部完成");
  await talk(world, "lisi: 升级\nwhale: 全部完成 … 王五 → 李四 … hz-core 3.9.0 → 3.9.0 … near 3.9.0 → 3.9.0");
  const canaries = [world.stackstorm, near].map((one) =>
    one.rows().filter((row) => row.action === "core.noop"),
  );
  assert.deepEqual(
    canaries.map((rows) => rows.length),
    [1, 1],
  );
});
