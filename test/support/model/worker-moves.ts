import { startParams } from "../../../core/approvals/index.ts";
import { requestId } from "../../../core/ids/index.ts";
import type { Sighting, StartAnswer, Task } from "../../../core/tasks/index.ts";
import { aStanding } from "../tasks.ts";
import { advance, advanced } from "./advanced.ts";
import { executionOf, placed } from "./engine.ts";
import type { Move } from "./explore.ts";
import { steers, storesReply } from "./steering.ts";
import { DEPTH, NOW, PARAMS, type Parts, type Plan, type Row, type Worker, type World } from "./world.ts";

export type At<K extends Worker["at"]> = Extract<Worker, { at: K }>;

/** What one worker may do next: the steps of `bot/workers/starter.ts`, one effect at a time, and a crash before each. */
export function workerMoves(world: World, index: number, plan: Plan, parts: Parts): Move<World>[] {
  const worker = world.workers[index] ?? { at: "idle" };
  const name = `worker ${index + 1}`;
  const go = (label: string, to: Worker, from = world): Move<World> => {
    return { label: `${name} ${label}`, by: "own", to: withWorker(from, index, to) };
  };
  const scene: Scene = { world, parts, plan, go };
  const crash: Move<World> = { ...go("crashes", { at: "idle" }), by: "fault" };
  switch (worker.at) {
    case "idle":
      return reads(scene);
    case "read":
      return [...looks(worker, scene), crash];
    case "looked":
      return [...intends(worker, scene), crash];
    case "intended":
      return [...sends(worker, scene), crash];
    case "leaving":
      return [...leaves(worker, scene), crash];
    case "answered":
      return [...stores(worker, scene), crash];
    case "steering":
      return [...steers(worker, scene), crash];
    case "steered":
      return [...storesReply(worker, scene), crash];
    default:
      return worker satisfies never;
  }
}

export interface Scene {
  world: World;
  parts: Parts;
  plan: Plan;
  go(label: string, to: Worker, from?: World): Move<World>;
}

function withWorker(world: World, index: number, worker: Worker): World {
  return { ...world, workers: world.workers.map((one, i) => (i === index ? worker : one)) };
}

const IDLE: Worker = { at: "idle" };

function reads({ world, go }: Scene): Move<World>[] {
  const { task, isEdited } = world;
  const isDue = task.dueAtMs !== null && task.dueAtMs <= NOW;
  if (isDue && task.control) {
    return [go(`reads that it is to ${task.control.what}`, { at: "steering", task, control: task.control })];
  }
  if (!isDue || !["approved", "starting", "unknown"].includes(task.state)) return [];
  const known = aStanding(task);
  const standing = isEdited ? { ...known, digest: "edited" } : known;
  return [go(`reads the task (${task.state})`, { at: "read", task, standing, isSound: !isEdited })];
}

function looks(worker: At<"read">, { world, parts, go }: Scene): Move<World>[] {
  const isStart = worker.task.state === "approved";
  const truth: Sighting = isStart && !parts.asksFirst ? { outcome: "absent" } : sight(world, worker.task);
  const away: Sighting = { outcome: "unreachable", message: "" };
  return [truth, away].map((sighting) => {
    return go(`asks StackStorm for the start: ${sighting.outcome}`, { ...worker, at: "looked", sighting });
  });
}

function sight({ rows }: World, { id, startNo }: Task): Sighting {
  const wanted = Array.from({ length: startNo }, (_, i) => requestId(id, i + 1));
  const seen = rows.filter((row) => wanted.includes(row.requestId));
  const [first, ...others] = seen;
  if (!first) return { outcome: "absent" };
  return { outcome: "found", execution: executionOf(first), doubles: others.map((row) => row.id) };
}

