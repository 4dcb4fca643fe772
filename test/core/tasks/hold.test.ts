import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEFAULT_SETTINGS, type Task, type TaskInput, withOutbox } from "../../../core/tasks/index.ts";
import { START_MS } from "../../support/clock.ts";
import { aClick, aMadeTask, aStop, inputs, stepAt, walk } from "../../support/tasks.ts";

const { cardSent, approve } = inputs;
const HELD_MS = START_MS + 3000;
const hold = (): TaskInput => ({ kind: "hold", stop: aStop() });
const shown = (holdMs?: number): TaskInput => ({
  ...{ kind: "card_shown", cardNo: 1, code: "code-send" },
  ...(holdMs === undefined ? {} : { holdMs }),
});
const release = (): TaskInput => ({ kind: "release" });

function held(): Task {
  return walk(aMadeTask(), cardSent, approve, hold);
}

describe("a task that a stop holds", () => {
  test("tells so on its card, and by whom it is held since when", () => {
    const approved = walk(aMadeTask(), cardSent, approve);
    const result = stepAt(approved, hold(), HELD_MS);
    assert.deepEqual([result.task.state, result.reason], ["held", "held_by_stop"]);
    assert.deepEqual(result.task.hold, { stop: aStop(), sinceMs: HELD_MS });
    assert.deepEqual(result.effects, [{ kind: "show_hold", cardNo: 1 }]);
  });

  test("tells nothing more, however often it is found as it was", () => {
    const before = held();
    const again = stepAt(before, hold(), HELD_MS + 30_000);
    assert.deepEqual(again.effects, []);
    assert.deepEqual(again.task.history, before.history);
    assert.equal(again.task.dueAtMs, HELD_MS + 30_000 + DEFAULT_SETTINGS.heldRecheckMs);
  });

  test("tells it once more when another stop holds it", () => {
    const other = aStop({ scope: { of: "cluster", name: "hz-core" }, by: "user:lisi" });
    const result = stepAt(held(), { kind: "hold", stop: other }, HELD_MS + 30_000);
    assert.deepEqual(result.effects, [{ kind: "show_hold", cardNo: 1 }]);
    assert.equal(result.task.hold?.stop.by, "user:lisi");
  });

  test("leaves cards alone that nobody has, that a batch's stands for, or that are a group's", () => {
    const approved = walk(aMadeTask(), cardSent, approve);
    const [card] = approved.cards;
    assert.ok(card);
    for (const other of [{ sentAtMs: null }, { batch: "b_1" }, { group: "shop-alerts" }]) {
      const result = stepAt({ ...approved, cards: [{ ...card, ...other }] }, hold());
      assert.deepEqual(result.effects, []);
    }
  });

  test("is given up when its time to start is over, while it is still held", () => {
    const task = held();
    const untilMs = (task.approvedAtMs ?? 0) + task.startWithinMs;
    const before = stepAt(task, hold(), untilMs);
    assert.deepEqual([before.task.state, before.task.dueAtMs], ["held", untilMs + 1]);
    const after = stepAt(before.task, hold(), untilMs + 1);
    assert.deepEqual([after.task.state, after.reason], ["gave_up", "start_too_late"]);
    assert.ok(after.effects.some(({ kind }) => kind === "report"));
  });
});

