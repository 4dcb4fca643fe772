import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { actionParameters } from "../../../core/actions/index.ts";
import { bindingHash } from "../../../core/approvals/index.ts";
import type { JsonObject } from "../../../core/ids/index.ts";
import {
  changedContent,
  DEFAULT_SETTINGS,
  failedSteps,
  madeFact,
  type RefusalReason,
  type RerunOf,
  type RetryWish,
  retryFault,
  type Task,
  taskOfRetry,
} from "../../../core/tasks/index.ts";
import { START_MS } from "../../support/clock.ts";
import { aMadeTask, anOrder, aStanding, evidenceFor, inputs, stepAt, walk } from "../../support/tasks.ts";

const { cardSent, approve, intend, started, lost, absent } = inputs;
const ran = (status: string) => walk(aMadeTask(), cardSent, approve, intend, started, inputs.ended(status));
const made = aMadeTask();
const gaveUp = (): Task => {
  const unknown = stepAt(walk(made, cardSent, approve, intend, lost), absent(), START_MS + 200_000).task;
  return { ...unknown, state: "gave_up" };
};
const POLICY = { id: "p", digest: "d", actions: [], mode: "auto", expires: "2099-01-01" };

describe("what may not be run once more is said without asking anybody", () => {
  const masked = { ...ran("failed"), params: { host: "vm-1", auth: { token: "********" } } };
  const choices = [{ name: "level", title: "t", options: [] }];
  const byPolicy = { ...ran("failed"), approval: { mode: "policy", policy: POLICY } as never };
  const CASES: [name: string, task: Task, wish: RetryWish, fault: RefusalReason | null][] = [
    ["a failed run, as it was", ran("failed"), {}, null],
    ["a failed run, by the engine", ran("failed"), { rerun: "all" }, null],
    ["its failed steps", ran("timeout"), { rerun: "failed" }, null],
    [
      "one that goes on",
      walk(made, cardSent, approve, intend, started),
      { rerun: "failed" },
      "not_in_this_state",
    ],
    [
      "one of which nobody knows whether it started",
      { ...gaveUp(), state: "unknown" },
      { cluster: "bj" },
      "not_in_this_state",
    ],
    ["one that was given up so, elsewhere", gaveUp(), { cluster: "bj" }, "first_start_unknown"],
    ["one that was given up so, as it was", gaveUp(), {}, null],
    [
      "one that was void while an earlier start of it was open, elsewhere",
      { ...gaveUp(), state: "refused", reason: "binding_void" },
      ...([{ cluster: "bj" }, "first_start_unknown"] as const),
    ],
    [
      "one whose start was refused, elsewhere",
      { ...gaveUp(), state: "refused", reason: "start_refused" },
      ...([{ cluster: "bj" }, null] as const),
    ],
    ["one that never went out, elsewhere", { ...gaveUp(), start: null }, { cluster: "bj" }, null],
    ["what went well, by the engine", ran("succeeded"), { rerun: "all" }, "nothing_to_rerun"],
    ["what never ran, by the engine", { ...gaveUp(), state: "failed" }, { rerun: "all" }, "nothing_to_rerun"],
    ["failed steps elsewhere", ran("failed"), { rerun: "failed", cluster: "bj" }, "rerun_as_it_was"],
    ["failed steps, changed", ran("failed"), { rerun: "failed", parameters: { a: 1 } }, "rerun_as_it_was"],
    ["hidden parameters, anew", masked, {}, "masked_params"],
    ["hidden parameters, by the engine", masked, { rerun: "all" }, null],
    ["hidden parameters that are given", masked, { parameters: { auth: { token: "t" } } }, null],
    ["a mask that is typed", ran("failed"), { parameters: { token: "********" } }, "masked_params"],
    ["under a policy, changed", byPolicy, { parameters: { limit: 1 } }, "policy_params"],
    ["under a policy, as it was", byPolicy, {}, null],
    [
      "what is chosen on the card",
      { ...ran("failed"), choices },
      { parameters: { level: 1 } },
      "chosen_params",
    ],
  ];
  for (const [name, task, wish, fault] of CASES) {
    test(`${name}: ${fault ?? "may be"}`, () => assert.equal(retryFault(task, task.ruleDigest, wish), fault));
  }

  test("a rule that has changed: rule_changed", () => {
    assert.equal(retryFault(ran("failed"), "other", { rerun: "all" }), "rule_changed");
  });
});

describe("other parameters", () => {
  const parameters = actionParameters({
    ...{ host: { type: "string", required: true }, limit: { type: "integer" } },
    key: { type: "string", secret: true },
  });
  const places = [{ cluster: "hz-core", schema: { action: "disk.cleanup", enabled: true, parameters } }];
  const facts = { places, grant: null, isSecretKey: (name: string) => name === "password" };
  const change = (given: JsonObject, over: object = {}) => changedContent(made, given, { ...facts, ...over });

  test("are those before with the new laid over, in the types of the action", () => {
    assert.deepEqual(change({ limit: "5", key: "k3y" }), {
      outcome: "changed",
      content: {
        ...{ params: { host: "vm-1", limit: 5, key: "k3y" }, targets: ["vm-1"], secretParams: ["key"] },
        changed: [{ name: "limit" }, { name: "key" }],
      },
    });
  });

  test("that are what they were are no change", () => {
    const same = change({ host: "vm-1" });
    assert.deepEqual(same.outcome === "changed" && same.content.changed, []);
  });

  test("that do not fit the action are refused, naming them", () => {
    for (const given of [{ limit: "five" }, { other: 1 }, { note: "{{ st2kv.system.x }}" }] as JsonObject[]) {
      const outcome = change(given);
      assert.ok(outcome.outcome === "misfits" && outcome.words.en.includes(Object.keys(given)[0] ?? "-"));
    }
  });

  test("do not move what a rule made to another target", () => {
    assert.deepEqual(change({ host: "vm-2" }), { outcome: "refused", reason: "target_params" });
  });

  test("move what was asked for by hand, as its grant says", () => {
    const moved = change({ host: "vm-2" }, { grant: { id: "g", targets: ["{{ params.host }}"] } });
    assert.ok(moved.outcome === "changed");
    assert.deepEqual(moved.content.targets, ["vm-2"]);
    assert.deepEqual(moved.content.changed, [{ name: "host", before: "vm-1" }]);
  });
});

