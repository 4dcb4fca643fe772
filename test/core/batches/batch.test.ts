import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type Batch,
  batchKey,
  batchOf,
  batchOrder,
  isIntact,
  type WaitingCard,
} from "../../../core/batches/index.ts";
import { parseBatchCardId } from "../../../core/ids/index.ts";
import type { Task } from "../../../core/tasks/index.ts";
import { START_MS } from "../../support/clock.ts";
import { aClick, aMadeTask, entitledFor, inputs, stepAt, walk } from "../../support/tasks.ts";

const { cardSent, approve } = inputs;

/** The waiting card of one alert of a storm. */
function waiting(n: number, rule = {}): WaitingCard {
  const task = aMadeTask({
    rule,
    event: { id: `e_${n}`, subject: `vm-${n}` },
    rendered: { params: { host: `vm-${n}` }, targets: [`vm-${n}`] },
  });
  return { key: `${task.id}:card:1`, task, cardNo: 1 };
}

function keyOf(task: Task): string | null {
  const [card] = task.cards;
  return card ? batchKey(task, card) : null;
}

function batched(count: number): { batch: Batch; tasks: Task[] } {
  const [first = waiting(1), ...others] = Array.from({ length: count }, (_, i) => waiting(i + 1));
  const batch = batchOf([first, ...others], START_MS);
  const tasks = [first, ...others].map(({ task }) => {
    const joined = stepAt(task, { kind: "batched", cardNo: 1, batch: batch.id }).task;
    return walk(joined, cardSent);
  });
  return { batch, tasks };
}

describe("cards that wait together", () => {
  test("share one where they are of one rule, and ask the same people in the same way", () => {
    assert.equal(keyOf(waiting(1).task), keyOf(waiting(2).task));
    assert.notEqual(keyOf(waiting(1).task), null);
    assert.notEqual(keyOf(waiting(1).task), keyOf(waiting(2, { id: "other" }).task));
    assert.notEqual(keyOf(waiting(1).task), keyOf(waiting(2, { params: { force: true } }).task));
  });

  test("do not where one was asked for by a person, who may not approve it", () => {
    const replayed = aMadeTask({ origin: { kind: "replay", replay: "r", by: "lisi" } });
    assert.notEqual(keyOf(replayed), keyOf(waiting(1).task));
  });

  const alone: [string, Task][] = [
    ["a card that was sent", walk(waiting(1).task, cardSent)],
    ["a task that is decided", walk(waiting(1).task, approve)],
    [
      "a task with something to choose",
      {
        ...waiting(1).task,
        choices: [{ name: "a", title: "A", options: [{ id: "x", text: "X", value: 1 }] }],
      },
    ],
    ["one that is in a batch", stepAt(waiting(1).task, { kind: "batched", cardNo: 1, batch: "b" }).task],
  ];
  for (const [what, task] of alone)
    test(`never share one with ${what}`, () => assert.equal(keyOf(task), null));

  test("make one batch, whatever their order, whose card has an id of ours", () => {
    const cards = [1, 2, 3].map((n) => waiting(n));
    const [a, b, c] = cards as [WaitingCard, WaitingCard, WaitingCard];
    const [one, other] = [batchOf([a, b, c], START_MS), batchOf([c, a, b], START_MS)];
    assert.deepEqual([one.id, one.hash], [other.id, other.hash]);
    assert.deepEqual(parseBatchCardId(`${one.id}@1`), { batchId: one.id, cardNo: 1 });
    assert.equal(parseBatchCardId(`${a.task.id}@1`), null);
  });
});