describe("a task that no stop holds any more", () => {
  test("is followed by a new card where no click has left a code, so that the sending's closes the old one", () => {
    const told = walk(held(), () => shown(HELD_MS));
    const withCode = { ...told, cards: [cardOf(told, { codes: [aCode("code-2", "send")] })] };
    const going = stepAt(withCode, release(), HELD_MS + 60_000);
    assert.deepEqual([going.task.state, going.task.hold], ["approved", undefined]);
    assert.deepEqual(going.effects, [{ kind: "card", cardNo: 2 }]);
    const [old, fresh] = going.task.cards;
    assert.deepEqual([old?.isFollowed, old?.shownHoldMs, old?.codes.length], [true, undefined, 1]);
    assert.deepEqual([fresh?.purpose, fresh?.to], ["going_on", old?.to]);
  });

  test("and that card gives way to those that ask somebody something", () => {
    const told = walk(held(), () => shown(HELD_MS));
    const { task, effects } = stepAt(told, release());
    assert.deepEqual(
      withOutbox(task, effects, HELD_MS).outbox.map(({ lane }) => lane),
      [2],
    );
  });

  test("tells it on the same card where a click has left a code", () => {
    const told = walk(held(), () => shown(HELD_MS));
    const clicked = { ...told, cards: [cardOf(told, { codes: [aCode("code-9", "click")] })] };
    const going = stepAt(clicked, release());
    assert.deepEqual(going.effects, [{ kind: "update", cardNo: 1, code: "code-9" }]);
  });

  test("tells nothing where no card told that it was held", () => {
    assert.deepEqual(stepAt(held(), release()).effects, []);
  });

  test("one new card follows all of its cards, for all of their people", () => {
    const told = walk(held(), () => shown(HELD_MS));
    const second = cardOf(told, { no: 2, purpose: "escalation", to: [{ tag: "sre-leads" }], codes: [] });
    const both = { ...told, cards: [cardOf(told, { codes: [] }), second] };
    const { task, effects } = stepAt(both, release());
    assert.deepEqual(effects, [{ kind: "card", cardNo: 3 }]);
    assert.deepEqual(task.cards[2]?.to, [{ tag: "sre-oncall" }, { tag: "sre-leads" }]);
  });

  test("held once more, it tells so on the card that people saw last", () => {
    const sent = { ...cardSent(), cardNo: 2, code: "code-3" } as TaskInput;
    const again = walk(
      held(),
      () => shown(HELD_MS),
      release,
      () => sent,
      hold,
    );
    assert.deepEqual(stepAt(again, { kind: "hold", stop: aStop({ by: "user:lisi" }) }).effects, [
      { kind: "show_hold", cardNo: 2 },
    ]);
  });

  test("a card that was on its way meanwhile is followed as well", () => {
    const going = walk(held(), release);
    const late = stepAt(going, shown(HELD_MS));
    assert.deepEqual(late.effects, [{ kind: "card", cardNo: 2 }]);
    const sent = { ...cardSent(), holdMs: HELD_MS } as TaskInput;
    assert.deepEqual(stepAt(going, sent).effects, [{ kind: "card", cardNo: 2 }]);
  });

  test("a card that was on its way is followed by the card that follows the others, while that waits", () => {
    const told = walk(held(), () => shown(HELD_MS));
    const leads = [{ tag: "sre-oncall" }, { tag: "sre-leads" }];
    const second = cardOf(held(), {
      no: 2,
      purpose: "escalation",
      to: leads,
      codes: [],
    });
    const going = walk({ ...told, cards: [cardOf(told, { codes: [] }), second] }, release);
    const late = stepAt(going, { kind: "card_shown", cardNo: 2, code: "code-4", holdMs: HELD_MS });
    assert.deepEqual(late.effects, []);
    assert.deepEqual(
      late.task.cards.map(({ purpose, to, isFollowed = false }) => [purpose, to, isFollowed]),
      [
        ["approval", [{ tag: "sre-oncall" }], true],
        ["escalation", leads, true],
        ["going_on", leads, false],
      ],
    );
  });

  test("what has ended meanwhile is closed by its own update alone", () => {
    const over = walk(held(), () => ({ kind: "withdraw" }));
    assert.deepEqual(stepAt(over, shown(HELD_MS)).effects, []);
  });
});

describe("a card that was shown anew", () => {
  test("has used its code up, and tells of the hold that it shows", () => {
    const { task } = stepAt(held(), shown(HELD_MS));
    assert.deepEqual([task.cards[0]?.codes, task.cards[0]?.shownHoldMs], [[], HELD_MS]);
  });

  test("tells of none any more when it shows none", () => {
    const told = walk(held(), () => shown(HELD_MS));
    assert.equal(stepAt(told, shown()).task.cards[0]?.shownHoldMs, undefined);
  });

  test("must be one of the task's", () => {
    const result = stepAt(held(), { kind: "card_shown", cardNo: 7, code: "x" });
    assert.deepEqual([result.outcome, result.reason], ["refused", "other_card"]);
  });
});

test("a refreshed card of a held task costs the click's own code alone", () => {
  const told = walk(held(), () => shown(HELD_MS));
  const refresh: TaskInput = { kind: "refresh", click: aClick({ code: "code-7" }) };
  assert.deepEqual(stepAt(told, refresh).effects, [
    { kind: "update", cardNo: 1, code: "code-7", asked: true },
  ]);
});

function cardOf({ cards: [card] }: Task, overrides: Partial<Task["cards"][number]>): Task["cards"][number] {
  if (!card) throw new Error("the task has no card");
  return { ...card, ...overrides };
}

function aCode(code: string, from: "send" | "click") {
  return { code, from, atMs: START_MS };
}
