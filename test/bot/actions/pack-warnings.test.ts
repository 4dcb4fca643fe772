import assert from "node:assert/strict";
import { test } from "node:test";
import { createPackWarnings } from "../../../bot/actions/index.ts";
import { createPackWatch } from "../../../bot/routing/index.ts";
import type { Route } from "../../../core/clusters/index.ts";
import type { PackReading } from "../../../core/ports/index.ts";
import { aCluster, aRule } from "../../core/rules/a-rule.ts";
import { movableClock } from "../../support/clock.ts";
import { recordingLog } from "../../support/log.ts";

const NEED = { pack: "disk", range: ">=1.4" };

function warningsOver(answers: Record<string, PackReading>, routes: readonly Route[] = []) {
  const clock = movableClock();
  const asked: string[] = [];
  const state = {
    rules: [aRule({ packs: [NEED] }), aRule({ id: "needs-nothing" })],
    clusters: [aCluster({ name: "a" }), aCluster({ name: "b" })],
    routes,
  };
  const packs = {
    readPack: async (cluster: string, pack: string): Promise<PackReading> => {
      asked.push(`${pack}@${cluster}`);
      return answers[cluster] ?? { outcome: "absent" };
    },
  };
  const packVersions = createPackWatch({ packs, clock });
  const own = createPackWarnings({ packVersions, inForce: () => state, clock, log: recordingLog() });
  return { own, asked, state, answers, clock };
}

const version = (text: string): PackReading => ({ outcome: "known", version: text });

test("a rule whose packs no cluster has is told of with what each cluster has", async () => {
  const { own, asked } = warningsOver({ a: version("1.3.9") });
  assert.deepEqual(own.warnings(), []);
  await own.refresh();
  assert.deepEqual(asked.sort(), ["disk@a", "disk@b"]);
  const message =
    "packs: 没有集群满足 (no cluster meets what its tasks need): a: disk 1.3.9 (>=1.4); b: disk - (>=1.4)";
  assert.deepEqual(own.warnings(), [{ about: "rule vm-disk-cleanup", message }]);
});

test("nothing is told while one cluster has it, or one has not answered", async () => {
  const { own, answers, clock } = warningsOver({ a: version("1.4.0") });
  await own.refresh();
  assert.deepEqual(own.warnings(), []);
  answers["a"] = { outcome: "unreachable" };
  clock.advance(60_000);
  await own.refresh();
  assert.deepEqual(own.warnings(), []);
  answers["a"] = version("1.0.0");
  clock.advance(60_000);
  await own.refresh();
  assert.equal(own.warnings().length, 1);
});

test("what a route needs counts where it takes the rule's tasks, and names the route", async () => {
  const route = (name: string, when: Route["when"]): Route => ({
    ...{ name, when, to: ["b"], isolation: "strict" },
    packs: [{ pack: "net", range: ">=2" }],
  });
  const routes = [route("others", { businesses: ["else"] }), route("all", {})];
  const { own, state } = warningsOver({ a: version("9.0.0") }, routes);
  state.rules = [aRule({ id: "plain" })];
  await own.refresh();
  const message =
    "packs: 没有集群满足 (no cluster meets what its tasks need，路由 route all): b: net - (>=2)";
  assert.deepEqual(own.warnings(), [{ about: "rule plain", message }]);
});
