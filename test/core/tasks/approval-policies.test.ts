import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type PeopleApproval, REJECT_MODES } from "../../../core/approvals/index.ts";
import type { Task, TaskInput, TaskState } from "../../../core/tasks/index.ts";
import { START_MS } from "../../support/clock.ts";
import { aClick, aMadeTask, entitledFor, inputs, stepAt, walk } from "../../support/tasks.ts";
import { anApproval } from "../approvals/an-approval.ts";

const { cardSent, intend, lost } = inputs;
const MINUTE = 60_000;

/** A task whose card WeCom took at `START_MS` + 1 s. */
function asked(overrides: Partial<PeopleApproval> = {}, given: Parameters<typeof aMadeTask>[0] = {}): Task {
  return walk(aMadeTask({ ...given, rule: { approval: anApproval(overrides) } }), cardSent);
}

function click(kind: "approve" | "reject", by: string, ...groups: string[]): TaskInput {
  return { kind, click: aClick({ by, entitlement: entitledFor(...groups), code: `code-${by}` }) };
}

let messages = 0;

function reason(by: string, text: string, entitlement = entitledFor("dba")): TaskInput {
  return { kind: "reason", by, entitlement, text, key: `message-${++messages}` };
}

/** The task after some inputs at one instant, whatever they come to. */
function after(task: Task, ...given: TaskInput[]): Task {
  return given.reduce((current, input) => stepAt(current, input).task, task);
}

describe("an approval by several groups", () => {
  test("asks all of them with one card, and starts when each has its need", () => {
    const task = asked();
    assert.deepEqual(task.cards[0]?.to, [{ tag: "dba" }, { users: ["zhang", "li"] }]);
    const first = stepAt(task, click("approve", "a", "dba"));
    assert.deepEqual([first.task.state, first.reason], ["pending_approval", "approved_by_person"]);
    assert.equal(stepAt(first.task, click("approve", "b", "dba")).task.state, "pending_approval");
    const second = stepAt(first.task, click("approve", "zhang", "owner"));
    assert.deepEqual([second.task.state, second.reason], ["approved", "quorum_reached"]);
    assert.deepEqual(
      second.task.decisions.map(({ groups }) => groups),
      [["dba"], ["owner"]],
    );
  });

  test("is not reached by one person of both, whoever clicks first", () => {
    const both = click("approve", "zhang", "dba", "owner");
    assert.equal(after(asked(), both).state, "pending_approval");
    assert.equal(after(asked(), both, click("approve", "li", "owner")).state, "approved");
    assert.equal(after(asked(), both, click("approve", "a", "dba")).state, "approved");
  });

  test("counts somebody anew who may now stand for another group, and else not", () => {
    const once = after(asked(), click("approve", "a", "dba"));
    assert.equal(stepAt(once, click("approve", "a", "dba")).reason, "already_counted");
    const more = stepAt(once, click("approve", "a", "dba", "owner"));
    assert.equal(more.reason, "approved_by_person");
    assert.equal(after(more.task, click("approve", "b", "dba")).state, "approved");
  });

  test("stores nothing of a person who may decide for none", () => {
    const none: TaskInput = { kind: "approve", click: aClick({ entitlement: { outcome: "not_entitled" } }) };
    assert.deepEqual(after(asked(), none).decisions, []);
  });
});

describe("a rejection", () => {
  test("ends it at once with `any`, and is counted with `majority`", () => {
    const [any, majority] = REJECT_MODES.map((reject) =>
      stepAt(asked({ reject }), click("reject", "a", "dba")),
    );
    assert.deepEqual([any?.task.state, any?.reason], ["rejected", "rejected_by_person"]);
    assert.deepEqual([majority?.task.state, majority?.reason], ["pending_approval", "rejection_counted"]);
    assert.deepEqual(majority?.effects[0], { kind: "reply", to: "a", about: "rejection_counted" });
  });

  test("by majority ends it with the one that is too many, and the same person counts once", () => {
    const task = after(
      asked({ reject: "majority" }),
      click("reject", "a", "dba"),
      click("reject", "b", "dba"),
    );
    assert.equal(stepAt(task, click("reject", "b", "dba")).reason, "already_rejected");
    assert.equal(task.state, "pending_approval");
    assert.equal(after(task, click("reject", "c", "dba")).state, "rejected");
  });

  test("by majority is no obstacle for who approves afterwards", () => {
    const task = after(asked({ reject: "majority" }), click("reject", "a", "dba"));
    const approved = after(task, click("approve", "b", "dba"), click("approve", "li", "owner"));
    assert.equal(approved.state, "approved");
    assert.equal(stepAt(approved, intend(approved)).task.state, "starting");
  });
});

