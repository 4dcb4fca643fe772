import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { JsonObject } from "../../core/ids/index.ts";
import type { Execution, Executor, Hint, StartOutcome, StartRequest } from "../../core/ports/index.ts";
import { CONTROLS, type Control, isEnd } from "../../core/tasks/index.ts";

/** An executor with an engine behind it, and the means to look at that engine and to disturb it. */
export interface ExecutorHarness {
  executor: Executor;
  /** A cluster that is configured and up. */
  cluster: string;
  /** An action that ends well by itself within a few seconds. */
  action: string;
  parameters: JsonObject;
  /** Parameters with which it takes half a minute. */
  slow: JsonObject;
  /** When the test began, as `sinceMs` of a search. */
  sinceMs: number;
  /** How many runs the engine itself has under a request id. */
  runsOf(requestId: string): number;
  /** The next start is stored and its answer lost. */
  loseNextAnswer(): Promise<void>;
  /** A workflow that runs for a minute unless it is steered, with its parameters. */
  workflow: { action: string; parameters: JsonObject };
  /** The next start makes two runs. */
  doubleNextStart(): Promise<void>;
  /** Failures of `failing` are followed up by the engine, so often. */
  failing: { action: string; parameters: JsonObject };
  followFailuresUp(maxAttempts: number): Promise<void>;
  /** A workflow that asks people whether to `continue`. */
  asking: { action: string; parameters: JsonObject };
  /** The next answer to a question is taken and its own answer lost. */
  loseNextReply(): Promise<void>;
  /** A workflow that fails at a step until `mend` is called. */
  mendable: { action: string; parameters: JsonObject; step: string; mend(): void };
  /** A run of the action that nobody who names request ids has started. */
  startByHand(): Promise<string>;
  /** A chat command that the engine has, and the first way to write it. */
  alias: { ref: string; action: string; format: string };
  /** The engine's port is closed, or open again. */
  setDown(isDown: boolean): Promise<void>;
  close(): Promise<void>;
}

/** What an engine may not have at all: promises about it are not asked for. */
export const GAPS = ["workflows", "retries", "doubles", "unclaimed", "aliases"] as const;
export type Gap = (typeof GAPS)[number];

const UNKNOWN_ID = "000000000000000000000000";
const POLL_MS = 20;

type Run = (t: TestContext, harness: ExecutorHarness) => Promise<void>;

/** Runs the promises of the port `Executor` against one implementation, but those about what it does not have. */
export function executorContract(
  name: string,
  open: () => Promise<ExecutorHarness>,
  { without = [] }: { without?: readonly Gap[] } = {},
): void {
  const promise: Declare = (says, run, needs) => {
    if (needs !== undefined && without.includes(needs)) return;
    test(`${name}: ${says}`, async (t) => {
      const harness = await open();
      t.after(() => harness.close());
      await run(t, harness);
    });
  };
  startPromises(promise);
  findPromises(promise);
  readPromises(promise);
  watchPromises(promise);
  controlPromises(promise);
  oddPromises(promise);
  inquiryPromises(promise);
  rerunPromises(promise);
  tailPromises(promise);
}

type Declare = (says: string, run: Run, needs?: Gap) => void;

function aRequest(harness: ExecutorHarness, overrides: Partial<StartRequest> = {}): StartRequest {
  const { cluster, action, parameters } = harness;
  return {
    cluster,
    action,
    parameters,
    requestId: "t_one-1",
    taskId: "t_one",
    approvedBy: ["lisi"],
    ...overrides,
  };
}

