import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { shortApproval } from "../../../core/approvals/index.ts";
import {
  DEFAULT_SETTINGS,
  isTerminal,
  renewedOrigin,
  TABLE,
  TASK_STATES,
  type Task,
  type TaskInput,
  type TaskState,
  TERMINAL_STATES,
} from "../../../core/tasks/index.ts";
import { START_MS } from "../../support/clock.ts";
import { everyInput } from "../../support/model/index.ts";
import {
  aClick,
  aMadeTask,
  anExecution,
  aStanding,
  aStop,
  entitledFor,
  inputs,
  stepAt,
  walk,
} from "../../support/tasks.ts";

const { cardSent, approve, reject, intend, started, lost, absent, found, ended } = inputs;
const ASKED = { from: { tag: "sre-oncall" }, need: 1, timeoutMs: 1_800_000, onTimeout: "reject" as const };
const ALWAYS = ["card_failed", "card_sent", "card_shown", "offer", "refresh"];
const EXECUTING = [...ALWAYS, "control", "control_answer", "gone", "news", "retried", "tick"];

/** What each state takes. Anything else must be refused; a change of this table is a change of the promises. */
const EXPECTED: Record<TaskState, string[]> = {
  held: [...ALWAYS, "control", "hold", "release", "start_answer", "withdraw"],
  pending_approval: [
    ...ALWAYS,
    ...[
      "approve",
      "batched",
      "card_waits",
      "control",
      "reason",
      "reject",
      "start_answer",
      "tick",
      "withdraw",
    ],
  ],
  approved: [...ALWAYS, "control", "hold", "intend", "start_answer", "withdraw"],
  starting: [...ALWAYS, "look", "start_answer"],
  unknown: [...ALWAYS, "adopt", "again", "give_up", "look", "start_answer"],
  running: EXECUTING,
  paused: EXECUTING,
  canceling: EXECUTING,
  succeeded: ALWAYS,
  failed: ALWAYS,
  timeout: ALWAYS,
  canceled: ALWAYS,
  abandoned: ALWAYS,
  rejected: ALWAYS,
  expired: ALWAYS,
  withdrawn: ALWAYS,
  refused: ALWAYS,
  gave_up: ALWAYS,
};

describe("the table of the state machine", () => {
  for (const state of TASK_STATES) {
    test(`${state} takes exactly what it should`, () => {
      assert.deepEqual(Object.keys(TABLE[state]).sort(), EXPECTED[state].sort());
    });
  }

  test("a card that waits for room keeps its task from expiring unasked", () => {
    const made = aMadeTask();
    const later = { ...made, dueAtMs: START_MS + 5 };
    const waits = stepAt(later, { kind: "card_waits" });
    assert.deepEqual([waits.outcome, waits.reason], ["moved", "card_waits"]);
    assert.ok((waits.task.dueAtMs ?? 0) >= (made.dueAtMs ?? 0));
    assert.equal(stepAt(walk(later, cardSent), { kind: "card_waits" }).outcome, "refused");
  });

  test("every state answers every input, by a move or by a refusal with a reason", () => {
    const task = walk(aMadeTask(), cardSent, approve, intend, started);
    for (const state of TASK_STATES) {
      for (const input of everyInput(task)) {
        const result = stepAt({ ...task, state, dueAtMs: isTerminal(state) ? null : START_MS }, input);
        assert.ok(result.reason.length > 0, `${state} × ${input.kind}`);
      }
    }
  });

  test("no terminal state is ever left, whatever comes", () => {
    const task = walk(aMadeTask(), cardSent, approve, intend, started);
    for (const state of TERMINAL_STATES) {
      for (const input of everyInput(task)) {
        const result = stepAt({ ...task, state, dueAtMs: null }, input);
        assert.equal(result.task.state, state, `${state} × ${input.kind}`);
        assert.equal(result.task.dueAtMs, null);
      }
    }
  });

  test("a rejected task cannot be started", () => {
    const rejected = walk(aMadeTask(), cardSent, reject);
    const result = stepAt(rejected, intend(rejected));
    assert.equal(result.outcome, "refused");
    assert.equal(result.reason, "not_in_this_state");
    assert.equal(result.task, rejected);
  });
});

