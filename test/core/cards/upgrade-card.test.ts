import assert from "node:assert/strict";
import { test } from "node:test";
import { parseUpgradeCardId, upgradeCard, upgradeCardId, waitsForPerson } from "../../../core/cards/index.ts";
import { UPGRADE_STAGES, type Upgrade, upgradeWords } from "../../../core/clusters/index.ts";
import { textsOf } from "../../../core/texts/index.ts";

const AT = "2026-11-01T00:00:00.123Z";
const upgrade = (change: Partial<Upgrade> = {}): Upgrade => ({
  ...{ id: "u_01m8bgh35rc7wxfttah1mjcvb9", by: "user:wangwu", at: AT, why: "3.9.0", clusters: ["a", "b"] },
  ...{ forMs: null, atDeadline: "wait", stage: "asked", index: 0, since: AT, before: {}, after: {} },
  ...change,
});
const VIEW = { texts: textsOf("zh"), nameOf: (actor: string) => (actor === "user:wangwu" ? "王五" : actor) };

test("offers what a person can do at each stage, and nothing where none is waited for", () => {
  const offered = UPGRADE_STAGES.map((stage) => {
    const { buttons } = upgradeCard(upgrade({ stage }), VIEW);
    assert.equal(buttons.length > 0, waitsForPerson({ stage }));
    return [stage, buttons.map(({ key }) => key).join(" ")].join(": ");
  });
  assert.deepEqual(
    offered.filter((line) => !line.endsWith(": ")),
    ["asked: approve reject", "upgrading: confirm abort", "stopped: retry abort"],
  );
});

test("says who asked, what, why, with which versions, and how it stopped", () => {
  const problem = { stage: "checking" as const, message: "a 试运行没有成功" };
  const change = { stage: "stopped" as const, approvedBy: "user:lisi", before: { a: "3.8.1" }, problem };
  const card = upgradeCard(upgrade(change), VIEW);
  assert.equal(card.title, "集群升级 mjcvb9");
  assert.equal(card.subtitle, "3.9.0");
  assert.deepEqual(
    card.rows.map(({ value }) => value),
    ["王五", "user:lisi"],
  );
  assert.match(card.quote?.text ?? "", /a 3\.8\.1 · b/);
  assert.match(card.text, /a \(1\/2\).*a 试运行没有成功/);
  const closed = upgradeCard(upgrade(change), VIEW, "已停下");
  assert.deepEqual([closed.buttons, closed.closed], [[], "已停下"]);
});

test("a card's id names the upgrade and its step, is each person's own, and is nobody else's", () => {
  const id = upgradeCardId(upgrade(), "wangwu");
  assert.notEqual(id, upgradeCardId(upgrade(), "lisi"));
  assert.deepEqual(parseUpgradeCardId(id), { id: upgrade().id, since: AT });
  assert.match(id, /^[\w@-]{1,128}$/);
  for (const other of ["", "c_01m8bgh35rc7wxfttah1mjcvb9", upgrade().id, `${id}0`, `x${id}`, "t_a@1"]) {
    assert.equal(parseUpgradeCardId(other), null, other);
  }
});

test("who aborts one is told that its cluster is still drained, but where nothing was drained", () => {
  const problem = { stage: "draining" as const, message: "" };
  const aborted = upgrade({ stage: "aborted", approvedBy: "user:lisi", problem });
  assert.match(upgradeWords(aborted).en, /undrain a/);
  assert.doesNotMatch(upgradeWords(upgrade({ stage: "aborted", problem })).en, /undrain/);
});
