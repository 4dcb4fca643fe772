import fc from "fast-check";
import type { Lane, Making, Move, OutboxClaim, OutboxItem, TaskClaim } from "../../../core/ports/index.ts";
import { isTerminal, TASK_STATES, type TaskState } from "../../../core/tasks/index.ts";
import { anOutboxItem, aTask } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";
import type { Harness } from "../harness.ts";
import { aTake } from "../throttle-store.ts";
import type { Play } from "./play.ts";

/** One thing that may be asked of a task store and its outbox. Claims are named by the order they came in. */
export type TaskCommand =
  | { ask: "make"; task: number; items: ItemSketch[]; bucket: number | null; atMs: number; dueInMs: number }
  | { ask: "move"; task: number; state: TaskState; dueInMs: number; items: ItemSketch[]; under: Under }
  | { ask: "claimTasks"; max: number; leaseMs: number }
  | { ask: "add"; items: ItemSketch[] }
  | { ask: "claimItems"; max: number; leaseMs: number }
  | { ask: "settle"; claim: number }
  | { ask: "postpone"; claim: number; dueInMs: number; counted: boolean }
  | { ask: "advance"; byMs: number }
  | { ask: "trim"; backMs: number }
  | { ask: "look"; state: TaskState; limit: number };

interface ItemSketch {
  key: number;
  task: number | null;
  lane: Lane;
  dueInMs: number;
}

/** What a move rests on: a claim of the task, a claim of an item, and how old the mover's view is. */
interface Under {
  claim: number | null;
  settles: number | null;
  behind: number;
}

const small = fc.integer({ min: 0, max: 5 });
const dueInMs = fc.integer({ min: -50, max: 50 });
const claim = fc.integer({ min: 0, max: 6 });
const limits = { max: fc.integer({ min: 0, max: 3 }), leaseMs: fc.integer({ min: 0, max: 60 }) };
const state = fc.constantFrom(...TASK_STATES);

const item: fc.Arbitrary<ItemSketch> = fc.record({
  key: fc.integer({ min: 0, max: 12 }),
  task: fc.option(small),
  lane: fc.constantFrom<Lane>(1, 2, 3, 4, 5),
  dueInMs,
});
const items = fc.oneof(fc.array(item, { maxLength: 0 }), fc.array(item, { maxLength: 3 }));
const mostlyCurrent = fc.constantFrom(0, 0, 0, 0, 1, -1);
const under: fc.Arbitrary<Under> = fc.record({
  claim: fc.option(claim, { freq: 1 }),
  settles: fc.option(claim, { freq: 1 }),
  behind: mostlyCurrent,
});

const make = {
  task: small,
  items,
  bucket: fc.option(small),
  atMs: fc.integer({ max: 90_000, min: 0 }),
  dueInMs,
};

/** Any command for a task store and its outbox. */
export const taskCommand: fc.Arbitrary<TaskCommand> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ ask: fc.constant("move" as const), task: small, state, dueInMs, items, under }),
  },
  fc.record({ ask: fc.constant("make" as const), ...make }),
  fc.record({ ask: fc.constant("claimTasks" as const), ...limits }),
  fc.record({ ask: fc.constant("add" as const), items }),
  fc.record({ ask: fc.constant("claimItems" as const), ...limits }),
  fc.record({ ask: fc.constant("settle" as const), claim }),
  fc.record({ ask: fc.constant("postpone" as const), claim, dueInMs, counted: fc.boolean() }),
  fc.record({ ask: fc.constant("advance" as const), byMs: fc.integer({ min: -30, max: 60 }) }),
  fc.record({ ask: fc.constant("trim" as const), backMs: fc.integer({ min: -30, max: 30 }) }),
  fc.record({ ask: fc.constant("look" as const), state, limit: fc.integer({ min: 1, max: 4 }) }),
);

/** Half of the tasks are of this one. */
const INCIDENT = { source: "prometheus", key: "vm-1/data" };

/** A game in progress: the claims so far, newest first. */
interface Game {
  harness: Harness;
  taskClaims: TaskClaim[];
  itemClaims: OutboxClaim[];
}

/** Plays commands for the task store and the outbox. */
export const playTasks: Play<TaskCommand> = async (harness, commands) => {
  const game: Game = { harness, taskClaims: [], itemClaims: [] };
  const seen: unknown[] = [];
  for (const command of commands) seen.push(await playOne(game, command), await overview(harness));
  return seen;
};

