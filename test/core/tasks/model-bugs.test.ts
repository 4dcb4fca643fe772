import assert from "node:assert/strict";
import { test } from "node:test";
import { approvers, bindingHash } from "../../../core/approvals/index.ts";
import { type StepResult, step, type Task, type TaskInput } from "../../../core/tasks/index.ts";
import { explore, INVARIANTS, NOW, type Parts, type Plan, taskSpace } from "../../support/model/index.ts";
import { entitledFor } from "../../support/tasks.ts";
import { SCENES } from "./model-scenes.ts";

type Judge = typeof step;

/** A machine that is given another task or input than it should be. */
function mistaking(change: (task: Task, input: TaskInput) => [Task, TaskInput]): Partial<Parts> {
  const mistaken: Judge = (task, input, context) => step(...change(task, input), context);
  return { step: mistaken };
}

/** A machine whose answer is changed. */
function spoiling(change: (result: StepResult, task: Task, input: TaskInput) => StepResult): Partial<Parts> {
  return { step: (task, input, context) => change(step(task, input, context), task, input) };
}

/** The answer with other fields in its task. */
function patched(result: StepResult, patch: Partial<Task>): StepResult {
  return { ...result, task: { ...result.task, ...patch } };
}

interface Planted {
  bug: string;
  plan: Plan;
  parts: Partial<Parts>;
  breaks: keyof typeof INVARIANTS;
}