describe("a decision that needs a reason", () => {
  test("counts only when the reason comes, and its person is asked for it", () => {
    const task = asked({ reason: "reject" });
    const clicked = stepAt(task, click("reject", "a", "dba"));
    assert.deepEqual([clicked.task.state, clicked.reason], ["pending_approval", "reason_asked"]);
    assert.deepEqual(clicked.task.decisions, []);
    assert.deepEqual(clicked.effects, [{ kind: "reply", to: "a", about: "reason_asked" }]);
    const given = stepAt(clicked.task, reason("a", "主机\n正在迁移"));
    assert.equal(given.task.state, "rejected");
    assert.equal(given.task.decisions[0]?.reason, "主机 正在迁移");
    // The click's own code shows it; the one of the sending was not needed before.
    assert.deepEqual(given.effects[0], { kind: "update", cardNo: 1, code: "code-a" });
  });

  test("is not needed for what the policy does not name", () => {
    assert.equal(
      stepAt(asked({ reason: "reject" }), click("approve", "a", "dba")).reason,
      "approved_by_person",
    );
    assert.equal(stepAt(asked({ reason: "always" }), click("approve", "a", "dba")).reason, "reason_asked");
  });

  test("is the last that its person clicked", () => {
    const task = after(
      asked({ reason: "always" }),
      click("reject", "a", "dba"),
      click("approve", "a", "dba"),
    );
    assert.equal(task.awaitedReasons.length, 1);
    assert.equal(stepAt(task, reason("a", "看过了")).reason, "approved_by_person");
  });

  const waiting = after(asked({ reason: "always" }), click("approve", "a", "dba"));
  const refused: [string, TaskInput, string][] = [
    ["by somebody who clicked nothing", reason("b", "好"), "no_reason_awaited"],
    ["that is empty", reason("a", " \u200b\n"), "empty_reason"],
    ["by somebody who may no longer decide", reason("a", "好", { outcome: "not_entitled" }), "not_entitled"],
    ["by somebody who has left", reason("a", "好", { outcome: "inactive" }), "inactive_person"],
  ];
  for (const [what, input, why] of refused) {
    test(`refuses a reason ${what}`, () => {
      const result = stepAt(waiting, input);
      assert.deepEqual([result.outcome, result.reason, result.task], ["refused", why, waiting]);
    });
  }

  test("counts one message once, and as what its person may at that moment", () => {
    const message = reason("a", "好", entitledFor("owner"));
    const once = stepAt(waiting, message);
    assert.deepEqual(
      once.task.decisions.map(({ groups }) => groups),
      [["owner"]],
    );
    const again = stepAt(once.task, message);
    assert.deepEqual([again.outcome, again.task], ["refused", once.task]);
  });

  test("is too late after the end", () => {
    const expired = stepAt(waiting, { kind: "tick" }, waiting.deadlineAtMs ?? 0).task;
    assert.equal(expired.state, "expired");
    assert.equal(stepAt(expired, reason("a", "好")).reason, "already_expired");
  });

  test("is needed for another start too, which waits for it", () => {
    const groups = [{ name: "dba", from: { tag: "dba" }, need: 1 }];
    const approved = after(
      asked({ reason: "always", groups }),
      click("approve", "a", "dba"),
      reason("a", "清理"),
    );
    const starting = stepAt(
      stepAt(approved, intend(approved)).task,
      lost(stepAt(approved, intend(approved)).task),
    ).task;
    const unknown = stepAt(
      starting,
      { kind: "look", sighting: { outcome: "absent" } },
      START_MS + 10 * MINUTE,
    ).task;
    assert.equal(unknown.state, "unknown");
    const again: TaskInput = { kind: "again", click: aClick({ by: "b", entitlement: entitledFor("dba") }) };
    const ordered = stepAt(unknown, again);
    assert.deepEqual([ordered.task.state, ordered.task.startNo], ["pending_approval", 2]);
    assert.equal(stepAt(ordered.task, reason("a", "好")).reason, "no_reason_awaited");
    assert.equal(stepAt(ordered.task, reason("b", "已核实")).task.state, "approved");
  });
});