function startPromises(promise: Declare): void {
  promise("a start makes exactly one run, which carries the request id", async (_t, harness) => {
    const execution = started(await harness.executor.start(aRequest(harness)));
    assert.equal(execution.cluster, harness.cluster);
    assert.equal(execution.action, harness.action);
    assert.equal(harness.runsOf("t_one-1"), 1);
  });

  promise("starts at the same time make one run each", async (_t, harness) => {
    const ids = Array.from({ length: 5 }, (_, n) => `t_many${n}-1`);
    const outcomes = await Promise.all(
      ids.map((requestId) => harness.executor.start(aRequest(harness, { requestId }))),
    );
    assert.equal(new Set(outcomes.map((outcome) => started(outcome).id)).size, 5);
    assert.deepEqual(
      ids.map((id) => harness.runsOf(id)),
      [1, 1, 1, 1, 1],
    );
  });

  promise("a start of an action that does not exist is refused with a reason", async (_t, harness) => {
    const outcome = await harness.executor.start(aRequest(harness, { action: "no.such_action" }));
    assert.ok(outcome.outcome === "refused" && outcome.message !== "");
  });

  promise("a start with a parameter that the action does not have is refused", async (_t, harness) => {
    const parameters = { ...harness.parameters, no_such_parameter: 1 };
    const outcome = await harness.executor.start(aRequest(harness, { parameters }));
    assert.equal(outcome.outcome, "refused");
    assert.equal(harness.runsOf("t_one-1"), 0);
  });

  promise("a start whose parameters the engine would render is refused before it", async (_t, harness) => {
    const parameters = { ...harness.parameters, note: "{{ st2kv.system.token }}" };
    const outcome = await harness.executor.start(aRequest(harness, { parameters }));
    assert.equal(outcome.outcome, "refused");
    assert.equal(harness.runsOf("t_one-1"), 0);
  });

  promise("a start that nobody can take is not sent", async (_t, harness) => {
    await harness.setDown(true);
    assert.equal((await harness.executor.start(aRequest(harness))).outcome, "not_sent");
    await harness.setDown(false);
    assert.equal(harness.runsOf("t_one-1"), 0);
  });

  promise("a start whose answer is lost is unknown, made once, and found again", async (_t, harness) => {
    await harness.loseNextAnswer();
    assert.equal((await harness.executor.start(aRequest(harness))).outcome, "unknown");
    assert.equal(harness.runsOf("t_one-1"), 1);
    const found = await find(harness, "t_one-1");
    assert.ok(found.outcome === "found" && found.starts === 1);
  });
}

function find(harness: ExecutorHarness, requestId: string) {
  const { cluster, action, sinceMs } = harness;
  return harness.executor.find({ cluster, action, requestId, sinceMs });
}

function findPromises(promise: Declare): void {
  promise("a start is found by its request id and by no other", async (_t, harness) => {
    const execution = started(await harness.executor.start(aRequest(harness)));
    const found = await find(harness, "t_one-1");
    assert.ok(found.outcome === "found");
    assert.equal(found.execution.id, execution.id);
    assert.equal(found.starts, 1);
    assert.deepEqual(await find(harness, "t_one-2"), { outcome: "absent" });
    assert.deepEqual(await find(harness, "t_on"), { outcome: "absent" });
  });

  promise(
    "two starts under one request id are counted",
    async (_t, harness) => {
      const first = started(await harness.executor.start(aRequest(harness)));
      await pause(5);
      started(await harness.executor.start(aRequest(harness)));
      const found = await find(harness, "t_one-1");
      assert.ok(found.outcome === "found");
      assert.equal(found.starts, 2);
      assert.equal(found.execution.id, first.id);
    },
    "doubles",
  );

  promise("nothing is known about a start while the engine is down", async (_t, harness) => {
    await harness.setDown(true);
    assert.equal((await find(harness, "t_one-1")).outcome, "unreachable");
    await harness.setDown(false);
    assert.equal((await find(harness, "t_one-1")).outcome, "absent");
  });
}

