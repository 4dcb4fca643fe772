import {
  type Control,
  isTerminal,
  type StepResult,
  step,
  TASK_STATES,
  type Task,
} from "../../../core/tasks/index.ts";
import { engineMoves } from "./engine.ts";
import { everyInput } from "./every-input.ts";
import type { Fault, Move, Space } from "./explore.ts";
import { peopleMoves } from "./people.ts";
import { workerMoves } from "./worker-moves.ts";
import { firstWorld, NOW, type Parts, type Plan, TICKS, taskKey, type World, worldKey } from "./world.ts";

/** What no interleaving may break. */
export const INVARIANTS = {
  quorum: "never started without quorum",
  twice: "never started twice",
  due: "never stuck without a due time",
  stuck: "never stuck",
  terminal: "terminal stays terminal",
  total: "every input is answered",
  withdrawn: "nothing runs that was taken back",
  silent: "never doubled silently",
  steered: "never steered without an order",
} as const;

/** The longest wait that a task may name, in ticks. */
const HORIZON = 5;

/** The machine as it is. */
export const TRUE_PARTS: Parts = {
  step,
  compares: true,
  storesIntent: true,
  asksFirst: true,
  hears: (answer) => answer,
};

const WATCH_ALL: readonly string[] = Object.values(INVARIANTS);

/**
 * The task machine with everything around it, as a space to explore. Name what a planted bug replaces, and the
 * invariants to watch when not all.
 */
export function taskSpace(plan: Plan, planted: Partial<Parts> = {}, watched = WATCH_ALL): Space<World> {
  const parts: Parts = { ...TRUE_PARTS, ...planted };
  const checking: Checking = { parts, answered: new Set(), watched };
  return {
    initial: firstWorld(plan),
    moves: (world) => movesOf(world, plan, parts),
    key: (world) => worldKey(world, !parts.compares),
    fault: (before, move) => faultOf(before, move, checking),
    isSettled: ({ task }) => isTerminal(task.state) || (!task.control && SETTLED.includes(task.state)),
  };
}

/** A run is followed for as long as it takes; what people hold waits for people. */
const SETTLED = ["running", "paused", "canceling", "held"];

function movesOf(world: World, plan: Plan, parts: Parts): Move<World>[] {
  const workers = world.workers.flatMap((_, index) => workerMoves(world, index, plan, parts));
  const moves = [...peopleMoves(world, plan, parts), ...workers, ...engineMoves(world, parts)];
  if (!plan.restores) return moves;
  const withBackup = moves.map((move) => ({ ...move, to: backedUp(move.to) }));
  const restored = putBack(world);
  return restored ? [...withBackup, restored] : withBackup;
}

function backedUp(world: World): World {
  if (world.backup !== "none" || world.task.state !== "approved") return world;
  return { ...world, backup: world.task };
}

/** A store put back to what it was knows nothing of a start since. No request may be on its way meanwhile. */
function putBack(world: World): Move<World> | null {
  const { backup, task, ghost } = world;
  if (backup === "none" || backup === "spent" || world.flying.length > 0) return null;
  if (task.startNo !== backup.startNo || task.state === "approved") return null;
  const revised = { ...backup, revision: task.revision + 1 };
  const workers = world.workers.map(() => ({ at: "idle" as const }));
  const known = { ...ghost, delivered: backup.seenClicks };
  const to: World = { ...world, task: revised, workers, backup: "spent", ghost: known };
  return { label: "the store is put back to when the task was approved", by: "fault", to };
}

interface Checking {
  parts: Parts;
  /** Tasks whose answers to every input were looked at. */
  answered: Set<string>;
  watched: readonly string[];
}

function faultOf(before: World, { to, label }: Move<World>, checking: Checking): Fault | null {
  const broken = [
    terminalFault(before.task, to.task, label),
    dueFault(to.task),
    quorumFault(before, to),
    twiceFault(to),
    endFault(to),
    steeredFault(before, to),
    totalFault(before.task, checking),
  ];
  return broken.find((fault) => fault && checking.watched.includes(fault.invariant)) ?? null;
}

