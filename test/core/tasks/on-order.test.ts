import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hashOf } from "../../../core/ids/index.ts";
import {
  currentDigest,
  DEFAULT_SETTINGS,
  type Evidence,
  type Order,
  orderKey,
  type RefusalReason,
  retryFault,
  type Task,
  type TaskInput,
  taskOfRetry,
} from "../../../core/tasks/index.ts";
import { START_MS } from "../../support/clock.ts";
import {
  aMadeTask,
  anExecution,
  anOrder,
  aRule,
  evidenceFor,
  inputs,
  stepAt,
  walk,
} from "../../support/tasks.ts";

const { cardSent, approve, intend, started, lost, absent, ended } = inputs;
const moving = (status: string) => (): TaskInput => ({ kind: "news", execution: anExecution(status) });
const running = () => walk(aMadeTask(), cardSent, approve, intend, started, moving("running"));
const LATE_MS = START_MS + 200_000;
const SECOND = { ...anExecution("running"), id: "second" };
const retriedBy = (execution: typeof SECOND): TaskInput => ({ kind: "retried", execution });

function control(what: "cancel" | "pause" | "resume", order: Partial<Order> = {}): TaskInput {
  return { kind: "control", what, order: anOrder(order) };
}

function answered(task: Task, answer: Extract<TaskInput, { kind: "control_answer" }>["answer"]): TaskInput {
  return { kind: "control_answer", key: task.control?.key ?? "", answer };
}