function readPromises(promise: Declare): void {
  promise("a run can be followed to its end, with result, times and request id", async (_t, harness) => {
    const { id } = started(await harness.executor.start(aRequest(harness)));
    const end = await followed(harness, id);
    assert.equal(end.status, "succeeded");
    assert.equal(end.action, harness.action);
    assert.equal(end.requestId, "t_one-1");
    assert.ok(end.result !== undefined && end.startedAt && end.endedAt);
    assert.ok(end.startedAt <= end.endedAt);
  });

  promise(
    "the chat commands of a cluster are told, each once",
    async (_t, harness) => {
      const aliases = await harness.executor.aliases(harness.cluster);
      const found = aliases.find(({ ref }) => ref === harness.alias.ref);
      assert.deepEqual(
        [found?.action, found?.formats[0]?.representations],
        [harness.alias.action, [harness.alias.format]],
      );
      assert.equal(new Set(aliases.map(({ ref }) => ref)).size, aliases.length);
      await harness.setDown(true);
      await assert.rejects(harness.executor.aliases(harness.cluster));
      await harness.setDown(false);
      await assert.rejects(harness.executor.aliases("no-such-cluster"));
    },
    "aliases",
  );

  promise("an id that the engine does not know gives null", async (_t, harness) => {
    assert.equal(await harness.executor.get(harness.cluster, UNKNOWN_ID), null);
    assert.equal(await harness.executor.get(harness.cluster, "last"), null);
  });

  promise("a list of any length gives what the engine knows, without results", async (_t, harness) => {
    const { id } = started(await harness.executor.start(aRequest(harness)));
    const unknown = Array.from({ length: 150 }, (_, n) => String(n).padStart(24, "0"));
    await followed(harness, id);
    const listed = await harness.executor.list(harness.cluster, [...unknown, id]);
    assert.deepEqual(
      listed.map((row) => [row.id, row.status]),
      [[id, "succeeded"]],
    );
    assert.equal(listed[0]?.result, undefined);
    assert.deepEqual(await harness.executor.list(harness.cluster, []), []);
  });

  promise("a run that is no workflow has no children, and its output is text", async (_t, harness) => {
    const { id } = started(await harness.executor.start(aRequest(harness)));
    await followed(harness, id);
    assert.deepEqual(await harness.executor.children(harness.cluster, id), []);
    assert.equal(typeof (await harness.executor.output(harness.cluster, id)), "string");
  });

  promise("the whole result of a run is JSON, and that of an unknown one is none", async (_t, harness) => {
    const { executor, cluster } = harness;
    const { id } = started(await executor.start(aRequest(harness)));
    const { result } = await followed(harness, id);
    const pieces = await executor.result(cluster, id);
    assert.ok(pieces);
    assert.deepEqual(JSON.parse(await whole(pieces)), result);
    assert.equal(await executor.result(cluster, UNKNOWN_ID), null);
  });

  promise("reads fail while the engine is down", async (_t, harness) => {
    await harness.setDown(true);
    const { executor, cluster } = harness;
    await assert.rejects(executor.get(cluster, UNKNOWN_ID), { name: "ChatOpsError", retryable: true });
    await assert.rejects(executor.list(cluster, [UNKNOWN_ID]), { name: "ChatOpsError", retryable: true });
  });

  promise(
    "a probe tells the version while the engine is up and a reason while it is down",
    async (_t, harness) => {
      const up = await harness.executor.probe(harness.cluster);
      assert.ok(up.outcome === "up" && up.version !== "");
      assert.deepEqual([up.stuck, up.tookMs >= 0], [0, true]);
      assert.ok(up.skewMs === null || Math.abs(up.skewMs) < 5_000, `skew ${up.skewMs}`);
      await harness.setDown(true);
      const down = await harness.executor.probe(harness.cluster);
      assert.ok(down.outcome === "down" && down.message !== "");
      assert.equal(down.fault, "no_answer");
    },
  );

  promise("a canary passes while actions run, and says why where they cannot", async (_t, harness) => {
    const passed = await harness.executor.canary(harness.cluster, 10_000);
    assert.equal(passed.outcome, "passed");
    await harness.setDown(true);
    const failed = await harness.executor.canary(harness.cluster, 10_000);
    assert.ok(failed.outcome === "failed" && failed.message !== "");
  });

  promise(
    "what is under way is counted, whoever started it, and not what is over",
    async (_t, harness) => {
      const { executor, cluster } = harness;
      assert.equal(await executor.busy(cluster), 0);
      const execution = await steered(harness);
      assert.ok((await executor.busy(cluster)) >= 1);
      await executor.control({ cluster, executionId: execution.id, what: "cancel" });
      await until(harness, execution.id, ["canceled"]);
      while ((await executor.busy(cluster)) > 0) await pause(POLL_MS);
      await harness.setDown(true);
      await assert.rejects(executor.busy(cluster), { name: "ChatOpsError", retryable: true });
    },
    "workflows",
  );
}

async function steered(harness: ExecutorHarness): Promise<Execution> {
  const execution = started(await harness.executor.start(aRequest(harness, harness.workflow)));
  return until(harness, execution.id, ["running"]);
}

