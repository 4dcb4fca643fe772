import type { TaskInput } from "../../../core/tasks/index.ts";
import { advanced } from "./advanced.ts";
import type { Move } from "./explore.ts";
import { aged, type Flying, NOW, type Parts, type Row, type Worker, type World } from "./world.ts";

/** The world with so many executions more, of one request. */
export function placed(world: World, { requestId }: Flying, count: 1 | 2): World {
  const made = Array.from({ length: count }, (_, i): Row => {
    return { id: `e${world.rows.length + i + 1}`, requestId, status: "running", isTwin: i > 0 };
  });
  return { ...world, rows: [...world.rows, ...made] };
}

/** The execution as the port tells it. */
export function executionOf({ id, status }: Row) {
  return { id, cluster: "hz-core", status };
}

const TICKING = ["pending_approval", "running", "paused", "canceling"];

/** What StackStorm, the follower and the clock do. */
export function engineMoves(world: World, parts: Parts): Move<World>[] {
  const { task } = world;
  const own = (label: string, to: World): Move<World> => ({ label, by: "own", to });
  const moves = [own("a tick of the clock", tickOfClock(world)), ...arrivals(world), ...ends(world)];
  if (!task.control && TICKING.includes(task.state) && task.dueAtMs !== null && task.dueAtMs <= NOW) {
    moves.push(own(`the due time comes (${task.state})`, advanced(world, task, { kind: "tick" }, parts)));
  }
  if (task.state === "pending_approval" && task.deadlineAtMs === null) {
    moves.push(own("WeCom takes the card", advanced(world, task, CARD_SENT, parts)));
    moves.push(own("WeCom will not take the card", advanced(world, task, CARD_FAILED, parts)));
  }
  return [...moves, ...follows(world, parts)];
}

const CARD_SENT: TaskInput = { kind: "card_sent", cardNo: 1, recipients: ["lisi"], unreachable: [] };
const CARD_FAILED: TaskInput = { kind: "card_failed", cardNo: 1, message: "" };

function tickOfClock(world: World): World {
  const workers = world.workers.map((worker): Worker => {
    return worker.at === "idle" ? worker : { ...worker, task: aged(worker.task) };
  });
  return { ...world, task: aged(world.task), workers };
}

function arrivals(world: World): Move<World>[] {
  return world.flying.map((one, at) => {
    const left = { ...world, flying: world.flying.filter((_, i) => i !== at) };
    const label = `the slow request ${one.requestId.slice(-2)} arrives`;
    return { label, by: "own", to: placed(left, one, 1) };
  });
}

function ends(world: World): Move<World>[] {
  return world.rows.flatMap((row): Move<World>[] => {
    if (row.status !== "running") return [];
    const rows = world.rows.map((one): Row => (one === row ? { ...row, status: "succeeded" } : one));
    return [{ label: `execution ${row.id} succeeds`, by: "own", to: { ...world, rows } }];
  });
}

function follows(world: World, parts: Parts): Move<World>[] {
  const { task, rows } = world;
  const { execution } = task;
  if (!execution) return [];
  const row = rows.find(({ id }) => id === execution.id);
  const moves: Move<World>[] = [];
  if (row && row.status !== execution.status) {
    const doubles = rows.flatMap(({ id }) => (id === row.id ? [] : [id]));
    const news: TaskInput = { kind: "news", execution: { ...execution, status: row.status }, doubles };
    const to = advanced(world, task, news, parts);
    moves.push({ label: `the follower reads ${row.status}`, by: "own", to });
  }
  const to = advanced(world, task, { kind: "gone" }, parts);
  moves.push({ label: "the follower finds it gone", by: "fault", to });
  return moves;
}
