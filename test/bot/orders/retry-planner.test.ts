import assert from "node:assert/strict";
import { test } from "node:test";
import { createRetryPlanner } from "../../../bot/orders/index.ts";
import { actionParameters } from "../../../core/actions/index.ts";
import type { Cluster, Route } from "../../../core/clusters/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { ActionReading, Execution } from "../../../core/ports/index.ts";
import type { RetryWish } from "../../../core/tasks/index.ts";
import { anEvent } from "../../support/builders.ts";
import { movableClock } from "../../support/clock.ts";
import { aMadeTask, anExecution, aRule, inputs, walk } from "../../support/tasks.ts";

const { cardSent, approve, intend, started, ended } = inputs;
const failed = () => walk(aMadeTask(), cardSent, approve, intend, started, ended("failed"));

const known: ActionReading = {
  outcome: "known",
  schema: {
    ...{ action: "disk.cleanup", enabled: true },
    parameters: actionParameters({ host: { type: "string" }, limit: { type: "integer" } }),
  },
};
const absent: ActionReading = { outcome: "absent" };
const silent: ActionReading = { outcome: "unreachable", message: "down" };

const cluster = (name: string, businesses: string[]): Cluster => ({
  ...{ name, api: "http://x", auth: { kind: "apiKey", apiKey: "k" }, businesses, priority: 1 },
});

interface World {
  readings?: Record<string, ActionReading>;
  routes?: Route[];
  isEventKept?: boolean;
  children?: Execution[] | Error;
}

function planOf(
  wish: RetryWish,
  { readings = {}, routes = [], isEventKept = true, children = [] }: World = {},
) {
  const plan = createRetryPlanner({
    executor: {
      children: async () => {
        if (children instanceof Error) throw children;
        return children;
      },
      reruns: async () => [{ ...anExecution("failed"), id: "e0", action: "disk.cleanup" }],
    },
    catalog: { readAction: async (name) => readings[name] ?? known },
    event: async () => (isEventKept ? anEvent({ labels: { env: "gray" } }) : null),
    inForce: () => ({
      ...{ rules: [aRule()], grants: [], routes },
      clusters: [cluster("hz-core", ["shop"]), cluster("bj-core", ["shop"]), cluster("pay", ["pay"])],
    }),
    isSecretKey: () => false,
    clock: movableClock(),
  });
  return plan(failed(), wish);
}

const refused = (reason: string) => ({ outcome: "refused", reason });
const planned = (plan: object) => ({ outcome: "planned", plan });
const gray: Route = {
  ...{ name: "gray", when: { labels: { env: ["gray"] } }, to: ["hz-core"], isolation: "strict" },
};
const step = (name: string, status: string): Execution => {
  return { ...anExecution(status), action: "core.local", step: name };
};
const RUN = { cluster: "hz-core", executionId: anExecution("").id, known: ["e0"] };
const down = new ChatOpsError("down", { code: "st2.down", retryable: true });

const CASES: [name: string, wish: RetryWish, world: World, answer: object][] = [
  ["as it was asks nobody", {}, { children: down, readings: { "hz-core": silent } }, planned({})],
  ["a whole run", { rerun: "all" }, {}, planned({ rerunOf: { ...RUN, steps: [] } })],
  [
    "the failed steps of a run",
    { rerun: "failed" },
    { children: [step("a", "succeeded"), step("b", "failed")] },
    planned({ rerunOf: { ...RUN, steps: ["b"] } }),
  ],
  [
    "one of the failed steps of a run, from its beginning",
    { rerun: "failed", steps: ["b"], reset: ["b"] },
    { children: [step("a", "failed"), step("b", "failed")] },
    planned({ rerunOf: { ...RUN, steps: ["b"], reset: ["b"] } }),
  ],
  [
    "a step that has not failed",
    { rerun: "failed", steps: ["a", "b"] },
    { children: [step("a", "succeeded"), step("b", "failed")] },
    refused("steps_not_failed"),
  ],
  ["a run without failed steps", { rerun: "failed" }, {}, refused("no_failed_steps")],
  ["steps that cannot be read", { rerun: "failed" }, { children: down }, refused("engine_unreachable")],
  ["another cluster of the business", { cluster: "bj-core" }, {}, planned({ cluster: "bj-core" })],
  ["a cluster of another business", { cluster: "pay" }, {}, refused("cluster_not_allowed")],
  ["a cluster that is not there", { cluster: "none" }, {}, refused("cluster_not_allowed")],
  ["a cluster outside its route", { cluster: "bj-core" }, { routes: [gray] }, refused("cluster_not_allowed")],
  [
    "another cluster, of an event that is gone",
    { cluster: "bj-core" },
    { isEventKept: false },
    refused("cluster_not_allowed"),
  ],
  [
    "a cluster without the action",
    { cluster: "bj-core" },
    { readings: { "bj-core": absent } },
    refused("action_not_there"),
  ],
  [
    "a cluster that does not answer",
    { cluster: "bj-core" },
    { readings: { "bj-core": silent } },
    refused("engine_unreachable"),
  ],
  [
    "parameters that nobody can check",
    { parameters: { limit: 1 } },
    { readings: { "hz-core": silent } },
    refused("engine_unreachable"),
  ],
  [
    "other parameters on another cluster",
    { parameters: { limit: "1" }, cluster: "bj-core" },
    {},
    planned({
      cluster: "bj-core",
      content: {
        ...{ params: { host: "vm-1", limit: 1 }, targets: ["vm-1"], secretParams: [] },
        changed: [{ name: "limit" }],
      },
    }),
  ],
];

for (const [name, wish, world, answer] of CASES) {
  test(`a retry of ${name}`, async () => assert.deepEqual(await planOf(wish, world), answer));
}

test("a retry with parameters that do not fit says which", async () => {
  const answer = await planOf({ parameters: { limit: "x" } });
  assert.ok(answer.outcome === "misfits" && /limit/.test(answer.words.zh));
});
