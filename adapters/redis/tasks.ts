import type { AuditFact } from "../../core/audit/index.ts";
import type { Made, Making, Move, OutboxItem, TaskClaim, TaskStore } from "../../core/ports/index.ts";
import { readTask, type Task, withGrant } from "../../core/tasks/index.ts";
import { collectClaims, earliest, limitOf, peekedIn } from "./claims.ts";
import type { Arg, Engine } from "./engine.ts";
import { finite } from "./finite.ts";
import { addItems, itemArgs, settle } from "./outbox.ts";
import { HOLDS } from "./outbox-scripts.ts";
import { homeOf, homeOfMessage, TASK_TAGS } from "./partitions.ts";
import { countByState, findByPrefix, getTask, incidentField, listTasks } from "./task-queries.ts";
import { CLAIM_TASKS, EXISTS, MAKE, MOVE, NEXT_TASK, PEEK_TASKS } from "./task-scripts.ts";
import { trimTasks } from "./task-trim.ts";
import { grantOf, takeAll } from "./throttle.ts";

/**
 * The task store over Redis. A task, its due time, its indexes and its messages live in one partition and change
 * in one script. A message whose key does not begin with its task's id lives elsewhere and follows in a second
 * write; no message of core's is such a one.
 */
export function redisTasks(engine: Engine): TaskStore {
  return {
    make: (making) => make(engine, making),
    move: (move) => moveTask(engine, move),
    claimDue: (holder, max, leaseMs) => claimDue(engine, { holder, max: limitOf(max), leaseMs }),
    get: (id) => getTask(engine, id),
    findByPrefix: (prefix, limit) => findByPrefix(engine, prefix, limit),
    list: (query) => listTasks(engine, query),
    countByState: () => countByState(engine),
    nextDueAtMs: () => earliest(engine, TASK_TAGS, NEXT_TASK),
    trim: (olderThanMs) => trimTasks(engine, olderThanMs),
  };
}

/**
 * The token comes first: its answer is kept by the task's id, so that after a crash in between the same making
 * gets the same token, and makes the task.
 */
async function make(engine: Engine, making: Making): Promise<Made> {
  const { task, take } = making;
  const home = homeOf(task.id);
  if (take && (await engine.run<number>(EXISTS, home, [task.id])) === 1) return existing(engine, making);
  const [grant] = take ? await takeAll(engine, [take]) : [];
  if (grant?.outcome === "held") return { outcome: "throttled", grant };
  const { own, others } = sortedByHome(home, making.outbox);
  const added = await engine.write<number>(MAKE, home, [
    ...taskArgs(withGrant(task, grant)),
    factArg(making.fact),
    ...itemArgs(own),
  ]);
  if (added < 0) return existing(engine, making);
  announce(engine, task, added);
  if (others.length > 0) await addItems(engine, others);
  return grant ? { outcome: "made", grant } : { outcome: "made" };
}

async function existing(engine: Engine, { take }: Making): Promise<Made> {
  const grant = take && (await grantOf(engine, take.grantId));
  return grant ? { outcome: "exists", grant } : { outcome: "exists" };
}

function taskArgs({ id, state, revision, createdAtMs, dueAtMs, ...rest }: Task): Arg[] {
  const body = JSON.stringify({ id, state, revision, createdAtMs, dueAtMs, ...rest });
  return [
    id,
    state,
    revision,
    finite(createdAtMs, "createdAtMs"),
    dueArg(dueAtMs),
    body,
    incidentField(rest.event.source, rest.event.incident),
  ];
}

function dueArg(dueAtMs: number | null): Arg {
  return dueAtMs === null ? "" : finite(dueAtMs, "dueAtMs");
}

function factArg(fact: AuditFact | undefined): Arg {
  return fact === undefined ? "" : JSON.stringify(fact);
}

function sortedByHome(home: string, items: readonly OutboxItem[]) {
  const isOwn = (item: OutboxItem): boolean => homeOfMessage(item.key) === home;
  return { own: items.filter(isOwn), others: items.filter((item) => !isOwn(item)) };
}

function announce(engine: Engine, task: Task, messages: number): void {
  if (task.dueAtMs !== null) engine.wake("tasks");
  if (messages > 0) engine.wake("outbox");
}

async function moveTask(engine: Engine, move: Move): Promise<"moved" | "conflict"> {
  const { task, expected, fence, settles } = move;
  if (task.revision !== expected + 1) return "conflict";
  const home = homeOf(task.id);
  const elsewhere = settles !== undefined && homeOfMessage(settles.key) !== home;
  if (elsewhere && !(await holds(engine, settles))) return "conflict";
  const { own, others } = sortedByHome(home, move.outbox);
  const settled = settles && !elsewhere ? [settles.key, settles.fence] : ["", ""];
  const about = [task.id, expected, fence ?? "", task.state, dueArg(task.dueAtMs), JSON.stringify(task)];
  const waking = await engine.write<number>(MOVE, home, [
    ...[...about, ...settled, factArg(move.fact)],
    ...itemArgs(own),
  ]);
  if (waking < 0) return "conflict";
  announce(engine, task, waking);
  if (elsewhere) await settle(engine, settles);
  if (others.length > 0) await addItems(engine, others);
  return "moved";
}

async function holds(engine: Engine, { key, fence }: { key: string; fence: number }): Promise<boolean> {
  return (await engine.run<number>(HOLDS, homeOfMessage(key), [key, fence])) === 1;
}

interface Claimant {
  holder: string;
  max: number;
  leaseMs: number;
}

function claimDue(engine: Engine, by: Claimant): Promise<TaskClaim[]> {
  return collectClaims(by.max, {
    peek: async (most) =>
      peekedIn(TASK_TAGS, await engine.runEach<string[]>(PEEK_TASKS, TASK_TAGS, { args: [most] })),
    hold: async ({ tags, members }, fence) => {
      const given = { args: [by.leaseMs, fence, by.holder], own: members };
      const rows = (await engine.runEach<[string, string, string][]>(CLAIM_TASKS, tags, given)).flat();
      return rows.map(([member, held, body]) => ({
        member,
        claim: { task: readTask(body), fence: Number(held) },
      }));
    },
  });
}
