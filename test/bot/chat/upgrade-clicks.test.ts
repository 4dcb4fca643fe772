import assert from "node:assert/strict";
import { test } from "node:test";
import { denierOver, handleUpgradeClick } from "../../../bot/chat/index.ts";
import type { Viewer } from "../../../bot/workers/index.ts";
import { upgradeCardId } from "../../../core/cards/index.ts";
import type { Upgrade } from "../../../core/clusters/index.ts";
import type { Role } from "../../../core/people/index.ts";
import type { OutboxItem } from "../../../core/ports/index.ts";
import { textsOf } from "../../../core/texts/index.ts";
import { silentLog } from "../../support/log.ts";
import { ASK, upgradeWorld } from "../clusters/upgrade-world.ts";

const ROLES: Role[] = [{ name: "lead", of: { users: ["wangwu", "lisi"] }, rights: ["clusters.write"] }];

/** An upgrade that was asked for, and clicks on its cards; each gives what its person is told and how the card closes. */
async function asked() {
  const played = upgradeWorld();
  const { process, clock, current } = played;
  await process.upgrades.ask(ASK);
  const items: OutboxItem[] = [];
  const metrics = { count: () => undefined, observe: () => undefined, gauge: () => undefined };
  const view = (async () => ({
    ...{ texts: textsOf("en"), plain: (text: string) => text, nameOf: (id: string) => id },
  })) as unknown as Viewer;
  const deps = {
    ...{ upgrades: process.upgrades, view, clock, log: silentLog, metrics },
    denied: denierOver({ roles: () => ROLES, log: silentLog, metrics }),
    rolesOf: async (user: string) => {
      return { roles: ROLES.filter(({ of }) => of.users?.includes(user)), unsure: [], against: null };
    },
    directory: { nameOf: async (id: string) => id },
    outbox: { add: async (added: readonly OutboxItem[]) => void items.push(...added) },
  } as unknown as Parameters<typeof handleUpgradeClick>[2];
  const click = async (
    userId: string,
    button: string,
    upgrade: Upgrade | null,
    key = `${userId} ${button}`,
  ) => {
    items.length = 0;
    const cardId = upgrade ? upgradeCardId(upgrade, userId) : "c_1";
    const payload = { kind: "click" as const, userId, cardId, button, code: "x", createdAtSeconds: 0 };
    const isOurs = await handleUpgradeClick(payload, key, deps);
    const texts = items.flatMap(({ body }) => (body.kind === "answer" ? [body.text] : []));
    const closed = items.flatMap(({ body }) => {
      return body.kind === "confirm" && "closed" in body.card ? [body.card.closed] : [];
    });
    return { isOurs, text: texts.join(), closed: closed.join() };
  };
  return { ...played, click, upgrade: await current() };
}

test("a click of somebody else who may approves, shows so on the card, and counts once", async () => {
  const { click, upgrade, current } = await asked();
  assert.deepEqual(await click("lisi", "approve", null), { isOurs: false, text: "", closed: "" });
  const first = await click("Lisi", "approve", upgrade);
  assert.match(first.closed, /a \(1\/2\) is being drained/);
  assert.equal((await current())?.approvedBy, "user:lisi");
  assert.deepEqual(await click("Lisi", "approve", upgrade), first);
});

test("a click of who may not, of who asked, and on an unknown button leaves upgrade and card as they are", async () => {
  const { click, upgrade, current } = await asked();
  for (const [user, button, told] of [
    ["zhaoliu", "approve", /clusters\.write/],
    ["wangwu", "approve", /cannot approve/],
    ["lisi", "drain", /button/i],
  ] as const) {
    const { text, closed } = await click(user, button, upgrade);
    assert.match(text, told);
    assert.equal(closed, "");
  }
  assert.deepEqual(await current(), upgrade);
});

test("a card of a step that is over is closed, and does nothing to the next", async () => {
  const { click, upgrade, take, rounds, current } = await asked();
  await take("approve");
  await rounds(5);
  const drained = await current();
  const { text, closed } = await click("lisi", "reject", upgrade);
  assert.match(text, /at another step/);
  assert.match(closed, /upgrade it now/);
  assert.deepEqual(await current(), drained);
  const gone = upgrade && { ...upgrade, id: "u_00000000000000000000000000" };
  assert.match((await click("lisi", "reject", gone)).text, /no upgrade of this id/);
});