describe("what a person orders of a run", () => {
  test("is stored and due at once, and StackStorm is asked only then", () => {
    const result = stepAt(running(), control("cancel", { by: "lisi", key: "k1" }), START_MS + 9000);
    assert.deepEqual(
      [result.outcome, result.reason, result.task.state],
      ["moved", "cancel_asked", "running"],
    );
    assert.equal(result.task.dueAtMs, START_MS + 9000);
    assert.deepEqual(result.task.control, {
      ...{ what: "cancel", key: "k1", by: "lisi", tries: 0 },
      ...{ askedAtMs: START_MS + 9000, untilMs: START_MS + 9000 + DEFAULT_SETTINGS.startWindowMs },
    });
    assert.equal(result.task.history.at(-1)?.by, "lisi");
  });

  test("counts once, however often it is delivered", () => {
    const input = control("cancel", { key: "k1" });
    const first = stepAt(running(), input);
    assert.equal(stepAt(first.task, input).reason, "already_counted");
  });

  test("is refused under a name that was another order's, also of a version before", () => {
    const key = orderKey("rest:lisi:k1", { what: "pause" });
    const paused = stepAt(running(), control("pause", { key })).task;
    const cancel = control("cancel", { key: orderKey("rest:lisi:k1", { what: "cancel" }) });
    const reused = stepAt(paused, cancel);
    assert.deepEqual([reused.outcome, reused.reason, reused.task], ["refused", "key_reused", paused]);
    const before = stepAt(running(), control("pause", { key: "rest:lisi:k1" })).task;
    assert.equal(stepAt(before, cancel).reason, "key_reused");
    const other = control("cancel", { key: orderKey("rest:lisi:k2", { what: "cancel" }) });
    assert.equal(stepAt(paused, other).reason, "cancel_asked");
  });

  test("waits for its turn, but a cancel goes before a pause", () => {
    const paused = stepAt(running(), control("pause")).task;
    assert.equal(stepAt(paused, control("resume")).outcome, "refused");
    assert.equal(stepAt(paused, control("pause")).reason, "control_under_way");
    const canceled = stepAt(paused, control("cancel"));
    assert.equal(canceled.task.control?.what, "cancel");
    const old = answered(paused, { outcome: "taken", execution: anExecution("pausing") });
    assert.equal(stepAt(canceled.task, old).reason, "older_news");
  });

  test("is not put off by news of the run", () => {
    const asked = stepAt(running(), control("cancel"), START_MS + 9000).task;
    const news = stepAt(asked, moving("pausing")(), START_MS + 9500).task;
    assert.equal(news.dueAtMs, START_MS + 9000);
    assert.notEqual(news.control, null);
  });

  const WHEN: [from: string, what: "cancel" | "pause" | "resume", outcome: string][] = [
    ["running", "cancel", "moved"],
    ["running", "pause", "moved"],
    ["running", "resume", "refused"],
    ["paused", "cancel", "moved"],
    ["paused", "resume", "moved"],
    ["paused", "pause", "refused"],
    ["canceling", "cancel", "refused"],
    ["canceling", "resume", "refused"],
  ];
  for (const [from, what, outcome] of WHEN) {
    test(`is ${outcome} where a run that is ${from} is to ${what}`, () => {
      const task = from === "running" ? running() : walk(running(), moving(from));
      assert.equal(stepAt(task, control(what)).outcome, outcome);
    });
  }

  for (const entitlement of ["not_entitled", "inactive", "unknown_person"] as const) {
    test(`is refused to somebody ${entitlement}, without a message beside the answer`, () => {
      const result = stepAt(running(), control("cancel", { entitlement: { outcome: entitlement } }));
      assert.deepEqual([result.outcome, result.effects], ["refused", []]);
    });
  }

  test("ends with what StackStorm says it has become", () => {
    const asked = stepAt(running(), control("cancel")).task;
    const taken = answered(asked, { outcome: "taken", execution: anExecution("canceling") });
    const result = stepAt(asked, taken);
    assert.deepEqual(
      [result.reason, result.task.state, result.task.control],
      ["control_taken", "canceling", null],
    );
  });

  test("leaves an end to be told with its result", () => {
    const asked = stepAt(running(), control("cancel")).task;
    const taken = answered(asked, { outcome: "taken", execution: anExecution("succeeded") });
    const { task } = stepAt(asked, taken);
    assert.deepEqual([task.state, task.execution?.status], ["running", "running"]);
  });

  test("that meets an end waits for its judgement, and goes on where StackStorm's retry policy does", () => {
    const asked = stepAt(running(), control("cancel"), START_MS + 9000).task;
    const over = answered(asked, { outcome: "taken", execution: anExecution("failed") });
    const waits = stepAt(asked, over, START_MS + 10_000).task;
    assert.equal(waits.control?.key, asked.control?.key);
    assert.ok(waits.dueAtMs !== null && waits.dueAtMs < (waits.control?.untilMs ?? 0));
    const later = stepAt(waits, retriedBy(SECOND), LATE_MS).task;
    assert.deepEqual([later.dueAtMs, later.control?.what], [LATE_MS, "cancel"]);
    assert.equal(later.control?.untilMs, LATE_MS + DEFAULT_SETTINGS.startWindowMs);
    assert.equal(stepAt(waits, ended("failed")(), LATE_MS).task.control, null);
  });

  test("that waits is asked of the next attempt at once, but no attempt is resumed", () => {
    const asked = stepAt(running(), control("pause"), START_MS + 9000).task;
    const next = stepAt(asked, retriedBy(SECOND), START_MS + 9010).task;
    assert.deepEqual([next.dueAtMs, next.control?.what], [START_MS + 9010, "pause"]);
    const resumed = stepAt(walk(running(), moving("paused")), control("resume")).task;
    const runs = stepAt(resumed, retriedBy(SECOND)).task;
    assert.deepEqual([runs.execution?.id, runs.control], [SECOND.id, null]);
    assert.ok(runs.dueAtMs !== null && runs.dueAtMs > LATE_MS);
  });

  test("is not answered by what an attempt before has become", () => {
    const asked = stepAt(running(), control("cancel"), START_MS + 9000).task;
    const next = stepAt(asked, retriedBy(SECOND), START_MS + 9010).task;
    const late = stepAt(next, answered(next, { outcome: "taken", execution: anExecution("failed") }));
    assert.deepEqual([late.reason, late.task], ["older_news", next]);
  });

  test("is told to its person when StackStorm refuses, and nothing is asked for again", () => {
    const asked = stepAt(running(), control("pause", { by: "lisi" })).task;
    const result = stepAt(asked, answered(asked, { outcome: "refused", message: "no workflow" }));
    assert.deepEqual([result.reason, result.task.control], ["control_refused", null]);
    assert.deepEqual(result.effects, [
      { kind: "notice", to: [{ users: ["lisi"] }], about: "control_refused" },
    ]);
  });

  test("is tried again while it is open, and given up with a word in the end", () => {
    const asked = stepAt(running(), control("cancel"), START_MS + 9000).task;
    const open = answered(asked, { outcome: "open", message: "timeout" });
    const tried = stepAt(asked, open, START_MS + 10_000);
    assert.deepEqual([tried.reason, tried.task.control?.tries], ["control_tried", 1]);
    assert.equal(tried.task.dueAtMs, START_MS + 11_000);
    const over = stepAt(tried.task, open, LATE_MS);
    assert.deepEqual([over.reason, over.task.control, over.task.state], ["control_lost", null, "running"]);
    assert.ok(over.task.dueAtMs !== null && over.task.dueAtMs > LATE_MS);
  });

  test("is over with the run", () => {
    const asked = stepAt(running(), control("cancel")).task;
    assert.equal(stepAt(asked, ended("canceled")()).task.control, null);
    assert.equal(stepAt(asked, { kind: "gone" }).task.control, null);
  });
});