async function until(harness: ExecutorHarness, id: string, statuses: string[]): Promise<Execution> {
  for (;;) {
    const execution = await harness.executor.get(harness.cluster, id);
    if (execution && statuses.includes(execution.status)) return execution;
    await pause(POLL_MS);
  }
}

function order(harness: ExecutorHarness, executionId: string, what: Control) {
  return harness.executor.control({ cluster: harness.cluster, executionId, what });
}

function controlPromises(promise: Declare): void {
  promise(
    "a workflow is paused, goes on, and is canceled",
    async (_t, harness) => {
      const { id } = await steered(harness);
      assert.equal((await order(harness, id, "pause")).outcome, "taken");
      await until(harness, id, ["pausing", "paused"]);
      assert.equal((await order(harness, id, "cancel")).outcome, "taken");
      await until(harness, id, ["canceling", "canceled"]);
    },
    "workflows",
  );

  promise(
    "what is so already is taken without being asked for",
    async (_t, harness) => {
      const { id } = await steered(harness);
      const resumed = await order(harness, id, "resume");
      assert.ok(resumed.outcome === "taken" && resumed.execution.status === "running");
      await order(harness, id, "cancel");
      // StackStorm fails on a second cancel of a run that is being canceled.
      assert.equal((await order(harness, id, "cancel")).outcome, "taken");
    },
    "workflows",
  );

  promise("a run that is over is left as it is", async (_t, harness) => {
    const { id } = started(await harness.executor.start(aRequest(harness)));
    await followed(harness, id);
    for (const what of CONTROLS) {
      const outcome = await order(harness, id, what);
      assert.ok(outcome.outcome === "taken" && outcome.execution.status === "succeeded", what);
    }
    assert.equal((await harness.executor.get(harness.cluster, id))?.status, "succeeded");
  });

  promise(
    "what the engine cannot do is refused with its words",
    async (_t, harness) => {
      const unknown = await order(harness, UNKNOWN_ID, "cancel");
      assert.ok(unknown.outcome === "refused" && unknown.message !== "");
      const run = started(await harness.executor.start(aRequest(harness, { parameters: harness.slow })));
      await until(harness, run.id, ["running"]);
      const single = await order(harness, run.id, "pause");
      assert.ok(single.outcome === "refused" && single.message !== "");
      assert.equal((await order(harness, run.id, "cancel")).outcome, "taken");
    },
    "workflows",
  );

  promise(
    "it is open what becomes of an order while the engine is down",
    async (_t, harness) => {
      const { id } = await steered(harness);
      await harness.setDown(true);
      assert.equal((await order(harness, id, "cancel")).outcome, "open");
      await harness.setDown(false);
      assert.equal((await order(harness, id, "cancel")).outcome, "taken");
    },
    "workflows",
  );
}

function oddPromises(promise: Declare): void {
  promise(
    "a start that became two names the other",
    async (_t, harness) => {
      await harness.doubleNextStart();
      started(await harness.executor.start(aRequest(harness)));
      const found = await find(harness, "t_one-1");
      assert.ok(found.outcome === "found");
      assert.deepEqual([found.starts, found.doubles.length, found.attempts.length], [2, 1, 0]);
      assert.notEqual(found.doubles[0], found.execution.id);
    },
    "doubles",
  );

  promise(
    "automatic retries are attempts of one start, oldest first",
    async (_t, harness) => {
      await harness.followFailuresUp(2);
      const first = started(await harness.executor.start(aRequest(harness, harness.failing)));
      const { cluster, sinceMs } = harness;
      const query = { cluster, action: harness.failing.action, requestId: "t_one-1", sinceMs };
      for (;;) {
        const found = await harness.executor.find(query);
        assert.ok(found.outcome === "found");
        assert.deepEqual([found.execution.id, found.starts, found.doubles], [first.id, 1, []]);
        if (found.attempts.length === 2) break;
        await pause(POLL_MS);
      }
    },
    "retries",
  );

  promise(
    "how failures of an action are followed up can be read",
    async (_t, harness) => {
      const { executor, cluster, failing, action } = harness;
      assert.deepEqual(await executor.retryPolicies(cluster, failing.action), []);
      await harness.followFailuresUp(2);
      assert.deepEqual(await executor.retryPolicies(cluster, failing.action), [
        { on: "failed", maxAttempts: 2, delayMs: 0 },
      ]);
      assert.deepEqual(await executor.retryPolicies(cluster, `${action}.other`), []);
    },
    "retries",
  );

  promise(
    "runs that no request id claims are told with their parameters, others are not",
    async (_t, harness) => {
      const { executor, cluster, action, sinceMs } = harness;
      started(await executor.start(aRequest(harness)));
      const byHand = await harness.startByHand();
      const seen = await executor.unclaimed({ cluster, action, sinceMs });
      assert.deepEqual(
        seen.map(({ id, parameters }) => [id, parameters]),
        [[byHand, harness.parameters]],
      );
    },
    "unclaimed",
  );
}