describe("the recovery of the alert", () => {
  const withdraw = (): TaskInput => ({ kind: "withdraw" });

  test("takes back a question, closes its card, tells people once and journals the end", () => {
    const result = stepAt(walk(aMadeTask(), cardSent), withdraw());
    assert.deepEqual([result.task.state, result.reason], ["withdrawn", "recovered"]);
    assert.deepEqual(result.effects, [
      { kind: "update", cardNo: 1, code: "code-send" },
      { kind: "report" },
      { kind: "ended" },
    ]);
    assert.equal(stepAt(result.task, withdraw()).outcome, "refused");
  });

  test("takes back what is held or approved as long as no start was intended", () => {
    const approved = walk(aMadeTask(), cardSent, approve);
    const held = walk(approved, () => ({ kind: "hold", stop: aStop() }));
    for (const task of [approved, held]) assert.equal(stepAt(task, withdraw()).task.state, "withdrawn");
  });

  test("leaves a task alone whose start was ever intended, whatever became of it", () => {
    const notSent = (task: Task): TaskInput => ({
      kind: "start_answer",
      requestId: task.start?.requestId ?? "",
      answer: { outcome: "not_sent", message: "down" },
    });
    const approved = walk(aMadeTask(), cardSent, approve, intend, notSent);
    assert.equal(approved.state, "approved");
    for (const state of ["approved", "held", "pending_approval"] as const) {
      const result = stepAt({ ...approved, state }, withdraw());
      assert.deepEqual([result.outcome, result.reason], ["refused", "start_was_intended"]);
    }
    const starting = walk(aMadeTask(), cardSent, approve, intend);
    assert.equal(stepAt(starting, withdraw()).reason, "not_in_this_state");
  });

  test("is what a late click is told of, and nothing starts any more", () => {
    const withdrawn = walk(aMadeTask(), cardSent, withdraw);
    for (const click of [approve(), reject()]) {
      const result = stepAt(withdrawn, click);
      assert.deepEqual([result.task.state, result.reason], ["withdrawn", "already_recovered"]);
      assert.equal(result.effects[0]?.kind, "reply");
    }
    assert.equal(stepAt(withdrawn, intend(withdrawn)).outcome, "refused");
  });

  test("closes a card whose sending becomes known only afterwards", () => {
    const withdrawn = walk(aMadeTask(), withdraw);
    assert.deepEqual(stepAt(withdrawn, cardSent()).effects, [
      { kind: "update", cardNo: 1, code: "code-send" },
    ]);
  });
});

describe("an approval whose time is over", () => {
  const asked = walk(aMadeTask(), cardSent);
  const lateMs = (asked.deadlineAtMs ?? 0) + 1;

  test("is not given any more, although its end is yet to be stored, and who clicked is told", () => {
    for (const click of [approve(), reject()]) {
      const result = stepAt(asked, click, lateMs);
      assert.deepEqual([result.task.state, result.reason], ["pending_approval", "already_expired"]);
      assert.equal(result.effects[0]?.kind, "reply");
      assert.equal(stepAt(asked, click, lateMs - 1).outcome, "moved");
    }
  });

  test("is not given by the reason that it waited for", () => {
    const approval = { ...shortApproval(ASKED), reason: "always" as const };
    const waits = walk(aMadeTask({ rule: { approval } }), cardSent, approve);
    const by = waits.awaitedReasons[0]?.by ?? "nobody";
    const answer: TaskInput = {
      ...{ kind: "reason", by, entitlement: entitledFor("default"), key: "k", text: "why" },
    };
    assert.equal(stepAt(waits, answer, lateMs).reason, "already_expired");
    assert.equal(stepAt(waits, answer, lateMs - 1).outcome, "moved");
  });

  test("goes on while somebody else is still to be asked", () => {
    const escalate = [{ afterMs: 60_000, to: { tag: "leads" }, need: 1, timeoutMs: 60_000 }];
    const approval = { ...shortApproval({ ...ASKED, onTimeout: "escalate" }), escalate };
    const task = walk(aMadeTask({ rule: { approval } }), cardSent);
    assert.equal(stepAt(task, approve(), lateMs).reason, "quorum_reached");
  });
});