describe("a cancel before the start", () => {
  test("ends the task as canceled; nothing can start any more", () => {
    for (const task of [walk(aMadeTask(), cardSent), walk(aMadeTask(), cardSent, approve)]) {
      const result = stepAt(task, control("cancel", { by: "lisi" }));
      assert.deepEqual([result.task.state, result.reason], ["canceled", "canceled_before_start"]);
      assert.equal(stepAt(result.task, intend(result.task)).outcome, "refused");
    }
  });

  test("is refused once a start was intended, since that may have gone through", () => {
    const starting = walk(aMadeTask(), cardSent, approve, intend);
    assert.equal(stepAt(starting, control("cancel")).outcome, "refused");
    const back = walk(starting, (task) => ({
      ...{ kind: "start_answer", requestId: task.start?.requestId ?? "" },
      answer: { outcome: "not_sent", message: "down" },
    }));
    assert.equal(stepAt(back, control("cancel")).reason, "start_was_intended");
  });

  test("says that a pause has nothing to pause", () => {
    assert.equal(stepAt(walk(aMadeTask(), cardSent), control("pause")).reason, "not_in_this_state");
  });
});

describe("an execution that a person names", () => {
  const unknown = (): Task => {
    const looked = walk(aMadeTask(), cardSent, approve, intend, lost);
    return stepAt(looked, absent(), LATE_MS).task;
  };

  test("becomes the task's, bound to its id, with who said so in the history", () => {
    const task = unknown();
    const order = anOrder({ by: "lisi" });
    const result = stepAt(task, { kind: "adopt", order, evidence: evidenceFor(task) }, LATE_MS);
    assert.deepEqual([result.reason, result.task.state], ["start_adopted_by_person", "running"]);
    assert.equal(result.task.execution?.id, anExecution("running").id);
    assert.equal(result.task.history.at(-1)?.by, "lisi");
  });

  type Seen = Extract<Evidence, { outcome: "seen" }>;
  const NOT: [what: string, change: (seen: Seen) => Evidence, reason: RefusalReason][] = [
    ["that StackStorm does not have", () => ({ outcome: "absent" }), "no_such_execution"],
    [
      "while StackStorm cannot be read",
      () => ({ outcome: "unreachable", message: "m" }),
      "engine_unreachable",
    ],
    ["of another action", (seen) => ({ ...seen, action: "disk.wipe" }), "other_action"],
    ["with other parameters", (seen) => ({ ...seen, paramsHash: hashOf({ host: "vm-2" }) }), "other_params"],
    ["with parameters that are hidden", (seen) => ({ ...seen, paramsHash: null }), "hidden_params"],
    ["of another task", (seen) => ({ ...seen, requestId: "t_other-1" }), "other_task"],
    [
      "on a cluster that is not allowed",
      (seen) => ({ ...seen, execution: { ...seen.execution, cluster: "bj" } }),
      "other_cluster",
    ],
    [
      "from before the task",
      (seen) => ({ ...seen, execution: { ...seen.execution, startedAt: "2020-01-01T00:00:00Z" } }),
      "older_execution",
    ],
    [
      "whose time cannot be read",
      (seen) => ({ ...seen, execution: { ...seen.execution, startedAt: "?" } }),
      "older_execution",
    ],
  ];
  for (const [what, change, reason] of NOT) {
    test(`${what} is not taken`, () => {
      const task = unknown();
      const evidence = change(evidenceFor(task));
      const result = stepAt(task, { kind: "adopt", order: anOrder(), evidence }, LATE_MS);
      assert.deepEqual([result.outcome, result.reason, result.task.state], ["refused", reason, "unknown"]);
    });
  }

  test("is not taken on the word of somebody who may not decide, who is told so on a click", () => {
    const task = unknown();
    const order = anOrder({ by: "x", entitlement: { outcome: "not_entitled" }, card: { no: 1 } });
    const result = stepAt(task, { kind: "adopt", order, evidence: evidenceFor(task) }, LATE_MS);
    assert.equal(result.reason, "not_entitled");
    assert.deepEqual(result.effects[0], { kind: "reply", to: "x", about: "not_entitled" });
  });

  test("is shown as what it could be, as it was last seen", () => {
    const candidates = [{ id: "c1", cluster: "hz-core", status: "running" }];
    const look = (sighting: Extract<TaskInput, { kind: "look" }>["sighting"]): TaskInput => {
      return { kind: "look", sighting };
    };
    const seen = stepAt(unknown(), look({ outcome: "absent", candidates }), LATE_MS).task;
    assert.deepEqual(seen.candidates, candidates);
    const away = stepAt(seen, look({ outcome: "unreachable", message: "m" }), LATE_MS).task;
    assert.deepEqual(away.candidates, candidates);
  });
});

