import assert from "node:assert/strict";
import { test } from "node:test";
import { createActionWatch } from "../../../bot/actions/index.ts";
import { actionParameters } from "../../../core/actions/index.ts";
import type { ActionReading } from "../../../core/ports/index.ts";
import { aCluster, aRule } from "../../core/rules/a-rule.ts";
import { movableClock } from "../../support/clock.ts";
import { recordingLog } from "../../support/log.ts";

const known: ActionReading = {
  outcome: "known",
  schema: {
    action: "disk.cleanup",
    enabled: true,
    parameters: actionParameters({ host: { type: "integer" } }),
  },
};

function watchOver(answers: Record<string, ActionReading>) {
  const clock = movableClock();
  const asked: string[] = [];
  const state = {
    rules: [aRule({ params: { host: "h" } })],
    clusters: [aCluster({ name: "a" }), aCluster({ name: "b" })],
  };
  const catalog = {
    readAction: async (cluster: string, action: string) => {
      asked.push(`${action}@${cluster}`);
      return answers[cluster] ?? { outcome: "absent" as const };
    },
  };
  const watch = createActionWatch({ catalog, inForce: () => state, clock, log: recordingLog() });
  return { watch, clock, asked, state, answers };
}

test("reads each action once, and again when it is old", async () => {
  const { watch, clock, asked } = watchOver({ a: known, b: known });
  assert.equal(watch.lookup("a", "disk.cleanup"), undefined);
  for (let n = 0; n < 3; n += 1) await watch.refresh();
  assert.deepEqual(asked, ["disk.cleanup@a", "disk.cleanup@b"]);
  assert.equal(watch.lookup("a", "disk.cleanup")?.action, "disk.cleanup");
  clock.advance(5 * 60_000);
  await watch.refresh();
  assert.equal(asked.length, 4);
});

test("reads the actions of rules that have changed, and forgets those of rules that are gone", async () => {
  const { watch, asked, state } = watchOver({ a: known, b: known });
  await watch.refresh();
  state.rules = [aRule({ action: "disk.show" })];
  await watch.refresh();
  assert.deepEqual(asked.slice(2), ["disk.show@a", "disk.show@b"]);
  assert.equal(watch.lookup("a", "disk.cleanup"), undefined);
});

test("keeps what it knew while a cluster does not answer, and asks it once a round", async () => {
  const { watch, clock, asked, state, answers } = watchOver({ a: known, b: known });
  await watch.refresh();
  answers["a"] = { outcome: "unreachable", message: "down" };
  state.rules = [aRule({ params: { host: "h" } }), aRule({ id: "s", action: "disk.show", params: {} })];
  clock.advance(5 * 60_000);
  asked.length = 0;
  await watch.refresh();
  assert.deepEqual(asked.toSorted(), ["disk.cleanup@a", "disk.cleanup@b", "disk.show@b"]);
  assert.equal(watch.lookup("a", "disk.cleanup")?.action, "disk.cleanup");
});

test("warns of what does not fit and of what a cluster has not, and of nothing it does not know", async () => {
  const { watch, answers } = watchOver({ a: known, b: { outcome: "absent" } });
  assert.deepEqual(watch.warnings(), []);
  await watch.refresh();
  assert.deepEqual(
    watch.warnings().map(({ about }) => about),
    ["cluster b", "rule vm-disk-cleanup"],
  );
  assert.match(watch.warnings()[1]?.message ?? "", /^params\.host: expected integer, got "h"/);
  answers["a"] = { outcome: "unreachable", message: "down" };
  const { watch: other } = watchOver(answers);
  await other.refresh();
  assert.deepEqual(other.faults().map(({ about, message }) => `${about}: ${message}`)[0], "cluster a: down");
});