describe("from the alert to the result", () => {
  test("asks with one card, and the approval's time begins when WeCom has taken it", () => {
    const task = aMadeTask();
    assert.equal(task.state, "pending_approval");
    assert.equal(task.deadlineAtMs, null);
    const asked = stepAt(task, cardSent(), START_MS + 60_000).task;
    assert.equal(asked.deadlineAtMs, START_MS + 60_000 + 1_800_000);
    assert.equal(asked.dueAtMs, asked.deadlineAtMs);
  });

  test("goes by approval, intent, start and end to succeeded, reporting and journaling the end", () => {
    const running = walk(aMadeTask(), cardSent, approve, intend, started);
    assert.equal(running.state, "running");
    const result = stepAt(running, ended("succeeded")());
    assert.equal(result.task.state, "succeeded");
    assert.deepEqual(
      result.effects.map((e) => e.kind),
      ["update", "report", "ended"],
    );
  });

  test("keeps the code of the sending for the end, and spends the click's on the decision", () => {
    const asked = walk(aMadeTask(), cardSent);
    const decided = stepAt(asked, approve());
    assert.deepEqual(decided.effects, [{ kind: "update", cardNo: 1, code: "code-click" }]);
    const result = stepAt(walk(decided.task, intend, started), ended("failed")());
    assert.deepEqual(result.effects[0], { kind: "update", cardNo: 1, code: "code-send" });
  });

  test("刷新 spends its own click's code and moves nothing", () => {
    const running = walk(aMadeTask(), cardSent, approve, intend, started);
    const result = stepAt(running, { kind: "refresh", click: aClick({ code: "code-refresh" }) });
    assert.equal(result.task.state, "running");
    assert.deepEqual(result.effects, [{ kind: "update", cardNo: 1, code: "code-refresh", asked: true }]);
  });

  test("closes a card whose code comes after the task is over", () => {
    const rejected = walk(aMadeTask(), reject);
    const result = stepAt(rejected, cardSent());
    assert.deepEqual(result.effects, [{ kind: "update", cardNo: 1, code: "code-send" }]);
  });
});

describe("approvals", () => {
  const need = (n: number) =>
    aMadeTask({
      rule: {
        approval: shortApproval({ from: { tag: "a" }, need: n, timeoutMs: 60_000, onTimeout: "reject" }),
      },
    });

  test("wait for the second person when two are needed, and tell the first", () => {
    const first = stepAt(need(2), approve());
    assert.equal(first.task.state, "pending_approval");
    assert.deepEqual(first.effects[0], { kind: "reply", to: "zhangsan", about: "approval_counted" });
    const second = stepAt(first.task, { kind: "approve", click: aClick({ by: "lisi" }) });
    assert.equal(second.task.state, "approved");
  });

  test("count one person once", () => {
    const first = stepAt(need(2), approve()).task;
    const again = stepAt(first, approve());
    assert.equal(again.outcome, "refused");
    assert.equal(again.reason, "already_counted");
    assert.equal(again.task.state, "pending_approval");
  });

  test("count one callback once, without a word to anybody", () => {
    const click = aClick({ code: "c" });
    const first = stepAt(need(2), { kind: "approve", click }).task;
    const again = stepAt(first, { kind: "approve", click });
    assert.equal(again.reason, "already_counted");
    assert.equal(again.task, first);
    assert.deepEqual(again.effects, []);
  });

  for (const [entitlement, reason] of [
    ["not_entitled", "not_entitled"],
    ["inactive", "inactive_person"],
    ["unknown_person", "unknown_person"],
  ] as const) {
    test(`refuse somebody ${entitlement}, and say so`, () => {
      const result = stepAt(need(1), {
        kind: "approve",
        click: aClick({ entitlement: { outcome: entitlement } }),
      });
      assert.equal(result.outcome, "refused");
      assert.equal(result.reason, reason);
      assert.equal(result.task.state, "pending_approval");
      assert.deepEqual(result.effects, [{ kind: "reply", to: "zhangsan", about: reason }]);
    });
  }

  test("refuse a click on a card that the task never had", () => {
    const result = stepAt(need(1), { kind: "approve", click: aClick({ cardNo: 7 }) });
    assert.equal(result.reason, "other_card");
  });

  test("refuse the person who asked for it", () => {
    const task: Task = { ...need(1), origin: { kind: "offer", parentTask: "t", offer: "x", by: "zhangsan" } };
    const result = stepAt(task, approve());
    assert.equal(result.reason, "own_request");
    assert.equal(result.task.state, "pending_approval");
  });

  test("refuse the person who asked for the replay that made it", () => {
    const origin = { kind: "replay" as const, replay: "r_1", by: "zhangsan" };
    const result = stepAt(aMadeTask({ origin }), approve());
    assert.equal(result.reason, "own_request");
    const other = stepAt(aMadeTask({ origin: { ...origin, by: null } }), approve());
    assert.equal(other.task.state, "approved");
  });

  test("are over with one rejection, also after one of two approvals", () => {
    const first = stepAt(need(2), approve()).task;
    const result = stepAt(first, { kind: "reject", click: aClick({ by: "lisi" }) });
    assert.equal(result.task.state, "rejected");
  });

  test("explain a late click and leave the decision as it is", () => {
    const rejected = walk(need(1), cardSent, reject);
    const late = stepAt(rejected, { kind: "approve", click: aClick({ by: "lisi", code: "late" }) });
    assert.equal(late.reason, "already_decided");
    assert.equal(late.task.state, "rejected");
    assert.deepEqual(
      late.effects.map((e) => e.kind),
      ["reply", "update"],
    );
  });

  test("expire to no when nobody answers", () => {
    const asked = walk(need(1), cardSent);
    const early = stepAt(asked, { kind: "tick" }, (asked.deadlineAtMs ?? 0) - 1);
    assert.equal(early.reason, "not_due");
    const late = stepAt(asked, { kind: "tick" }, asked.deadlineAtMs ?? 0);
    assert.equal(late.task.state, "expired");
    assert.equal(late.reason, "nobody_answered");
  });

  test("expire as never asked when WeCom never took the card", () => {
    const task = need(1);
    const result = stepAt(task, { kind: "tick" }, task.dueAtMs ?? 0);
    assert.equal(result.task.state, "expired");
    assert.equal(result.reason, "never_asked");
  });

  test("refuse a click after the expiry", () => {
    const asked = walk(need(1), cardSent);
    const expired = stepAt(asked, { kind: "tick" }, asked.deadlineAtMs ?? 0).task;
    const late = stepAt(expired, approve(), (asked.deadlineAtMs ?? 0) + 1);
    assert.deepEqual([late.outcome, late.reason], ["refused", "already_expired"]);
    assert.equal(late.task.state, "expired");
  });
});

