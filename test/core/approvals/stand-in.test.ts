import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { decidingAs, hasQuorum, ONLY_GROUP, votes } from "../../../core/approvals/index.ts";
import { decidedBy } from "../../../core/cards/index.ts";
import { newCard } from "../../../core/tasks/escalation.ts";
import { DEFAULT_SETTINGS, type Origin, step, type Task } from "../../../core/tasks/index.ts";
import { textsOf } from "../../../core/texts/index.ts";
import { START_MS } from "../../support/clock.ts";
import { aClick, aMadeTask, aRule, entitledFor } from "../../support/tasks.ts";

const CONTEXT = { nowMs: START_MS, settings: DEFAULT_SETTINGS };

function asked(need: number, origin: Origin = { kind: "rule" }): Task {
  const { approval } = aRule();
  if (approval.mode !== "people") throw new TypeError("asks people");
  const groups = approval.groups.map((group) => ({ ...group, need }));
  return { ...aMadeTask({ rule: { approval: { ...approval, groups } } }), origin };
}

/** Whose place somebody may take, as the click brings it: they may not decide as themselves. */
function places(standsFor?: readonly string[]) {
  if (!standsFor) return {};
  const absent = standsFor.map((person) => ({ person, groups: [ONLY_GROUP] }));
  return { entitlement: { outcome: "entitled" as const, groups: [] }, standsFor: absent };
}

function approve(task: Task, by: string, standsFor?: readonly string[]) {
  const click = aClick({ by, ...places(standsFor) });
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
  const click = aClick({ by: "li", ...places(["zhang"]) });
  const result = step(asked(1, replayBy("zhang")), { kind: "reject", click }, CONTEXT);
  assert.equal(result.task.state, "rejected");
  assert.deepEqual(result.task.decisions.at(-1)?.onBehalfOf, "zhang");
});

/** A task of which nobody knows whether it started, with the card that asks about it. */
function unresolved(origin: Origin): Task {
  const task = asked(1, origin);
  return { ...task, state: "unknown", cards: [{ ...newCard(task, [], "unknown"), no: 1 }] };
}

test("an order to start again is an approval too: not of one's own request, nor in the asker's place", () => {
  const again = (by: string, standsFor?: readonly string[]) => {
    const click = aClick({ by, ...places(standsFor) });
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
      const taken = votes(task).flatMap(({ by, onBehalfOf }) =>
        onBehalfOf === undefined ? [by] : [onBehalfOf],
      );
      const clickers = votes(task).map(({ by }) => by);
      assert.equal(new Set(taken).size, taken.length);
      assert.equal(new Set(clickers).size, clickers.length);
      assert.ok(!taken.includes(asker) && !clickers.includes(asker));
      if (hasQuorum(task)) assert.ok(taken.length >= need);
    }),
  );
});

test("of a task that a rule made nobody is the asker", () => {
  const own = { by: "a", entitlement: entitledFor() };
  const counted = { outcome: "counts", decider: { by: "a", groups: [ONLY_GROUP] } };
  assert.deepEqual(decidingAs(asked(1), own, "approve"), counted);
  assert.deepEqual(decidingAs(asked(1), { by: "a", ...entitledAs(["b"]) }, "approve"), {
    outcome: "counts",
    decider: { by: "a", onBehalfOf: "b", groups: [ONLY_GROUP] },
  });
});

function entitledAs(standsFor: readonly string[]) {
  return { entitlement: entitledFor(), ...places(standsFor) };
}

test("in a majority a no in another's place and that person's own are one, and a single no ends it otherwise", () => {
  const task = asked(2);
  if (task.approval.mode !== "people") throw new TypeError("asks people");
  const reject = (of: Task, by: string, standsFor?: readonly string[]) =>
    step(of, { kind: "reject", click: aClick({ by, ...places(standsFor) }) }, CONTEXT);
  const majority: Task = { ...task, approval: { ...task.approval, reject: "majority" } };
  const first = reject(majority, "zhang").task;
  assert.equal(reject(first, "li", ["zhang"]).reason, "place_counted");
  const approved = approve(task, "zhang").task;
  assert.equal(reject(approved, "li", ["zhang"]).task.state, "rejected");
});

/** A task that two groups must approve, each with one of its people. */
function ofTwoGroups(overrides: object = {}): Task {
  const task = asked(1);
  if (task.approval.mode !== "people") throw new TypeError("asks people");
  const groups = [
    { name: "dba", from: { users: ["zhang"] }, need: 1 },
    { name: "owner", from: { users: ["wang"] }, need: 1 },
  ];
  return { ...task, approval: { ...task.approval, groups, ...overrides } };
}

test("who stands in for several approves for the one of whose group somebody is missing", () => {
  const own = aClick({ by: "zhang", entitlement: entitledFor("dba") });
  const begun = step(ofTwoGroups(), { kind: "approve", click: own }, CONTEXT).task;
  const standsFor = [
    { person: "chen", groups: ["dba"] },
    { person: "wang", groups: ["owner"] },
  ];
  const click = aClick({ by: "li", entitlement: { outcome: "entitled", groups: [] }, standsFor });
  const result = step(begun, { kind: "approve", click }, CONTEXT);
  assert.deepEqual([result.reason, result.task.decisions.at(-1)?.onBehalfOf], ["quorum_reached", "wang"]);
});

test("in a majority a no in somebody's place ends what cannot come together without them", () => {
  const standsFor = [{ person: "zhang", groups: ["dba"] }];
  const click = aClick({ by: "li", entitlement: { outcome: "entitled", groups: [] }, standsFor });
  const result = step(ofTwoGroups({ reject: "majority" }), { kind: "reject", click }, CONTEXT);
  assert.equal(result.task.state, "rejected");
});