function terminalFault(before: Task, after: Task, label: string): Fault | null {
  if (!isTerminal(before.state) || before.state === after.state || label.includes("put back")) return null;
  return { invariant: INVARIANTS.terminal, seen: `${before.state} became ${after.state}` };
}

function dueFault({ state, dueAtMs }: Task): Fault | null {
  if (isTerminal(state)) {
    return dueAtMs === null ? null : { invariant: INVARIANTS.due, seen: `${state} is still due` };
  }
  if (dueAtMs === null) return { invariant: INVARIANTS.due, seen: `${state} is never due` };
  if (dueAtMs <= NOW + HORIZON) return null;
  return { invariant: INVARIANTS.due, seen: `${state} is due only in ${dueAtMs - NOW} ticks` };
}

/** Whatever left Whale in this move must have been what people wanted. */
function quorumFault(before: World, after: World): Fault | null {
  const left = after.rows.length + after.flying.length > before.rows.length + before.flying.length;
  const sender = before.workers.find((worker, i) => worker.at === "leaving" && worker !== after.workers[i]);
  if (!left || sender?.at !== "leaving" || sender.isSound) return null;
  const { approvers, isRejected } = before.ghost;
  const who = `${approvers.join(" ") || "nobody"} approved${isRejected ? ", somebody rejected" : ""}`;
  return { invariant: INVARIANTS.quorum, seen: `a request left; ${who}; or the content was another` };
}

function twiceFault({ rows, ghost }: World): Fault | null {
  const starts = rows.filter((row) => !row.isTwin).map(({ requestId }) => requestId);
  if (new Set(starts).size < starts.length) {
    return { invariant: INVARIANTS.twice, seen: `one request was sent twice: ${rowsText(rows)}` };
  }
  if (starts.length <= ghost.orders) return null;
  return { invariant: INVARIANTS.twice, seen: `${ghost.orders} ordered, executions ${rowsText(rows)}` };
}

function rowsText(rows: World["rows"]): string {
  return rows.map(({ id, requestId }) => `${id} of ${requestId.slice(-2)}`).join(", ");
}

function endFault({ task, rows, flying, ghost }: World): Fault | null {
  if (task.state === "withdrawn" && rows.length + flying.length > 0) {
    return { invariant: INVARIANTS.withdrawn, seen: `executions ${rowsText(rows)}` };
  }
  const isDoubled = rows.some((row) => row.isTwin);
  if (!isDoubled || ghost.wasToldOfTwins || !hasEnded(task)) return null;
  return { invariant: INVARIANTS.silent, seen: `${task.state}, with executions ${rowsText(rows)}` };
}

const ORDERED_BY: Record<string, Control> = { canceled: "cancel", paused: "pause", running: "resume" };

function steeredFault(before: World, { rows, ghost }: World): Fault | null {
  for (const row of rows) {
    const was = before.rows.find(({ id }) => id === row.id);
    const what = ORDERED_BY[row.status];
    if (!was || was.status === row.status || !what || ghost.wanted.includes(what)) continue;
    return { invariant: INVARIANTS.steered, seen: `${row.id} is ${row.status}` };
  }
  return null;
}

function hasEnded({ state, execution }: Task): boolean {
  return execution !== null && isTerminal(state) && state !== "abandoned";
}

function totalFault(task: Task, { parts, answered }: Checking): Fault | null {
  const key = taskKey(task);
  if (answered.has(key)) return null;
  answered.add(key);
  for (const input of everyInput(task)) {
    const result = attempt(() => parts.step(task, input, { nowMs: NOW, settings: TICKS }));
    const isAnswer = typeof result !== "string" && isKnown(result);
    if (isAnswer) continue;
    const seen = typeof result === "string" ? result : `${result.task.state} for ${result.reason}`;
    return { invariant: INVARIANTS.total, seen: `${task.state} × ${input.kind}: ${seen}` };
  }
  return null;
}

function attempt(judge: () => StepResult): StepResult | string {
  try {
    return judge();
  } catch (error) {
    return error instanceof Error ? error.message : "threw";
  }
}

function isKnown({ outcome, reason, task }: StepResult): boolean {
  const isOutcome = outcome === "moved" || outcome === "refused";
  return isOutcome && reason.length > 0 && TASK_STATES.includes(task.state);
}