describe("escalation", () => {
  const escalating = aMadeTask({
    rule: {
      approval: shortApproval({
        from: { tag: "oncall" },
        need: 1,
        timeoutMs: 1_800_000,
        onTimeout: "reject",
        escalate: { to: { tag: "leads" }, afterMs: 600_000 },
      }),
    },
  });

  test("asks others with a card of their own, once, and expires at the same deadline", () => {
    const asked = walk(escalating, cardSent);
    assert.equal(asked.dueAtMs, START_MS + 1000 + 600_000);
    const result = stepAt(asked, { kind: "tick" }, asked.dueAtMs ?? 0);
    assert.equal(result.reason, "escalated");
    assert.deepEqual(result.effects, [{ kind: "card", cardNo: 2 }]);
    assert.deepEqual(result.task.cards[1]?.to, [{ tag: "leads" }]);
    assert.equal(result.task.deadlineAtMs, asked.deadlineAtMs);
    const end = stepAt(result.task, { kind: "tick" }, result.task.dueAtMs ?? 0);
    assert.equal(end.task.state, "expired");
  });
});

describe("starting", () => {
  const approved = walk(aMadeTask(), cardSent, approve);

  test("stores an intent with the request id and the chosen cluster before anything is sent", () => {
    const task = walk(approved, intend);
    assert.equal(task.state, "starting");
    assert.equal(task.start?.requestId, `${task.id}-1`);
    assert.equal(task.start?.cluster, "hz-core");
  });

  const void_: [string, (task: Task) => Partial<Task>][] = [
    ["a parameter differs", () => ({ params: { host: "vm-2" } })],
    ["the action differs", () => ({ action: "disk.wipe" })],
    ["a target is added", (task) => ({ targets: [...task.targets, "vm-2"] })],
    ["the business differs", () => ({ business: "pay" })],
    ["a cluster is added", (task) => ({ clusters: [...task.clusters, "sh-core"] })],
  ];
  for (const [what, change] of void_) {
    test(`is refused when ${what} from what was approved`, () => {
      const changed = { ...approved, ...change(approved) };
      const result = stepAt(changed, { kind: "intend", sender: "w", standing: aStanding(changed) });
      assert.equal(result.task.state, "refused");
      assert.equal(result.reason, "binding_void");
      assert.deepEqual(result.effects.at(-1), { kind: "ask_again" });
    });
  }

  test("asks nobody again when a person had asked for it, who may do so again, or when nothing has changed", () => {
    const origins: Task["origin"][] = [
      { kind: "offer", parentTask: "t", offer: "view", by: "lisi" },
      { kind: "retry", of: "t", by: "lisi", key: "k" },
    ];
    const results = [
      ...origins.map((origin) => ({ ...approved, origin, params: { host: "vm-2" } })),
      { ...approved, decisions: [] },
    ].map((task) => stepAt(task, { kind: "intend", sender: "w", standing: aStanding(task) }));
    assert.deepEqual(
      results.map(({ task, reason }) => [task.state, reason]),
      [
        ["refused", "binding_void"],
        ["refused", "binding_void"],
        ["refused", "no_quorum"],
      ],
    );
    for (const { effects } of results)
      assert.equal(
        effects.some(({ kind }) => kind === "ask_again"),
        false,
      );
  });

  test("is asked for anew by whoever asked for the replay before, who may still not approve it alone", () => {
    const origin = { kind: "replay" as const, replay: "r_1", by: "lisi" };
    const again = renewedOrigin({ id: "t_1", origin });
    assert.deepEqual(again, { kind: "renewed", of: "t_1", by: "lisi" });
    const task = aMadeTask({ origin: again ?? origin });
    assert.equal(
      stepAt(walk(task, cardSent), { kind: "approve", click: aClick({ by: "lisi" }) }).reason,
      "own_request",
    );
  });

  test("is refused when the rule has changed or is gone", () => {
    for (const digest of ["2".repeat(64), null]) {
      const result = stepAt(approved, {
        kind: "intend",
        sender: "w",
        standing: { ...aStanding(approved), digest },
      });
      assert.equal(result.reason, "binding_void");
    }
  });

  test("is refused without a quorum on exactly this content", () => {
    const forged = {
      ...approved,
      decisions: approved.decisions.map((d) => ({ ...d, hash: "0".repeat(64) })),
    };
    const result = stepAt(forged, intend(forged));
    assert.equal(result.reason, "no_quorum");
    assert.equal(result.task.state, "refused");
  });

  test("is refused on a cluster outside the allowed set, and when none is left", () => {
    const standing = aStanding(approved);
    const other = {
      outcome: "chosen" as const,
      cluster: "elsewhere",
      reason: "highest_priority" as const,
      passed: [],
    };
    assert.equal(
      stepAt(approved, { kind: "intend", sender: "w", standing: { ...standing, choice: other } }).reason,
      "binding_void",
    );
    const none = { outcome: "none" as const, reason: "no_allowed_cluster" as const, passed: [] };
    const result = stepAt(approved, { kind: "intend", sender: "w", standing: { ...standing, choice: none } });
    assert.equal(result.reason, "no_allowed_cluster");
  });

  test("is given up when too long has passed since the approval", () => {
    const result = stepAt(
      approved,
      intend(approved),
      (approved.approvedAtMs ?? 0) + approved.startWithinMs + 1,
    );
    assert.equal(result.task.state, "gave_up");
    assert.equal(result.reason, "start_too_late");
  });

  test("is tried again with the same request id when it is proved that nothing was sent", () => {
    const starting = walk(approved, intend);
    const answer = { outcome: "not_sent" as const, message: "refused" };
    const result = stepAt(starting, {
      kind: "start_answer",
      requestId: starting.start?.requestId ?? "",
      answer,
    });
    assert.equal(result.task.state, "approved");
    assert.ok((result.task.dueAtMs ?? 0) > START_MS);
    const again = walk(result.task, intend);
    assert.equal(again.start?.requestId, starting.start?.requestId);
  });

  test("ends as refused with StackStorm's own words", () => {
    const starting = walk(approved, intend);
    const answer = { outcome: "refused" as const, message: 'Action "x" cannot be found.' };
    const result = stepAt(starting, {
      kind: "start_answer",
      requestId: starting.start?.requestId ?? "",
      answer,
    });
    assert.equal(result.task.state, "refused");
    assert.equal(result.task.message, 'Action "x" cannot be found.');
  });

  test("is only looked for after a lost answer, and adopted when found", () => {
    const waiting = walk(approved, intend, lost);
    assert.equal(waiting.state, "starting");
    const looked = stepAt(waiting, absent());
    assert.equal(looked.task.state, "starting");
    const adopted = stepAt(looked.task, found());
    assert.equal(adopted.task.state, "running");
    assert.equal(adopted.reason, "start_adopted");
  });

  test("becomes unknown with a card to a human when the window has passed without a trace", () => {
    const waiting = walk(approved, intend, lost);
    const at = waiting.start?.unknownAtMs ?? 0;
    const result = stepAt(waiting, absent(), at);
    assert.equal(result.task.state, "unknown");
    assert.deepEqual(result.effects.at(-1), { kind: "card", cardNo: 2 });
    assert.equal(result.task.cards[1]?.purpose, "unknown");
  });

  test("ignores an answer to another start", () => {
    const starting = walk(approved, intend);
    const answer = { outcome: "started" as const, execution: anExecution("running") };
    const result = stepAt(starting, { kind: "start_answer", requestId: "t_other-1", answer });
    assert.equal(result.outcome, "refused");
    assert.equal(result.task, starting);
  });
});