async function asked(harness: ExecutorHarness) {
  const { executor, cluster } = harness;
  const run = started(await executor.start(aRequest(harness, harness.asking)));
  for (;;) {
    const [inquiry] = await executor.inquiries(cluster);
    if (inquiry) return { run, inquiry, to: { cluster, id: inquiry.id } };
    await pause(POLL_MS);
  }
}

const YES = { continue: true };

function inquiryPromises(promise: Declare): void {
  promise(
    "what a workflow asks is told with its form, and its parents lead to the run that was started",
    async (_t, harness) => {
      const { run, inquiry } = await asked(harness);
      assert.equal(inquiry.cluster, harness.cluster);
      assert.deepEqual(Object.keys(inquiry.schema["properties"] ?? {}), ["continue"]);
      const asking = await harness.executor.get(harness.cluster, inquiry.id);
      assert.equal(asking?.parent, run.id);
    },
    "workflows",
  );

  promise(
    "an answer lets the workflow go on, and given again is the one that is there",
    async (_t, harness) => {
      const { run, to } = await asked(harness);
      const { executor, cluster } = harness;
      assert.deepEqual(await executor.answer({ ...to, response: YES }), { outcome: "answered" });
      assert.equal((await followed(harness, run.id)).status, "succeeded");
      assert.deepEqual(await executor.answer({ ...to, response: YES }), { outcome: "answered" });
      const other = await executor.answer({ ...to, response: { continue: false } });
      assert.deepEqual(other, { outcome: "settled", status: "succeeded" });
      assert.deepEqual(await executor.inquiries(cluster), []);
    },
    "workflows",
  );

  promise(
    "an answer whose own answer is lost is found to be there",
    async (_t, harness) => {
      const { to } = await asked(harness);
      await harness.loseNextReply();
      assert.equal((await harness.executor.answer({ ...to, response: YES })).outcome, "open");
      assert.equal((await harness.executor.answer({ ...to, response: YES })).outcome, "answered");
    },
    "workflows",
  );

  promise(
    "what does not fit the form, or the engine would render, is refused and goes on being asked",
    async (_t, harness) => {
      const { to } = await asked(harness);
      const { executor, cluster } = harness;
      for (const response of [{}, { continue: "maybe" }, { continue: true, note: "{{ st2kv.x }}" }]) {
        const outcome = await executor.answer({ ...to, response });
        assert.ok(outcome.outcome === "refused" && outcome.message !== "");
      }
      assert.equal((await executor.inquiries(cluster)).length, 1);
    },
    "workflows",
  );

  promise(
    "nothing is known of what is asked while the engine is down",
    async (_t, harness) => {
      const { to } = await asked(harness);
      const { executor, cluster } = harness;
      await harness.setDown(true);
      assert.equal((await executor.answer({ ...to, response: YES })).outcome, "open");
      await assert.rejects(executor.inquiries(cluster), { name: "ChatOpsError", retryable: true });
    },
    "workflows",
  );
}