describe("further executions of one request", () => {
  test("are told when a start is found, once", () => {
    const task = walk(aMadeTask(), cardSent, approve, intend, lost);
    const execution = anExecution("running");
    const found = stepAt(task, { kind: "look", sighting: { outcome: "found", execution, doubles: ["e2"] } });
    assert.deepEqual(found.task.doubles, ["e2"]);
    assert.deepEqual(found.effects, [{ kind: "notice", to: [{ tag: "sre-oncall" }], about: "doubled" }]);
    const over = stepAt(found.task, {
      kind: "news",
      execution: anExecution("succeeded"),
      doubles: ["e2", "e3"],
    });
    assert.deepEqual(over.task.doubles, ["e2", "e3"]);
    const told = over.effects.filter((effect) => effect.kind === "notice");
    assert.equal(told.length, 1);
  });

  test("of StackStorm's own retry policy are attempts of one start, and the last is followed", () => {
    const result = stepAt(running(), retriedBy(SECOND));
    assert.deepEqual([result.reason, result.task.state], ["execution_retried", "running"]);
    assert.deepEqual(result.task.attempts, [anExecution("").id]);
    assert.equal(stepAt(result.task, ended("failed")()).reason, "older_news");
    const over = stepAt(result.task, { kind: "news", execution: { ...SECOND, status: "succeeded" } });
    assert.equal(over.task.state, "succeeded");
    const back = { kind: "retried" as const, execution: anExecution("running") };
    assert.equal(stepAt(result.task, back).reason, "older_news");
  });
});

describe("a retry", () => {
  const facts = { nowMs: LATE_MS, settings: DEFAULT_SETTINGS, depth: 0, causes: [], key: "k1" };

  test("asks for exactly the same under another id, and whoever ordered it may not approve it alone", () => {
    const over = walk(running(), ended("failed"));
    const { task, effects } = taskOfRetry(over, { ...facts, by: "zhangsan", n: 1 });
    assert.notEqual(task.id, over.id);
    assert.deepEqual(
      [task.retryOf, task.hash, task.state, task.decisions],
      [over.id, over.hash, "pending_approval", []],
    );
    assert.deepEqual(effects, [{ kind: "card", cardNo: 1 }]);
    assert.equal(stepAt(task, approve()).reason, "own_request");
    assert.equal(currentDigest({ rules: [aRule()], grants: [] }, task), task.ruleDigest);
  });

  const MAY: [task: () => Task, digest: (task: Task) => string | null, fault: RefusalReason | null][] = [
    [() => walk(running(), ended("failed")), (task) => task.ruleDigest, null],
    [() => walk(running(), ended("succeeded")), (task) => task.ruleDigest, null],
    [() => walk(running(), ended("failed")), () => "changed", "rule_changed"],
    [() => walk(running(), ended("failed")), () => null, "rule_changed"],
    [running, (task) => task.ruleDigest, "not_in_this_state"],
    [() => walk(aMadeTask(), cardSent, inputs.reject), (task) => task.ruleDigest, "not_in_this_state"],
  ];
  for (const [i, [make, digest, fault]] of MAY.entries()) {
    test(`of a task may be made or not: ${i + 1}, ${make().state}, ${fault ?? "made"}`, () => {
      const task = make();
      assert.equal(retryFault(task, digest(task)), fault);
    });
  }
});
