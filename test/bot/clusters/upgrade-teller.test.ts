import assert from "node:assert/strict";
import { test } from "node:test";
import { upgradeTeller } from "../../../bot/clusters/index.ts";
import type { Upgrade } from "../../../core/clusters/index.ts";
import type { People, Role } from "../../../core/people/index.ts";
import type { OutboxItem } from "../../../core/ports/index.ts";
import { textsOf } from "../../../core/texts/index.ts";
import { movableClock } from "../../support/clock.ts";

const AT = "2026-11-01T00:00:00.000Z";
const ASKED: Upgrade = {
  ...{ id: "u_01m8bgh35rc7wxfttah1mjcvb9", by: "user:wangwu", at: AT, why: "", clusters: ["a", "b"] },
  ...{ forMs: null, atDeadline: "wait", stage: "asked", index: 0, since: AT, before: {}, after: {} },
};
const lead = (users: string[], on?: Role["on"]): Role => {
  return { name: users.join(), of: { users }, rights: ["clusters.write"], ...(on ? { on } : {}) };
};

function whom(body: OutboxItem["body"]): string {
  if ("to" in body) return String(body.to);
  return "group" in body ? body.group : "";
}

/** What is sent, as "kind to". */
async function sent(
  upgrade: Upgrade,
  roles: Role[],
  admin: People | null = null,
  groups: string[] = [],
): Promise<string[]> {
  const items: OutboxItem[] = [];
  const tell = upgradeTeller({
    ...{ roles: () => roles, admin, textsFor: async () => textsOf("en"), plain: (text) => text },
    ...{ groupsOf: () => groups, groupTexts: async () => textsOf("en") },
    directory: { expand: async ({ users = [] }) => [...users], nameOf: async (id) => id },
    outbox: { add: async (added) => void items.push(...added) },
    clock: movableClock(),
  });
  await tell(upgrade);
  assert.equal(new Set(items.map(({ key }) => key)).size, items.length);
  return items.map(({ body }) => `${body.kind} ${whom(body)}`).sort();
}

test("those are asked who may do it on all of its clusters, but not who asked for it", async () => {
  const roles = [lead(["wangwu", "lisi"]), lead(["half"], { clusters: ["a"] }), lead(["lisi", "zhaoliu"])];
  assert.deepEqual(await sent(ASKED, roles), ["confirm lisi", "confirm zhaoliu"]);
  const drained: Upgrade = { ...ASKED, stage: "upgrading", approvedBy: "user:lisi" };
  assert.deepEqual(await sent(drained, roles), ["confirm lisi", "confirm wangwu", "confirm zhaoliu"]);
});

test("what needs nobody is told to them, to who asked and to the administrator; a check is not", async () => {
  const done: Upgrade = { ...ASKED, stage: "done" };
  const admin = { users: ["root"] };
  assert.deepEqual(await sent(done, [lead(["lisi"])], admin), [
    "answer lisi",
    "answer root",
    "answer wangwu",
  ]);
  assert.deepEqual(await sent({ ...ASKED, stage: "checking" }, [lead(["lisi"])]), []);
});

test("where nobody else could approve, who asked hears so", async () => {
  assert.deepEqual(await sent(ASKED, [lead(["wangwu"])]), ["answer wangwu"]);
});

test("the groups of its clusters get a card where it waits for somebody, else words", async () => {
  const roles = [lead(["lisi"])];
  assert.deepEqual(await sent(ASKED, roles, null, ["ops"]), ["confirm lisi", "group_card ops"]);
  const done: Upgrade = { ...ASKED, stage: "done" };
  assert.deepEqual(await sent(done, roles, null, ["ops"]), [
    "answer lisi",
    "answer wangwu",
    "group_text ops",
  ]);
});
