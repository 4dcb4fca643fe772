import assert from "node:assert/strict";
import { test } from "node:test";
import { handleReleaseClick, releaseCards, releaseTeller } from "../../../bot/releases/index.ts";
import type { Viewer } from "../../../bot/workers/index.ts";
import { releaseCardId } from "../../../core/cards/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { People } from "../../../core/people/index.ts";
import type { OutboxItem } from "../../../core/ports/index.ts";
import type { Release } from "../../../core/releases/index.ts";
import { textsOf } from "../../../core/texts/index.ts";
import { silentLog } from "../../support/log.ts";
import { shownAll } from "../../support/secrecy.ts";
import { aProcess, aWorld } from "./world.ts";

/** A release that was asked for by wangwu; who clicks holds `rights` on all clusters. */
async function aDesk(rights: readonly "releases.write"[] = [], group?: string) {
  const world = aWorld();
  const { releases } = aProcess(world, "one");
  const items: OutboxItem[] = [];
  const view: Viewer = async () => ({
    ...{ texts: textsOf("zh"), timeZone: "Asia/Shanghai", plain: (text: string) => text },
    ...{ nameOf: (id: string) => id, resultRows: [], shown: shownAll },
  });
  const asked = await releases.ask({ set: "shared", by: "user:wangwu", why: "" });
  assert.notEqual(asked.outcome, "refused");
  const made = (await releases.list())[0] as Release;
  const release = group === undefined ? made : { ...made, approval: { ...made.approval, group } };
  const roles = rights.length > 0 ? [{ name: "sre", of: { users: ["lisi"] }, rights, on: {} }] : [];
  const directory = {
    expand: async ({ users, tag }: People) => {
      if (tag === "gone") throw new ChatOpsError("no such tag", { code: "wecom.no_tag", retryable: false });
      return tag === "empty" ? [] : [...(users ?? [])];
    },
    nameOf: async (id: string) => `名 ${id}`,
    vouch: async (id: string) => {
      return ["lisi", "zhaoliu"].includes(id)
        ? ({ outcome: "entitled", groups: [0] } as const)
        : ({ outcome: "not_entitled" } as const);
    },
  };
  const outbox = { add: async (more: readonly OutboxItem[]) => void items.push(...more) };
  const delegations = {
    withDelegates: async (ids: readonly string[]) => [...ids],
    standsFor: async () => [],
  };
  const inCharge = () => [{ users: ["zhouba"] }];
  const common = { outbox, directory, delegations, inCharge, view, clock: world.clock, log: silentLog };
  const click = (userId: string, button: string) =>
    handleReleaseClick(
      {
        ...{ kind: "click", userId, button, code: "c1", createdAtSeconds: 0 },
        cardId: releaseCardId(release, userId),
      },
      `${userId}/${button}`,
      {
        ...{ ...common, releases, metrics: { count: () => undefined } as never },
        rolesOf: async () => ({ roles: roles as never, unsure: [], against: null }),
      },
    );
  const stage = async () => (await releases.find(release.id))?.stage;
  const find = releaseCards({ releases, directory, view });
  return { release, items, click, stage, find, tell: releaseTeller(common) };
}

test("those who may approve get a card, and one who is told again gets it under the same key", async () => {
  const { release, items, tell } = await aDesk();
  await tell(release);
  const cards = items.filter(({ body }) => body.kind === "confirm");
  assert.deepEqual(
    cards.map(({ body }) => (body.kind === "confirm" ? body.to : "")),
    ["lisi", "zhaoliu"],
  );
  const keys = items.map(({ key }) => key);
  await tell(release);
  assert.deepEqual(new Set(items.map(({ key }) => key)), new Set(keys));
});

test("where nobody of an approver group is there, who asked and who is in charge are told", async () => {
  for (const tag of ["gone", "empty"]) {
    const { release, items, tell } = await aDesk([], "ops");
    const [group] = release.approval.groups;
    assert.ok(group);
    const groups = [group, { ...group, name: "leads", from: { tag } }];
    const told = async (groups: typeof release.approval.groups) => {
      items.length = 0;
      await tell({ ...release, approval: { ...release.approval, groups } });
      const answers = items.flatMap(({ body }) => (body.kind === "answer" ? [body] : []));
      for (const { text } of answers) assert.match(text, new RegExp(`找不到可以批准的人（#${tag}）`));
      return [answers.map(({ to }) => to), items.map(({ body }) => body.kind).sort()];
    };
    const both = ["wangwu", "zhouba"];
    assert.deepEqual(await told(groups), [both, ["answer", "answer", "confirm", "confirm", "group_card"]]);
    assert.deepEqual(await told(groups.slice(1)), [both, ["answer", "answer", "group_card"]]);
  }
});

test("the group of a release is asked beside them, and its card is the release's as it stands", async () => {
  const { release, items, tell, find, click } = await aDesk([], "ops");
  await tell(release);
  const body = items.find(({ body }) => body.kind === "group_card")?.body;
  assert.ok(body?.kind === "group_card");
  assert.equal(body.group, "ops");
  assert.deepEqual((await find(body.cardId))?.open, true);
  await click("lisi", "approve");
  const now = await find(body.cardId);
  assert.deepEqual([now?.open, now?.words?.includes("名 lisi")], [false, true]);
  assert.equal(await find("t_somebody-else@1"), null);
});

test("an approver's click approves, and their card shows it", async () => {
  const { items, click, stage } = await aDesk();
  assert.equal(await click("lisi", "approve"), true);
  assert.equal(await stage(), "starting");
  const shown = items.find(({ body }) => body.kind === "confirm" && body.code === "c1");
  assert.ok(shown);
});

test("who is not asked approves nothing, nor who asked, and they are told", async () => {
  const { items, click, stage } = await aDesk();
  await click("sunqi", "approve");
  await click("wangwu", "approve");
  assert.equal(await stage(), "asked");
  const told = items.flatMap(({ body }) => (body.kind === "answer" ? body.text : []));
  assert.deepEqual(told, ["你不在可批准的人之中", "你不在可批准的人之中"]);
});

test("an approver without the right on its clusters does not end a release, one with it does", async () => {
  const without = await aDesk();
  await without.click("lisi", "abort");
  assert.equal(await without.stage(), "asked");
  const having = await aDesk(["releases.write"]);
  await having.click("lisi", "abort");
  assert.equal(await having.stage(), "aborted");
});

test("refreshing changes nothing but the card, and a card of something else is left to others", async () => {
  const { items, click, stage } = await aDesk();
  await click("zhaoliu", "refresh");
  assert.deepEqual([await stage(), items.length], ["asked", 1]);
});