const PLANTED: Planted[] = [
  {
    bug: "the start skips the check of the rule's digest",
    plan: SCENES.people,
    parts: mistaking((task, input) => {
      if (input.kind !== "intend") return [task, input];
      return [task, { ...input, standing: { ...input.standing, digest: task.ruleDigest } }];
    }),
    breaks: "quorum",
  },
  {
    bug: "the start skips the check of the content's hash",
    plan: SCENES.people,
    parts: mistaking((task, input) => {
      const hash = bindingHash(task);
      const decisions = task.decisions.map((one) => ({ ...one, hash }));
      return [input.kind === "intend" ? { ...task, hash, decisions } : task, input];
    }),
    breaks: "quorum",
  },
  {
    bug: "the intent is not stored before the request leaves",
    plan: SCENES.workers,
    parts: { storesIntent: false },
    breaks: "twice",
  },
  {
    bug: "a write ignores the fencing token and the revision",
    plan: SCENES.workers,
    parts: { compares: false },
    breaks: "twice",
  },
  {
    bug: "one person counts as often as they click",
    plan: SCENES.people,
    parts: mistaking((task, input) => {
      if (input.kind !== "approve" || !approvers(task).includes(input.click.by)) return [task, input];
      const click = { ...input.click, by: `${input.click.by} once more` };
      return [task, { ...input, click }];
    }),
    breaks: "quorum",
  },
  {
    bug: "who stands in counts beside the one whom they stand in for",
    plan: SCENES.delegated,
    parts: mistaking((task, input) => {
      if (input.kind !== "approve" || !input.click.standsFor) return [task, input];
      const { standsFor: _, ...own } = input.click;
      return [task, { ...input, click: { ...own, entitlement: entitledFor() } }];
    }),
    breaks: "quorum",
  },
  {
    bug: "another choice is taken for the one that was made before",
    plan: SCENES.chosen,
    parts: mistaking((task, input) => {
      if (input.kind !== "approve" || !task.chosen) return [task, input];
      return [task, { ...input, click: { ...input.click, selected: task.chosen } }];
    }),
    breaks: "quorum",
  },
  {
    bug: "a rejection is not counted",
    plan: SCENES.people,
    parts: mistaking((task, input) => [
      task,
      input.kind === "reject" ? { ...input, kind: "approve" as const } : input,
    ]),
    breaks: "quorum",
  },
  {
    bug: "an unknown answer is taken for one that was not sent",
    plan: SCENES.workers,
    parts: {
      hears: (answer) => (answer.outcome === "unknown" ? { ...answer, outcome: "not_sent" } : answer),
    },
    breaks: "twice",
  },
  {
    bug: "a start that is not found is started again without a person",
    plan: SCENES.workers,
    parts: mistaking((task, input) => {
      const isAbsent = input.kind === "look" && input.sighting.outcome === "absent";
      if (!isAbsent || task.state !== "starting") return [task, input];
      const requestId = task.start?.requestId ?? "";
      return [task, { kind: "start_answer", requestId, answer: { outcome: "not_sent", message: "" } }];
    }),
    breaks: "twice",
  },
  {
    bug: "a restored store starts without asking StackStorm first",
    plan: SCENES.restored,
    parts: { asksFirst: false },
    breaks: "twice",
  },
  {
    bug: "a callback that comes twice orders two starts",
    plan: { ...SCENES.again, workers: 1 },
    parts: mistaking((task, input) => [{ ...task, seenClicks: [] }, input]),
    breaks: "twice",
  },
  {
    bug: "decisions of the round before count for another start",
    plan: SCENES.againByTwo,
    parts: spoiling((result, task, input) => {
      if (input.kind !== "again" || result.task.state !== "pending_approval") return result;
      const decisions = task.decisions.map((one) => ({ ...one, round: 2 }));
      return patched(result, { state: "approved", decisions, dueAtMs: NOW, approvedAtMs: NOW });
    }),
    breaks: "quorum",
  },
  {
    bug: "a tick forgets the due time",
    plan: SCENES.people,
    parts: spoiling((result, _task, input) => {
      return input.kind === "tick" ? patched(result, { dueAtMs: null }) : result;
    }),
    breaks: "due",
  },
  {
    bug: "a start whose answer was lost is looked for only in a year",
    plan: SCENES.workers,
    parts: spoiling((result) => {
      return result.reason === "start_answer_lost" ? patched(result, { dueAtMs: 100_000 }) : result;
    }),
    breaks: "due",
  },
  {
    bug: "a start that is not found is looked for without an end",
    plan: { ...SCENES.workers, workers: 1 },
    parts: spoiling((result, task, input) => {
      const isOver = input.kind === "look" && result.task.state === "gave_up";
      return isOver ? patched(result, { state: task.state, dueAtMs: task.dueAtMs }) : result;
    }),
    breaks: "stuck",
  },
  {
    bug: "a late approval wakes a task that has expired",
    plan: SCENES.people,
    parts: spoiling((result, task, input) => {
      const isLate = input.kind === "approve" && task.state === "expired";
      return isLate ? patched(result, { state: "approved", dueAtMs: NOW }) : result;
    }),
    breaks: "terminal",
  },
  {
    bug: "a recovery takes back what was already asked for",
    plan: SCENES.people,
    parts: mistaking((task, input) => {
      const isBack = input.kind === "withdraw" && task.state === "starting";
      return [isBack ? { ...task, state: "approved", start: null } : task, input];
    }),
    breaks: "withdrawn",
  },
  {
    bug: "two executions of one request are taken for one",
    plan: SCENES.doubled,
    parts: mistaking((task, input) => {
      if (input.kind === "news") return [task, { ...input, doubles: [] }];
      if (input.kind !== "look" || input.sighting.outcome !== "found") return [task, input];
      return [task, { ...input, sighting: { ...input.sighting, doubles: [] } }];
    }),
    breaks: "silent",
  },
  {
    bug: "a pause is stored as a cancel",
    plan: SCENES.steered,
    parts: mistaking((task, input) => {
      const isPause = input.kind === "control" && input.what === "pause";
      return [task, isPause ? { ...input, what: "cancel" as const } : input];
    }),
    breaks: "steered",
  },
  {
    bug: "a state has no answer to an input",
    plan: SCENES.workers,
    parts: {
      step: (task, input, context) => {
        if (task.state === "starting" && input.kind === "hold") throw new TypeError("no such handler");
        return step(task, input, context);
      },
    },
    breaks: "total",
  },
];

for (const { bug, plan, parts, breaks } of PLANTED) {
  test(`"${INVARIANTS[breaks]}" catches that ${bug}`, (t) => {
    const seen = explore(taskSpace(plan, parts, [INVARIANTS[breaks]]), {
      maxDepth: 60,
      maxStates: 400_000,
    });
    const way = seen.violation?.trace.map((move, i) => `  ${i + 1}. ${move}`) ?? [];
    t.diagnostic([`${seen.violation?.invariant}: ${seen.violation?.seen}`, ...way].join("\n"));
    assert.equal(seen.violation?.invariant, INVARIANTS[breaks]);
    assert.ok(way.length > 0);
  });
}
