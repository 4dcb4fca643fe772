import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { approvals, hasQuorum, placeOf } from "../../../core/approvals/index.ts";
import { decidedBy } from "../../../core/cards/index.ts";
import { DEFAULT_SETTINGS, type Origin, step, type Task } from "../../../core/tasks/index.ts";
import { newCard } from "../../../core/tasks/on-approval.ts";
import { textsOf } from "../../../core/texts/index.ts";
import { START_MS } from "../../support/clock.ts";
import { aClick, aMadeTask, aRule } from "../../support/tasks.ts";

const CONTEXT = { nowMs: START_MS, settings: DEFAULT_SETTINGS };

function asked(need: number, origin: Origin = { kind: "rule" }): Task {
  const { approval } = aRule();
  if (approval.mode !== "people") throw new TypeError("asks people");
  return { ...aMadeTask({ rule: { approval: { ...approval, need } } }), origin };
}

function approve(task: Task, by: string, standsFor?: readonly string[]) {
  const click = aClick({ by, ...(standsFor ? { standsFor } : {}) });
  return step(task, { kind: "approve", click }, CONTEXT);
}

function replayBy(by: string): Origin {
  return { kind: "replay", replay: "r_1", by };
}

describe("an approval in another's place", () => {
  test("counts, and is kept with the name of who is absent", () => {
    const result = approve(asked(1), "li", ["zhang"]);
    assert.deepEqual([result.outcome, result.reason], ["moved", "quorum_reached"]);
    const [decision] = result.task.decisions;
    assert.deepEqual([decision?.by, decision?.onBehalfOf], ["li", "zhang"]);
    assert.equal(result.task.history.at(-1)?.onBehalfOf, "zhang");
  });

  test("is told with both names", () => {
    const { task } = approve(asked(1), "li", ["zhang"]);
    const viewing = { texts: textsOf("zh"), nameOf: (id: string) => id };
    assert.equal(decidedBy(task, viewing), "li（代 zhang） 已批准");
    assert.equal(decidedBy(task, { ...viewing, texts: textsOf("en") }), "approved by li (for zhang)");
  });

  test("of what the absent person asked for is that person's own request", () => {
    assert.equal(approve(asked(1, replayBy("zhang")), "li", ["zhang"]).reason, "own_request");
  });

  test("of what the delegate asked for is the delegate's own request", () => {
    assert.equal(approve(asked(1, replayBy("li")), "li", ["zhang"]).reason, "own_request");
  });

  test("stands for another who did not ask, where the delegate has several", () => {
    const result = approve(asked(1, replayBy("zhang")), "li", ["zhang", "wang"]);
    assert.equal(result.task.decisions[0]?.onBehalfOf, "wang");
  });

  test("and one of the absent person are one", () => {
    const first = approve(asked(2), "li", ["zhang"]).task;
    assert.equal(approve(first, "zhang").reason, "place_counted");
    const other = approve(asked(2), "zhang").task;
    assert.equal(approve(other, "li", ["zhang"]).reason, "place_counted");
  });

  test("is one, however many the delegate stands for", () => {
    const first = approve(asked(2), "li", ["zhang", "wang"]).task;
    assert.equal(approve(first, "li", ["zhang", "wang"]).reason, "already_counted");
  });

  test("is refused where none is absent that may decide", () => {
    assert.equal(approve(asked(1), "li", []).outcome, "refused");
  });
});

test("a no in another's place is a no, also to what the absent person asked for", () => {
  const click = aClick({ by: "li", standsFor: ["zhang"] });
  const result = step(asked(1, replayBy("zhang")), { kind: "reject", click }, CONTEXT);
  assert.equal(result.task.state, "rejected");
  assert.deepEqual(result.task.decisions.at(-1)?.onBehalfOf, "zhang");
});

/** A task of which nobody knows whether it started, with the card that asks about it. */
function unresolved(origin: Origin): Task {
  const task = asked(1, origin);
  return { ...task, state: "unknown", cards: [{ ...newCard(task, {}, "unknown"), no: 1 }] };
}

test("an order to start again is an approval too: not of one's own request, nor in the asker's place", () => {
  const again = (by: string, standsFor?: readonly string[]) => {
    const click = aClick({ by, ...(standsFor ? { standsFor } : {}) });
    return step(unresolved(replayBy("zhang")), { kind: "again", click }, CONTEXT);
  };
  assert.equal(again("zhang").reason, "own_request");
  assert.equal(again("li", ["zhang"]).reason, "own_request");
  const ordered = again("li", ["wang"]);
  assert.deepEqual([ordered.outcome, ordered.task.state], ["moved", "approved"]);
  const last = ordered.task.decisions.at(-1);
  assert.deepEqual([last?.by, last?.onBehalfOf, last?.round], ["li", "wang", ordered.task.round]);
});

const people = fc.constantFrom("a", "b", "c", "d");
const clicks = fc.array(
  fc.record({
    by: people,
    standsFor: fc.option(fc.uniqueArray(people, { minLength: 1 }), { nil: undefined }),
  }),
  { maxLength: 12 },
);

test("whoever clicks, nobody counts twice in any place, and who asked counts in none", () => {
  fc.assert(
    fc.property(clicks, people, fc.integer({ min: 1, max: 4 }), (given, asker, need) => {
      let task = asked(need, replayBy(asker));
      for (const { by, standsFor } of given) task = approve(task, by, standsFor).task;
      const places = approvals(task).flatMap(({ by, onBehalfOf }) =>
        onBehalfOf === undefined ? [by] : [onBehalfOf],
      );
      const clickers = approvals(task).map(({ by }) => by);
      assert.equal(new Set(places).size, places.length);
      assert.equal(new Set(clickers).size, clickers.length);
      assert.ok(!places.includes(asker) && !clickers.includes(asker));
      if (hasQuorum(task)) assert.ok(places.length >= need);
    }),
  );
});

test("asks the same of a task that a rule made, which nobody asked for", () => {
  assert.deepEqual(placeOf(asked(1), { by: "a" }), { outcome: "own" });
  assert.deepEqual(placeOf(asked(1), { by: "a", standsFor: ["b"] }), {
    outcome: "delegate",
    onBehalfOf: "b",
  });
});