function playOne(game: Game, command: TaskCommand): Promise<unknown> {
  const { tasks, outbox, clock } = game.harness;
  switch (command.ask) {
    case "make":
      return tasks.make(makingOf(command, clock.nowMs()));
    case "move":
      return moveOne(game, command);
    case "claimTasks":
      return claimTasks(game, command);
    case "add":
      return outbox.add(itemsOf(command.items, clock.nowMs()));
    case "claimItems":
      return claimItems(game, command);
    case "settle":
    case "postpone":
      return finishItem(game, command);
    case "advance":
      return Promise.resolve(clock.advance(command.byMs));
    case "trim":
      return trim(game.harness, clock.nowMs() - command.backMs);
    case "look":
      return tasks.list({ states: [command.state, "running"], incident: INCIDENT, limit: command.limit });
  }
}

/** While nothing waits alone: a message keeps its task by its key, and here keys name none. */
async function trim({ tasks, outbox }: Harness, olderThanMs: number): Promise<number | null> {
  return Object.keys(await outbox.depth()).length > 0 ? null : tasks.trim(olderThanMs);
}

function itemsOf(sketches: readonly ItemSketch[], nowMs: number): OutboxItem[] {
  return sketches.map(({ key, task, lane, dueInMs: inMs }) => {
    const taskId = task === null ? null : aTask({ forEachIndex: task }).id;
    return anOutboxItem({ key: `k${key}`, taskId, lane, dueAtMs: nowMs + inMs });
  });
}

function makingOf(command: Extract<TaskCommand, { ask: "make" }>, nowMs: number): Making {
  const { event } = aTask();
  const incident = command.task % 2 === 0 ? INCIDENT.key : "vm-1/tmp";
  const times = { dueAtMs: nowMs + command.dueInMs, createdAtMs: nowMs, updatedAtMs: nowMs };
  const task = aTask({ forEachIndex: command.task, ...times, event: { ...event, incident } });
  const making = { task, outbox: itemsOf(command.items, nowMs) };
  if (command.bucket === null) return making;
  const take = aTake({ grantId: task.id, key: `b${command.bucket}`, atMs: START_MS + command.atMs });
  return { ...making, take };
}

async function moveOne(game: Game, command: Extract<TaskCommand, { ask: "move" }>): Promise<unknown> {
  const { tasks, clock } = game.harness;
  const sketch = aTask({ forEachIndex: command.task });
  const task = (await tasks.get(sketch.id)) ?? sketch;
  const expected = task.revision - command.under.behind;
  const dueAtMs = isTerminal(command.state) ? null : clock.nowMs() + command.dueInMs;
  // A task that changed before it was made, by a clock that was set back, may be kept for longer.
  const updatedAtMs = Math.max(task.createdAtMs, clock.nowMs());
  const move: Move = {
    task: { ...task, state: command.state, dueAtMs, updatedAtMs, revision: expected + 1 },
    expected,
    outbox: itemsOf(command.items, clock.nowMs()),
  };
  const held = command.under.claim === null ? undefined : game.taskClaims[command.under.claim];
  if (held) move.fence = held.fence;
  const settled = command.under.settles === null ? undefined : game.itemClaims[command.under.settles];
  if (settled) move.settles = { key: settled.key, fence: settled.fence };
  return tasks.move(move);
}

async function claimTasks(game: Game, command: { max: number; leaseMs: number }): Promise<unknown> {
  const claims = await game.harness.tasks.claimDue("w", command.max, command.leaseMs);
  game.taskClaims.unshift(...claims);
  return claims.map((one) => one.task);
}

async function claimItems(game: Game, command: { max: number; leaseMs: number }): Promise<unknown> {
  const claims = await game.harness.outbox.claim(command.max, command.leaseMs);
  game.itemClaims.unshift(...claims);
  return claims.map(({ fence: _, ...rest }) => rest);
}

type Finish = Extract<TaskCommand, { ask: "settle" | "postpone" }>;

async function finishItem(game: Game, command: Finish): Promise<unknown> {
  const { outbox, clock } = game.harness;
  const held = game.itemClaims[command.claim];
  if (!held) return null;
  if (command.ask === "settle") return outbox.settle(held.key, held.fence);
  const to = { dueAtMs: clock.nowMs() + command.dueInMs, counted: command.counted };
  return outbox.postpone(held.key, held.fence, to);
}

async function overview({ tasks, outbox }: Harness): Promise<unknown> {
  const taskRows = await tasks.list({ limit: 100 });
  const next = [await tasks.nextDueAtMs(), await outbox.nextDueAtMs()];
  return { taskRows, counts: await tasks.countByState(), depth: await outbox.depth(), next };
}