describe("failed steps", () => {
  const child = (step: string, status: string, startedAt: string, endedAt: string) => {
    const at = (time: string) => `2026-01-01T00:00:${time}Z`;
    return { step, status, startedAt: at(startedAt), endedAt: at(endedAt) };
  };

  test("are those that failed, each once, in their order", () => {
    const children = [
      child("copy", "succeeded", "00", "01"),
      child("check", "timeout", "02", "03"),
      child("each", "failed", "04", "06"),
      child("each", "failed", "04", "07"),
    ];
    assert.deepEqual(failedSteps(children), ["check", "each"]);
  });

  test("are not those that the workflow itself has tried again", () => {
    assert.deepEqual(
      failedSteps([child("a", "failed", "00", "01"), child("a", "succeeded", "02", "03")]),
      [],
    );
    assert.deepEqual(failedSteps([child("a", "failed", "00", "03"), child("a", "succeeded", "00", "01")]), [
      "a",
    ]);
  });

  test("have names: what has none cannot be run again by it", () => {
    assert.deepEqual(failedSteps([{ status: "failed" }]), []);
  });
});

const RERUN: RerunOf = { cluster: "bj-core", executionId: "e1", steps: ["look"], known: ["e0"] };
const retryOf = (ended: Task, plan = {}) => {
  const facts = {
    nowMs: START_MS,
    settings: DEFAULT_SETTINGS,
    depth: 0,
    causes: [],
    by: "lisi",
    key: "k",
    n: 1,
  };
  return taskOfRetry(ended, { ...facts, plan }).task;
};

describe("a retry by the engine", () => {
  const ended = aMadeTask({
    rendered: { clusters: ["bj-core", "hz-core"], reserve: ["hz-core"], params: { host: "vm-1" } },
  });
  const task = retryOf(ended, { rerunOf: RERUN });

  test("is bound to the run, its steps, and what was made of it before", () => {
    assert.equal(task.hash, bindingHash(task));
    const others: RerunOf[] = [
      { ...RERUN, executionId: "e2" },
      { ...RERUN, steps: [] },
      { ...RERUN, known: [] },
    ];
    const hashes = [ended.hash, ...[RERUN, ...others].map((rerunOf) => retryOf(ended, { rerunOf }).hash)];
    assert.equal(new Set(hashes).size, 5);
  });

  test("stays where the run is", () => assert.deepEqual([task.clusters, task.reserve], [["bj-core"], []]));

  test("is void when something else was made of the run since", () => {
    const approved = walk(task, cardSent, approve);
    const standing = { ...aStanding(approved), rerunSince: ["e7"] };
    const result = stepAt(approved, { kind: "intend", standing, sender: "w" });
    assert.deepEqual([result.task.state, result.task.reason], ["refused", "binding_void"]);
    assert.match(result.task.message ?? "", /e7/);
  });

  test("takes nothing but one more run of that run for its own", () => {
    const unknown = stepAt(walk(task, cardSent, approve, intend, lost), absent(), START_MS + 200_000).task;
    const seen = evidenceFor(unknown);
    const execution = { ...seen.execution, cluster: "bj-core" };
    const adopt = (evidence: object) => {
      const input = {
        kind: "adopt" as const,
        order: anOrder(),
        evidence: { ...seen, execution, ...evidence },
      };
      const result = stepAt(unknown, input, START_MS + 201_000);
      return result.outcome === "moved" ? result.task.state : result.reason;
    };
    assert.equal(adopt({}), "other_task");
    assert.equal(adopt({ rerunOf: "e2" }), "other_task");
    assert.equal(adopt({ rerunOf: "e1", execution: { ...execution, id: "e0" } }), "older_execution");
    assert.equal(adopt({ rerunOf: "e1" }), "running");
  });

  test("is in the audit log with the run, its steps and where", () => {
    const { detail } = madeFact(task);
    assert.deepEqual([detail?.["retryOf"], detail?.["rerunOf"]], [ended.id, "e1"]);
    assert.deepEqual([detail?.["steps"], detail?.["clusters"]], [["look"], ["bj-core"]]);
  });
});

test("a start of its own never takes one more run of another run for its own", () => {
  const unknown = gaveUp();
  const evidence = { ...evidenceFor(unknown), rerunOf: "e1" };
  const result = stepAt({ ...unknown, state: "unknown" }, { kind: "adopt", order: anOrder(), evidence });
  assert.equal(result.outcome === "refused" && result.reason, "other_task");
});

test("a retry of a retry by the engine is a start of its own", () => {
  assert.equal(retryOf(retryOf(made, { rerunOf: RERUN })).rerunOf, undefined);
});
