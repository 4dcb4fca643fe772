import assert from "node:assert/strict";
import { test } from "node:test";
import { createAdvancer } from "../../../bot/workers/index.ts";
import { withdrawRecovered } from "../../../bot/workers/withdraw.ts";
import { type Rule, ruleDigest, ruleSet } from "../../../core/rules/index.ts";
import { DEFAULT_SETTINGS, type Task } from "../../../core/tasks/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { anEvent } from "../../support/builders.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { aMadeTask, aRule, inputs, walk } from "../../support/tasks.ts";
import { countedMetrics } from "./parts.ts";

const CANCEL: Partial<Rule> = { onRecovery: "cancel" };
const FIRST = anEvent().id;

function setOf(...rules: Rule[]) {
  const compiled = ruleSet(rules);
  return compiled.outcome === "compiled" ? compiled.set : assert.fail(compiled.message);
}

function aRecovery(overrides: Parameters<typeof anEvent>[0] = {}) {
  return anEvent({ id: "e_recovery", status: "resolved", recovers: FIRST, ...overrides });
}

/** A store with tasks in it, and what the recovery of their alert does there. */
async function setting(tasks: readonly Task[], rule: Partial<Rule> = CANCEL) {
  const clock = movableClock();
  const store = openMemoryStore({ clock });
  for (const task of tasks) await store.tasks.make({ task, outbox: [] });
  const common = { tasks: store.tasks, clock, log: silentLog, metrics: countedMetrics() };
  const advancer = createAdvancer(common, DEFAULT_SETTINGS);
  const deps = { tasks: store.tasks, advancer, set: setOf(aRule(rule)) };
  return {
    store,
    recover: (event = aRecovery()) => withdrawRecovered(event, deps),
    states: async () => Promise.all(tasks.map(async ({ id }) => (await store.tasks.get(id))?.state)),
  };
}

test("a recovery takes back what waits, and its verdict names it", async () => {
  const task = aMadeTask({ rule: CANCEL });
  const { recover, states } = await setting([task]);
  const [verdict, ...others] = await recover();
  assert.deepEqual(others, []);
  assert.deepEqual(
    [verdict?.eventId, verdict?.outcome, verdict?.reason, verdict?.withdrawn],
    ["e_recovery", "held", "recovered", [task.id]],
  );
  assert.deepEqual(await states(), ["withdrawn"]);
});

test("read twice, a recovery changes nothing more and gives the same verdict", async () => {
  const task = aMadeTask({ rule: CANCEL });
  const { recover, store } = await setting([task]);
  const first = await recover();
  const stored = await store.tasks.get(task.id);
  const sent = await store.outbox.depth();
  assert.deepEqual(await recover(), first);
  assert.deepEqual([await store.tasks.get(task.id), await store.outbox.depth()], [stored, sent]);
});

test("read again after the alert came back, it leaves the new alert's task alone", async () => {
  const again = aMadeTask({ rule: CANCEL, event: { id: "e_again" } });
  const { recover, states } = await setting([aMadeTask({ rule: CANCEL }), again]);
  await recover();
  assert.deepEqual(await states(), ["withdrawn", "pending_approval"]);
});

test("a repeat's task is taken back with that of the first event", async () => {
  const repeat = aMadeTask({ rule: CANCEL, event: { id: "e_repeat", repeatOf: FIRST } });
  const { recover, states } = await setting([aMadeTask({ rule: CANCEL }), repeat]);
  const [verdict] = await recover();
  assert.equal(verdict?.withdrawn?.length, 2);
  assert.deepEqual(await states(), ["withdrawn", "withdrawn"]);
});

const KEPT: [
  name: string,
  task: () => Task,
  rule?: Partial<Rule>,
  recovery?: Parameters<typeof aRecovery>[0],
][] = [
  ["of a rule that keeps", () => aMadeTask(), { onRecovery: "keep" }],
  ["of a rule that is gone", () => aMadeTask(), { ...CANCEL, id: "another" }],
  ["of another incident", () => aMadeTask({ event: { incident: "vm-1/tmp" } })],
  ["of another source", () => aMadeTask({ event: { source: "zabbix" } })],
  ["when the recovery closes nothing", () => aMadeTask(), CANCEL, { late: true, recovers: "e_other" }],
  [
    "that a person asked for",
    () => ({ ...aMadeTask(), origin: { kind: "offer", parentTask: "t_1", offer: "view", by: "lisi" } }),
  ],
  ["whose start is intended", () => walk(aMadeTask(), inputs.cardSent, inputs.approve, inputs.intend)],
];
for (const [name, make, rule, recovery] of KEPT) {
  test(`a task ${name} stays`, async () => {
    const task = make();
    const { recover, states } = await setting([task], rule);
    assert.deepEqual(await recover(aRecovery(recovery)), []);
    assert.deepEqual(await states(), [task.state]);
  });
}

test("what a recovery does is no part of what an approval is bound to", () => {
  assert.equal(ruleDigest(aRule(CANCEL)), ruleDigest(aRule({ onRecovery: "keep" })));
});
