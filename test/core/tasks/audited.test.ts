import assert from "node:assert/strict";
import { test } from "node:test";
import { ONLY_GROUP } from "../../../core/approvals/index.ts";
import { hashOf } from "../../../core/ids/index.ts";
import {
  DEFAULT_SETTINGS,
  madeFact,
  movedFact,
  step,
  type Task,
  type TaskInput,
} from "../../../core/tasks/index.ts";
import { START_MS } from "../../support/clock.ts";
import { aClick, aMadeTask, anExecution, anOrder, inputs } from "../../support/tasks.ts";

const NOW_MS = START_MS + 60_000;

function moved(task: Task, input: TaskInput) {
  const { task: after } = step(task, input, { nowMs: NOW_MS, settings: DEFAULT_SETTINGS });
  const stored = { ...after, revision: task.revision + 1 };
  return { stored, fact: movedFact(task, stored, NOW_MS) };
}

test("a making names event, rule, version and hash, and no parameter", () => {
  const task = aMadeTask();
  const fact = madeFact(task);
  assert.deepEqual([fact.what, fact.who, fact.object], ["task.make", "whale", task.id]);
  assert.partialDeepStrictEqual(fact.detail, {
    ...{ revision: 1, event: task.eventId, rule: task.ruleId, version: task.ruleVersion },
    ...{ digest: task.ruleDigest, hash: task.hash, action: task.action },
  });
  for (const value of Object.values(task.params).filter((one) => typeof one === "string" && one !== ""))
    assert.ok(!JSON.stringify(fact).includes(JSON.stringify(value)));
});

test("a making by a click on an offer is that person's", () => {
  const origin = { kind: "offer" as const, parentTask: "t_1", offer: "view", by: "lisi" };
  assert.equal(madeFact({ ...aMadeTask(), origin }).who, "user:lisi");
});

test("a click that completes the quorum is told as that person's decision on that hash", () => {
  const task = aMadeTask();
  const { fact, stored } = moved(task, inputs.approve());
  assert.equal(stored.state, "approved");
  assert.equal(fact?.what, "task.decide");
  assert.equal(fact?.who, `user:${stored.decisions[0]?.by}`);
  assert.partialDeepStrictEqual(fact?.detail, {
    ...{ verdict: "approve", on: task.hash, from: "pending_approval", to: "approved", revision: 2 },
  });
});

test("a decision in another's place is told with both people, its groups, and the reason's hash alone", () => {
  const task = aMadeTask();
  const absent = [{ person: "wangwu", groups: [ONLY_GROUP] }];
  const click = aClick({ by: "lisi", entitlement: { outcome: "entitled", groups: [] }, standsFor: absent });
  const { stored } = moved(task, { kind: "approve", click });
  const decisions = stored.decisions.map((one) => ({ ...one, reason: "今晚扩容" }));
  const fact = movedFact(task, { ...stored, decisions }, NOW_MS);
  assert.equal(fact?.who, "user:lisi");
  assert.partialDeepStrictEqual(fact?.detail, { onBehalfOf: "user:wangwu", groups: [ONLY_GROUP] });
  assert.equal(fact?.detail["reason"], hashOf("今晚扩容"));
  assert.doesNotMatch(JSON.stringify(fact), /今晚/);
});

test("an order to cancel is told as that person's when it is stored", () => {
  const task: Task = { ...aMadeTask(), state: "running", execution: anExecution("running") };
  const { fact } = moved(task, { kind: "control", order: anOrder({ by: "lisi" }), what: "cancel" });
  assert.deepEqual([fact?.what, fact?.who, fact?.detail["order"]], ["task.order", "user:lisi", "cancel"]);
});

test("what nobody accounts for is not told", () => {
  const task = aMadeTask();
  assert.equal(movedFact(task, { ...task, revision: 2, seenClicks: ["c"] }, NOW_MS), null);
});

test("a card that reached people is told with whom it reached", () => {
  const task = aMadeTask();
  const input = { kind: "card_sent", cardNo: 1, recipients: ["zhangsan"], unreachable: [] } as const;
  const { fact } = moved(task, { ...input, recipients: ["zhangsan"], unreachable: [] });
  assert.equal(fact?.what, "task.ask");
  assert.deepEqual(fact?.detail["cards"], [{ no: 1, purpose: "approval", recipients: ["zhangsan"] }]);
});

test("an end nobody asked for is the machine's, and carries the hash of the result alone", () => {
  const execution = { id: "ex1", cluster: "hz", status: "running" };
  const task: Task = { ...aMadeTask(), state: "running", execution };
  const news = { ...execution, status: "succeeded", result: { password: "hunter2" } };
  const { fact } = moved(task, { kind: "news", execution: news });
  assert.deepEqual([fact?.what, fact?.who], ["task.end", "whale"]);
  assert.partialDeepStrictEqual(fact?.detail, { from: "running", to: "succeeded", execution: "ex1" });
  assert.match(String(fact?.detail["result"]), /^[0-9a-f]{64}$/);
  assert.ok(!JSON.stringify(fact).includes("hunter2"));
});
