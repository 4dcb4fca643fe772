import assert from "node:assert/strict";
import { test } from "node:test";
import { createAskAgain } from "../../../bot/workers/ask-again.ts";
import { createAdvancer } from "../../../bot/workers/index.ts";
import type { OnRecovery } from "../../../core/rules/index.ts";
import { DEFAULT_SETTINGS, type RuleOrigin, type Task } from "../../../core/tasks/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { aDelivery, aDraft, type DraftOverrides } from "../../support/builders.ts";
import { movableClock, START_MS } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { aMadeTask, aRule, aStanding, inputs, stepAt, walk } from "../../support/tasks.ts";
import { countedMetrics } from "./parts.ts";
import { judgingBy } from "./replay-parts.ts";

/** A task whose rule was changed between its approval and its start. */
function voidTask(onRecovery: OnRecovery, origin?: RuleOrigin): Task {
  const made = aMadeTask({ rule: { onRecovery }, ...(origin ? { origin } : {}) });
  const approved = walk(made, inputs.cardSent, inputs.approve);
  const standing = { ...aStanding(approved), digest: "another" };
  return stepAt(approved, { kind: "intend", standing, sender: "w" }).task;
}

/** A store that holds the alert and its void task. */
async function setting(onRecovery: OnRecovery = "cancel", origin?: RuleOrigin) {
  const clock = movableClock();
  const store = openMemoryStore({ clock });
  const { journal, tasks, outbox } = store;
  const common = { tasks, clock, log: silentLog };
  const advancer = createAdvancer({ ...common, metrics: countedMetrics() }, DEFAULT_SETTINGS);
  const comes = async (dedupeKey: string, event: DraftOverrides["event"] = {}) => {
    const receivedAt = new Date(clock.nowMs()).toISOString();
    await journal.append(aDelivery([aDraft({ dedupeKey, event: { receivedAt, ...event } })]));
  };
  const task = voidTask(onRecovery, origin);
  await comes("delivery-1");
  await tasks.make({ task: { ...task, revision: 1 }, outbox: [] });
  clock.advance(2_000);
  const askAgain = (parts: { journal?: Pick<typeof journal, "event" | "incident"> } = {}) =>
    createAskAgain({
      ...judgingBy([aRule({ onRecovery })]),
      ...{ ...common, journal, archive: { get: async () => null }, outbox, advancer },
      ...{ settings: DEFAULT_SETTINGS, ...parts },
    })(task);
  return {
    ...{ store, clock, comes, askAgain },
    recovers: () => comes("recovery", { status: "resolved" }),
    waiting: () => tasks.list({ states: ["pending_approval"], limit: 10 }),
  };
}

test("a void approval is asked for anew while its alert fires", async () => {
  const { askAgain, waiting } = await setting();
  await askAgain();
  assert.equal((await waiting()).length, 1);
});

test("it is not asked for anew of an alert that has recovered since, and people are told", async () => {
  const { askAgain, recovers, waiting, store } = await setting();
  await recovers();
  await askAgain();
  assert.deepEqual(await waiting(), []);
  const [notice] = await store.outbox.claim(1, 1_000);
  assert.equal(notice?.body.kind === "notice" && notice.body.about, "not_asked_again");
});

test("nor of one that has recovered and fires again, which has a task of its own", async () => {
  const { askAgain, recovers, comes, waiting } = await setting();
  await recovers();
  await comes("again");
  await askAgain();
  assert.deepEqual(await waiting(), []);
});

test("it is asked for anew after a recovery where the rule keeps what waits", async () => {
  const { askAgain, recovers, waiting } = await setting("keep");
  await recovers();
  await askAgain();
  assert.equal((await waiting()).length, 1);
});

test("a replay of what had recovered long before is asked for anew", async () => {
  const { askAgain, comes, waiting } = await setting("cancel", { kind: "replay", replay: "r_1", by: "lisi" });
  const receivedAt = new Date(START_MS - 60_000).toISOString();
  await comes("recovery", { status: "resolved", receivedAt });
  await comes("again", { receivedAt });
  await askAgain();
  assert.equal((await waiting()).length, 1);
});

test("what was asked for anew while the recovery came is taken back", async () => {
  const { askAgain, recovers, waiting, store } = await setting();
  const { event, incident } = store.journal;
  const looks: string[] = [];
  const recoversBetween = async (source: string, key: string) => {
    const before = await incident(source, key);
    if (looks.push(key) === 1) await recovers();
    return before;
  };
  await askAgain({ journal: { event, incident: recoversBetween } });
  assert.deepEqual(await waiting(), []);
  assert.equal((await store.tasks.list({ states: ["withdrawn"], limit: 10 })).length, 1);
});