describe("an unknown start", () => {
  const waiting = walk(aMadeTask(), cardSent, approve, intend, lost);
  const unknown = stepAt(waiting, absent(), waiting.start?.unknownAtMs ?? 0).task;
  const click = (kind: "again" | "give_up"): TaskInput => ({ kind, click: aClick({ cardNo: 2 }) });

  test("is adopted when it shows up late", () => {
    assert.equal(stepAt(unknown, found()).task.state, "running");
  });

  test("is settled by an answer that comes late", () => {
    assert.equal(stepAt(unknown, started(unknown)).task.state, "running");
    assert.equal(stepAt(unknown, lost(unknown)).reason, "older_news");
  });

  test("is started anew only by a person, under a new number, in a new round", () => {
    const result = stepAt(unknown, click("again"));
    assert.equal(result.task.state, "approved");
    const anew = walk(result.task, intend);
    assert.equal(anew.start?.requestId, `${anew.id}-2`);
  });

  test("needs as many people for a new start as for the first", () => {
    const approval = shortApproval({
      from: { tag: "a" },
      need: 2,
      timeoutMs: 60_000,
      onTimeout: "reject",
    });
    const result = stepAt(
      { ...unknown, approval },
      {
        kind: "again",
        click: aClick({ cardNo: 2, by: "lisi" }),
      },
    );
    assert.equal(result.task.state, "pending_approval");
  });

  test("is given up by a person, or after a day", () => {
    assert.equal(stepAt(unknown, click("give_up")).task.state, "gave_up");
    const late = (unknown.start?.intentAtMs ?? 0) + DEFAULT_SETTINGS.unknownGiveUpMs + 1;
    assert.equal(stepAt(unknown, absent(), late).reason, "given_up_unresolved");
  });

  test("is not decided about by somebody who may not", () => {
    const result = stepAt(unknown, {
      kind: "again",
      click: aClick({ cardNo: 2, entitlement: { outcome: "not_entitled" } }),
    });
    assert.equal(result.task.state, "unknown");
    assert.equal(result.reason, "not_entitled");
  });
});