describe("a batch's card", () => {
  const { batch } = batched(3);
  const order = (button: string, ticked: string[] = [], given = batch, cardNo = 1) => {
    return batchOrder(given, { cardNo, button, ticked });
  };

  test("approves all, rejects all, or asks which", () => {
    assert.deepEqual(order("all"), { outcome: "decides", verdict: "approve", members: batch.members });
    assert.deepEqual(order("none"), { outcome: "decides", verdict: "reject", members: batch.members });
    assert.deepEqual(order("choose"), { outcome: "chooses" });
    assert.deepEqual(order("approve"), { outcome: "refused", reason: "unknown_button" });
    assert.deepEqual(order("all", [], batch, 2), { outcome: "refused", reason: "other_card" });
  });

  test("decides nothing once a task in it is another than was shown", () => {
    const [first, ...others] = batch.members;
    const tampered = { ...batch, members: [{ ...first, hash: "0".repeat(64) } as never, ...others] };
    assert.equal(isIntact(tampered), false);
    assert.deepEqual(order("all", [], tampered), { outcome: "refused", reason: "other_content" });
  });

  test("with boxes approves what was ticked of its own, and nothing without a tick", () => {
    const ids = batch.members.map(({ id }) => id);
    const boxes = {
      no: 2,
      purpose: "choose" as const,
      for: "lisi",
      members: ids.slice(0, 2),
      recipients: [],
    };
    const asked = { ...batch, cards: [...batch.cards, { ...boxes, sentAtMs: null, codes: [] }] };
    const chosen = batchOrder(asked, {
      cardNo: 2,
      button: "chosen",
      ticked: [ids[1] ?? "", ids[2] ?? "", "t_x"],
    });
    assert.deepEqual(chosen, { outcome: "decides", verdict: "approve", members: [batch.members[1]] });
    const none = batchOrder(asked, { cardNo: 2, button: "chosen", ticked: ["t_x"] });
    assert.deepEqual(none, { outcome: "refused", reason: "choice_missing" });
    assert.equal(batchOrder(asked, { cardNo: 2, button: "all", ticked: ids }).outcome, "refused");
  });
});

describe("a task in a batch", () => {
  const { batch, tasks } = batched(2);
  const [task, other] = tasks as [Task, Task];
  const click = (overrides = {}) => aClick({ batch: { id: batch.id, hash: task.hash }, ...overrides });

  test("is decided by a click on the batch's card, without a word of its own", () => {
    const { task: decided, effects } = stepAt(task, { kind: "approve", click: click() });
    assert.deepEqual([decided.state, effects], ["approved", []]);
    assert.deepEqual(
      decided.decisions.map(({ hash }) => hash),
      [task.hash],
    );
  });

  test("is not by one for other content, of another batch, or by somebody who may not", () => {
    const refusals = [
      click({ batch: { id: batch.id, hash: other.hash } }),
      click({ batch: { id: "b_other", hash: task.hash } }),
      click({ entitlement: { outcome: "not_entitled" } }),
    ].map((one) => stepAt(task, { kind: "approve", click: one }));
    assert.deepEqual(
      refusals.map(({ outcome, reason, effects }) => [outcome, reason, effects]),
      [
        ["refused", "other_content", []],
        ["refused", "other_card", []],
        ["refused", "not_entitled", []],
      ],
    );
  });

  test("gets its time when WeCom takes the batch's card, and not before", () => {
    const joined = stepAt(waiting(1).task, { kind: "batched", cardNo: 1, batch: batch.id }).task;
    assert.equal(joined.deadlineAtMs, null);
    assert.notEqual(walk(joined, cardSent).deadlineAtMs, null);
  });

  test("joins one batch alone, and only before its card was sent", () => {
    const joined = stepAt(waiting(1).task, { kind: "batched", cardNo: 1, batch: batch.id }).task;
    assert.equal(stepAt(joined, { kind: "batched", cardNo: 1, batch: "b_other" }).outcome, "refused");
    assert.equal(stepAt(joined, { kind: "batched", cardNo: 1, batch: batch.id }).outcome, "moved");
    assert.equal(
      stepAt(walk(waiting(2).task, cardSent), { kind: "batched", cardNo: 1, batch: "b" }).outcome,
      "refused",
    );
    assert.equal(stepAt(waiting(3).task, { kind: "batched", cardNo: 9, batch: "b" }).outcome, "refused");
  });

  test("asks for its reason without a message for each", () => {
    const approval = {
      ...(task.approval as Extract<Task["approval"], { mode: "people" }>),
      reason: "always" as const,
    };
    const asked = stepAt(
      { ...task, approval },
      { kind: "approve", click: click({ entitlement: entitledFor() }) },
    );
    assert.deepEqual(
      [asked.reason, asked.effects, asked.task.awaitedReasons.length],
      ["reason_asked", [], 1],
    );
  });
});

test("a batch is intact as it was made, and no other members with other hashes are", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(), (count, at) => {
      const { batch } = batched(count);
      assert.ok(isIntact(batch));
      const members = batch.members.map((one, i) =>
        i === at % count ? { ...one, hash: `x${one.hash}` } : one,
      );
      assert.ok(!isIntact({ ...batch, members }));
    }),
    { numRuns: 20 },
  );
});
