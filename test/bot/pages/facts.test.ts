import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type FactDeps, factsOf } from "../../../bot/pages/facts.ts";
import { markupOf } from "../../../bot/pages/html.ts";
import { topPart } from "../../../bot/pages/task-parts.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import { shownRun } from "../../../core/pages/index.ts";
import { ruleSet } from "../../../core/rules/index.ts";
import type { Task } from "../../../core/tasks/index.ts";
import { textsOf } from "../../../core/texts/index.ts";
import { anEvent } from "../../support/builders.ts";
import { SECRET_PIN, shownAll } from "../../support/secrecy.ts";
import { aMadeTask, anExecution, aRule } from "../../support/tasks.ts";

function depsOf(overrides: Partial<FactDeps> = {}): FactDeps {
  const compiled = ruleSet([aRule({ features: [{ path: "labels.token", op: "exists" }] })]);
  assert.ok(compiled.outcome === "compiled");
  return {
    directory: { expand: async () => ["zhangsan"], nameOf: async (id) => id.toUpperCase() },
    journal: {
      event: async () => anEvent({ labels: { token: "t0p-s3cret" }, detail: { note: "pin 4711-0815" } }),
    },
    archive: { get: async () => null },
    executor: {
      output: async () => "pin 4711-0815 accepted",
      result: async () => null,
      children: async () => [],
    },
    state: { list: async () => [] },
    explainer: { explain: async () => null },
    rules: () => compiled.set,
    secrecy: SECRET_PIN,
    viewIn: (language) => async () => {
      const viewing = { texts: textsOf(language), timeZone: "UTC", plain: (text: string) => text };
      return { ...viewing, nameOf: (id) => id, resultRows: [], shown: shownAll };
    },
    ...overrides,
  };
}

function running(): Task {
  const features = [{ path: "labels.token", op: "exists" as const }];
  const made = aMadeTask({ rule: { features }, rendered: { params: { host: "vm-1", pin: "4711-0815" } } });
  return { ...made, state: "running", execution: anExecution("running") };
}

describe("what a page tells of a task", () => {
  test("has no parameter that its action calls secret, nor its value in an output", async () => {
    assert.deepEqual(shownRun(running(), SECRET_PIN).params, { host: "vm-1", pin: "********" });
    const { output, event, features } = await factsOf(running(), "zh", depsOf());
    assert.deepEqual(output, { outcome: "text", text: "pin ******** accepted" });
    assert.deepEqual(event?.labels, { token: "********" });
    assert.deepEqual(event?.detail, { note: "pin ********" });
    assert.deepEqual(
      features?.map(({ actual, holds }) => [actual, holds]),
      [["********", true]],
    );
  });

  test("has no secret that StackStorm repeats where it refuses the start", async () => {
    const message = "'4711-0815' is not of type 'integer'";
    const refused: Task = { ...running(), state: "refused", reason: "start_refused", message };
    const facts = await factsOf(refused, "en", depsOf());
    const shown = markupOf(topPart(facts, "/"));
    assert.match(shown, /is not of type/);
    assert.doesNotMatch(shown, /4711-0815/);
  });

  test("says that StackStorm cannot be read, and tells everything else", async () => {
    const down = async () => {
      throw new ChatOpsError("connection refused", { code: "stackstorm.down", retryable: true });
    };
    const facts = await factsOf(
      running(),
      "zh",
      depsOf({ executor: { output: down, result: down, children: down } }),
    );
    assert.deepEqual(facts.output, { outcome: "unread", why: "connection refused" });
    assert.deepEqual(facts.runs, { runs: [], isWhole: true });
    assert.deepEqual(facts.approvers[0]?.names, ["ZHANGSAN"]);
  });

  test("names nobody where WeCom cannot say who belongs, and nothing of an event that is gone", async () => {
    const expand = async () => {
      throw new ChatOpsError("down", { code: "wecom.unreachable", retryable: true });
    };
    const directory = { expand, nameOf: async (id: string) => id };
    const journal = { event: async () => null };
    const facts = await factsOf(running(), "en", depsOf({ directory, journal }));
    assert.deepEqual([facts.approvers[0]?.names, facts.event, facts.features], [null, null, null]);
  });

  test("has no features of a rule that is another one by now", async () => {
    const { features } = await factsOf({ ...running(), ruleVersion: "0".repeat(16) }, "zh", depsOf());
    assert.equal(features, null);
  });

  test("has the end of a run as stored, and how large it is where it was not", async () => {
    const ended = (execution: Partial<Task["execution"]>): Task => {
      return { ...running(), state: "succeeded", execution: { ...anExecution("succeeded"), ...execution } };
    };
    const small = await factsOf(ended({ result: { stdout: "done" } }), "zh", depsOf());
    assert.deepEqual(small.output, { outcome: "text", text: "done" });
    const large = await factsOf(ended({ resultBytes: 5_000_000 }), "zh", depsOf());
    assert.deepEqual(large.output, { outcome: "large", bytes: 5_000_000 });
  });
});