describe("an unknown start of which another is asked for", () => {
  const approval = shortApproval({
    ...{ from: { tag: "sre-oncall" }, need: 2, timeoutMs: 1_800_000, onTimeout: "reject" },
  });
  const says = (kind: "approve" | "reject" | "again", by: string, cardNo = 2): TaskInput => ({
    ...{ kind, click: aClick({ by, cardNo }) },
  });
  const begun = walk(
    aMadeTask({ rule: { approval } }),
    cardSent,
    ...[() => says("approve", "lisi", 1), () => says("approve", "wangwu", 1), intend, lost],
  );
  const atMs = begun.start?.unknownAtMs ?? 0;
  const unknown = stepAt(begun, absent(), atMs).task;
  const asked = stepAt(unknown, says("again", "lisi"), atMs).task;
  const approved = stepAt(asked, says("approve", "wangwu"), atMs).task;
  const later: [name: string, task: Task, input: TaskInput, afterMs: number, reason: string][] = [
    ["when nobody else approves", asked, { kind: "tick" }, 1_800_001, "nobody_answered"],
    ["when it is rejected", asked, says("reject", "wangwu"), 0, "rejected_by_person"],
    [
      "when its rule has changed",
      approved,
      { kind: "intend", standing: { ...aStanding(approved), digest: "other" }, sender: "w2" },
      ...([0, "binding_void"] as const),
    ],
    [
      "when it comes too late",
      approved,
      { kind: "hold", stop: aStop() },
      ...([approved.startWithinMs + 1, "start_too_late"] as const),
    ],
  ];

  for (const [name, task, input, afterMs, reason] of later) {
    test(`is asked about again ${name}, and looked for`, () => {
      const result = stepAt(task, input, atMs + afterMs);
      assert.deepEqual([result.outcome, result.task.state, result.reason], ["moved", "unknown", reason]);
      assert.equal(result.task.dueAtMs, atMs + afterMs);
      assert.equal(result.task.start?.requestId, unknown.start?.requestId);
      assert.equal(result.task.cards.at(-1)?.purpose, "unknown");
      const sent = result.effects.map(({ kind }) => kind);
      assert.ok(sent.includes("card"), sent.join());
      for (const over of ["ended", "report", "ask_again"] as const) assert.ok(!sent.includes(over), over);
      assert.equal(stepAt(result.task, found(), atMs + afterMs).task.state, "running");
    });
  }

  for (const [name, task] of [
    ["people decide about the other", asked],
    ["the other is approved", approved],
    ["the other is held", stepAt(approved, { kind: "hold", stop: aStop() }, atMs).task],
  ] as const) {
    test(`is followed when its answer comes while ${name}`, () => {
      const result = stepAt(task, started(unknown), atMs);
      assert.deepEqual([result.task.state, result.reason], ["running", "started"]);
      assert.equal(stepAt(task, lost(unknown), atMs).reason, "older_news");
    });
  }

  test("is not taken for started by the answer to what was proved not to have gone out", () => {
    const start = unknown.start && { ...unknown.start, notSent: true as const };
    assert.equal(stepAt({ ...approved, start }, started(unknown), atMs).reason, "older_news");
  });
});