describe("nobody approves what they asked for", () => {
  const groups = [{ name: "dba", from: { tag: "dba" }, need: 1 }];
  const own = asked({ groups, reason: "always" }, { origin: { kind: "replay", replay: "r_1", by: "a" } });

  test("neither by a click nor by a reason", () => {
    assert.equal(stepAt(own, click("approve", "a", "dba")).reason, "own_request");
    const forged = { ...own, awaitedReasons: [{ verdict: "approve" as const, by: "a", round: 1, atMs: 0 }] };
    assert.equal(stepAt(forged, reason("a", "好")).reason, "own_request");
    assert.equal(after(own, click("approve", "b", "dba"), reason("b", "好")).state, "approved");
  });

  test("nor by ordering another start of it", () => {
    const task: Task = { ...own, state: "unknown" };
    const again = (by: string): TaskInput => {
      return { kind: "again", click: aClick({ by, entitlement: entitledFor("dba") }) };
    };
    assert.equal(stepAt(task, again("a")).reason, "own_request");
    assert.equal(stepAt(task, again("b")).reason, "start_again_by_person");
  });
});

describe("steps of escalation", () => {
  const escalate = [
    { afterMs: 10 * MINUTE, to: { tag: "leads" }, need: 1, timeoutMs: 20 * MINUTE },
    { afterMs: 30 * MINUTE, to: { users: ["boss"] }, need: 1, timeoutMs: 30 * MINUTE },
  ];
  const tick = (task: Task) => stepAt(task, { kind: "tick" }, task.dueAtMs ?? 0);
  const minutes = (task: Task) =>
    [task.dueAtMs, task.deadlineAtMs].map((ms) => ((ms ?? 0) - (task.askedAtMs ?? 0)) / MINUTE);

  test("ask each its people with a card of their own, at their times, and end when the last one's is over", () => {
    const task = asked({ escalate });
    assert.deepEqual(minutes(task), [10, 30]);
    const first = tick(task);
    assert.deepEqual([first.reason, first.effects], ["escalated", [{ kind: "card", cardNo: 2 }]]);
    assert.deepEqual(minutes(first.task), [30, 30]);
    const second = tick(first.task);
    assert.deepEqual(second.effects, [{ kind: "card", cardNo: 3 }]);
    assert.deepEqual(second.task.cards.map(({ to }) => to).slice(1), [
      [{ tag: "leads" }],
      [{ users: ["boss"] }],
    ]);
    assert.deepEqual(minutes(second.task), [60, 60]);
    const end = tick(second.task);
    assert.deepEqual([end.task.state, end.reason], ["expired", "nobody_answered"]);
  });

  test("come at the deadline where silence escalates, if not before", () => {
    const late = [{ ...escalate[0], afterMs: 50 * MINUTE }, escalate[1]].reverse() as typeof escalate;
    const task = asked({ escalate: late, onTimeout: "escalate", timeoutMs: 20 * MINUTE });
    assert.deepEqual(minutes(task), [20, 20]);
    const first = tick(task).task;
    assert.deepEqual(minutes(first), [50, 50]);
    const second = tick(first).task;
    assert.deepEqual(minutes(second), [70, 70]);
    assert.equal(tick(second).task.state, "expired");
  });

  test("let those decide whom they asked, and those before as well", () => {
    const task = tick(asked({ escalate })).task;
    assert.equal(after(task, click("approve", "boss", "escalate[0]")).state, "approved");
    const mixed = after(task, click("approve", "a", "dba"), click("approve", "li", "owner"));
    assert.equal(mixed.state, "approved");
    assert.equal(after(task, click("reject", "l1", "escalate[0]")).state, "rejected");
  });

  test("are all asked though time has passed for more than one, each for its whole time", () => {
    const task = asked({ escalate });
    const lateMs = (task.askedAtMs ?? 0) + 300 * MINUTE;
    const first = stepAt(task, { kind: "tick" }, lateMs).task;
    assert.equal(first.dueAtMs, lateMs);
    const second = stepAt(first, { kind: "tick" }, lateMs).task;
    assert.deepEqual([second.escalated, second.deadlineAtMs], [2, lateMs + 30 * MINUTE]);
  });

  test("never wait longer than a card can be changed", () => {
    const task = asked({ escalate });
    const lateMs = (task.askedAtMs ?? 0) + 69.9 * 60 * MINUTE;
    const { deadlineAtMs } = stepAt(task, { kind: "tick" }, lateMs).task;
    assert.equal(deadlineAtMs, (task.askedAtMs ?? 0) + 70 * 60 * MINUTE);
  });
});

test("a reason that comes when all is over is refused with how it is over, as a click is", () => {
  const over: [state: TaskState, told: string][] = [
    ["expired", "already_expired"],
    ["withdrawn", "already_recovered"],
    ["succeeded", "already_decided"],
  ];
  for (const [state, told] of over) {
    const result = stepAt({ ...aMadeTask(), state }, reason("zhangsan", "说明"));
    assert.deepEqual([result.outcome, result.reason], ["refused", told]);
  }
});