function rerunPromises(promise: Declare): void {
  const failedRun = async (harness: ExecutorHarness) => {
    const { action } = harness.mendable;
    const run = started(await harness.executor.start(aRequest(harness, harness.mendable)));
    assert.equal((await followed(harness, run.id)).status, "failed");
    const { cluster } = harness;
    return { cluster, action, executionId: run.id, requestId: "t_two-1" };
  };

  promise(
    "the failed steps of a workflow are run again, and it is found by the run that it is of",
    async (_t, harness) => {
      const { executor, mendable, cluster } = harness;
      const of = await failedRun(harness);
      const steps = (await executor.children(cluster, of.executionId)).map(({ step, status }) => [
        step,
        status,
      ]);
      assert.deepEqual(steps.at(-1), [mendable.step, "failed"]);
      assert.deepEqual(await executor.reruns(of), []);
      mendable.mend();
      const again = started(await executor.rerun({ ...of, steps: [mendable.step] }));
      assert.equal((await followed(harness, again.id)).status, "succeeded");
      assert.equal((await executor.children(cluster, again.id))[0]?.step, mendable.step);
      assert.deepEqual(
        (await executor.reruns(of)).map(({ id, rerunOf, isAttempt }) => [id, rerunOf, isAttempt]),
        [[again.id, of.executionId, undefined]],
      );
      assert.equal((await executor.get(cluster, again.id))?.rerunOf, of.executionId);
    },
    "workflows",
  );

  promise(
    "a re-run whose answer is lost is unknown, made once, and found",
    async (_t, harness) => {
      const of = await failedRun(harness);
      await harness.loseNextAnswer();
      assert.equal((await harness.executor.rerun({ ...of, steps: [] })).outcome, "unknown");
      assert.equal((await harness.executor.reruns(of)).length, 1);
    },
    "workflows",
  );

  promise("a re-run that nobody can take is not sent, and one of nothing is refused", async (_t, harness) => {
    const { executor, cluster, action } = harness;
    const of = { cluster, action, executionId: UNKNOWN_ID, requestId: "t_two-1", steps: [] };
    assert.equal((await executor.rerun(of)).outcome, "refused");
    await harness.setDown(true);
    assert.equal((await executor.rerun(of)).outcome, "not_sent");
    await assert.rejects(executor.reruns(of), { name: "ChatOpsError", retryable: true });
  });
}

function tailPromises(promise: Declare): void {
  promise("the output of a run can be heard until its end", async (t, harness) => {
    const { executor, cluster } = harness;
    const run = started(await executor.start(aRequest(harness)));
    const end = await executor.tail({ cluster, executionId: run.id }, () => undefined, t.signal);
    assert.deepEqual(end, { outcome: "ended" });
    await followed(harness, run.id);
  });

  promise("who hears no more is told that it was cut off", async (_t, harness) => {
    const { executor, cluster } = harness;
    const run = started(await executor.start(aRequest(harness, { parameters: harness.slow })));
    const leaving = new AbortController();
    const heard = executor.tail({ cluster, executionId: run.id }, () => undefined, leaving.signal);
    leaving.abort();
    assert.equal((await heard).outcome, "cut");
    await harness.setDown(true);
    const down = await executor.tail(
      { cluster, executionId: run.id },
      () => undefined,
      new AbortController().signal,
    );
    assert.ok(down.outcome === "cut" && down.message !== "");
  });
}

function watchPromises(promise: Declare): void {
  promise("a watch hints at what moves and ends when it is told to", async (t, harness) => {
    const seen = hints(t, harness);
    await seen.until((hint) => hint.executionId === "*");
    const { id } = started(await harness.executor.start(aRequest(harness)));
    await seen.until((hint) => hint.executionId === id && hint.status === "succeeded");
    await seen.stop();
  });
}

function hints(t: TestContext, harness: ExecutorHarness) {
  const controller = new AbortController();
  t.after(() => controller.abort());
  const all: Hint[] = [];
  const ended = harness.executor.watch(harness.cluster, (hint) => void all.push(hint), controller.signal);
  return {
    until: async (fits: (hint: Hint) => boolean) => {
      while (!all.some(fits)) await pause(POLL_MS);
    },
    stop: () => {
      controller.abort();
      return ended;
    },
  };
}

function started(outcome: StartOutcome): Execution {
  assert.ok(outcome.outcome === "started", "message" in outcome ? outcome.message : "");
  return outcome.execution;
}

async function whole(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

async function followed({ executor, cluster }: ExecutorHarness, id: string): Promise<Execution> {
  for (;;) {
    const execution = await executor.get(cluster, id);
    if (execution && isEnd(execution.status)) return execution;
    await pause(POLL_MS);
  }
}