describe("a running execution", () => {
  const running = walk(aMadeTask(), cardSent, approve, intend, started);

  for (const status of ["succeeded", "failed", "timeout", "canceled", "abandoned"] as const) {
    test(`that is ${status} ends the task so`, () => {
      assert.equal(stepAt(running, ended(status)()).task.state, status);
    });
  }

  test("goes to paused and canceling and back as the engine says, and unknown words are not an end", () => {
    assert.equal(stepAt(running, ended("paused")()).task.state, "paused");
    assert.equal(stepAt(running, ended("canceling")()).task.state, "canceling");
    assert.equal(stepAt(running, ended("some-future-word")()).task.state, "running");
  });

  test("of another start is not listened to", () => {
    const other = { ...anExecution("failed"), id: "other" };
    assert.equal(stepAt(running, { kind: "news", execution: other }).reason, "older_news");
  });

  const PATIENCE: [status: string, minutes: number][] = [
    ["requested", 5],
    ["scheduled", 5],
    ["delayed", 30],
    ["canceling", 10],
    ["pausing", 10],
    ["resuming", 10],
    ["paused", 60],
    ["running", 60],
    ["a word of tomorrow", 60],
    ["constructor", 60],
  ];
  for (const [status, minutes] of PATIENCE) {
    test(`that stays ${status} is told of after ${minutes} minutes, once`, () => {
      const before = { ...running, execution: { ...anExecution("starting-up") } };
      const atMs = START_MS + 1000;
      const moved = stepAt(before, { kind: "news", execution: anExecution(status) }, atMs).task;
      assert.equal(moved.dueAtMs, atMs + minutes * 60_000);
      const told = stepAt(moved, { kind: "tick" }, moved.dueAtMs ?? 0);
      assert.equal(told.reason, "execution_stuck");
      assert.deepEqual(stepAt(told.task, { kind: "tick" }, told.task.dueAtMs ?? 0).effects, []);
    });
  }

  test("that does not move is told once, and watched on", () => {
    const told = stepAt(running, { kind: "tick" }, running.dueAtMs ?? 0);
    assert.equal(told.reason, "execution_stuck");
    assert.equal(told.effects[0]?.kind, "notice");
    const again = stepAt(told.task, { kind: "tick" }, told.task.dueAtMs ?? 0);
    assert.deepEqual(again.effects, []);
    assert.ok((again.task.dueAtMs ?? 0) > (told.task.dueAtMs ?? 0));
  });

  test("that the engine has lost ends as abandoned", () => {
    assert.equal(stepAt(running, { kind: "gone" }).task.state, "abandoned");
  });
});