function intends(worker: At<"looked">, scene: Scene): Move<World>[] {
  const { world, parts, go } = scene;
  const { task, standing, sighting } = worker;
  if (task.state !== "approved") {
    const after = advanced(world, task, { kind: "look", sighting }, parts);
    return [go("stores what it saw", IDLE, after)];
  }
  if (!parts.storesIntent) {
    return [go("stores no intent", intended(worker, { task, by: world }))];
  }
  const { world: after, result } = advance(world, task, { kind: "intend", standing, sender: "w" }, parts);
  if (result.outcome !== "moved" || result.reason !== "start_intended") {
    return [go(`may not start it (${result.reason})`, IDLE, after)];
  }
  return [go("stores the intent", intended(worker, { task: after.task, by: world }), after)];
}

/** `isSound`: whether people wanted exactly this, by what the model itself knows of them. */
function intended({ isSound, sighting }: At<"looked">, { task, by }: { task: Task; by: World }): Worker {
  const { approvers, chosen, isRejected } = by.ghost;
  const need = task.approval.mode === "people" ? (task.approval.groups[0]?.need ?? 0) : 0;
  const isWanted = approvers.length >= need && !isRejected;
  const sent = startParams(task);
  const isSame = sent["host"] === PARAMS.host && (sent[DEPTH.name] ?? null) === chosen;
  return {
    at: "intended",
    task,
    requestId: task.start?.requestId ?? requestId(task.id, task.startNo),
    isSound: isSound && isWanted && isSame,
    sighting,
  };
}

function sends(worker: At<"intended">, { world, parts, go }: Scene): Move<World>[] {
  const { task, sighting, requestId: id, isSound } = worker;
  if (sighting.outcome === "found") {
    return [go("adopts what it saw", IDLE, advanced(world, task, { kind: "look", sighting }, parts))];
  }
  const isLate = task.start !== null && task.dueAtMs !== null && task.dueAtMs <= NOW;
  if (sighting.outcome === "unreachable" || isLate) {
    const answer: StartAnswer = { outcome: "not_sent", message: "" };
    return [go("does not ask after all", { at: "answered", task, requestId: id, answer })];
  }
  return [go("is about to ask for the start", { at: "leaving", task, requestId: id, isSound })];
}

function leaves(worker: At<"leaving">, { world, plan, parts, go }: Scene): Move<World>[] {
  const { task, requestId: id, isSound } = worker;
  const answered = (label: string, answer: StartAnswer, from = world): Move<World> => {
    return go(label, { at: "answered", task, requestId: id, answer: parts.hears(answer) }, from);
  };
  const lost: StartAnswer = { outcome: "unknown", message: "" };
  const taken = placed(world, { requestId: id, isSound }, 1);
  const started: StartAnswer = { outcome: "started", execution: executionOf(lastOf(taken)) };
  const flying = { ...world, flying: [...world.flying, { requestId: id, isSound }] };
  const moves = [
    answered("asks for the start: taken and answered", started, taken),
    answered("asks for the start: taken, then a 500 or no answer", lost, taken),
    answered("asks for the start: no answer, it may arrive later", lost, flying),
    answered("asks for the start: refused", { outcome: "refused", message: "" }),
    answered("asks for the start: not sent", { outcome: "not_sent", message: "" }),
  ];
  if (!plan.doubles) return moves;
  const twice = placed(world, { requestId: id, isSound }, 2);
  return [...moves, answered("asks for the start: StackStorm makes two of it", lost, twice)];
}

function lastOf({ rows }: World): Row {
  const row = rows.at(-1);
  if (!row) throw new TypeError("nothing was placed");
  return row;
}

function stores(worker: At<"answered">, { world, parts, go }: Scene): Move<World>[] {
  const { task, requestId: id, answer } = worker;
  const intended = parts.storesIntent
    ? world
    : advanced(world, task, { kind: "intend", standing: aStanding(task), sender: "w" }, parts);
  const read = parts.storesIntent ? task : intended.task;
  const after = advanced(intended, read, { kind: "start_answer", requestId: id, answer }, parts);
  return [go(`stores the answer (${answer.outcome})`, IDLE, after)];
}
