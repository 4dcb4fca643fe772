import type { TaskQuery } from "../../core/ports/index.ts";
import { readTask, TASK_STATES, type Task, type TaskState } from "../../core/tasks/index.ts";
import { limitOf } from "./claims.ts";
import type { Arg, Engine } from "./engine.ts";
import { homeOf, TASK_TAGS } from "./partitions.ts";
import type { Script } from "./script.ts";
import { COUNTS, NAMED, NEWEST, NEWEST_OF } from "./task-scripts.ts";

/** A task that a partition showed. */
interface Found {
  tag: string;
  createdAtMs: number;
  /** Begins with the number of its making. */
  member: string;
}

/** One task; null when there is none. */
export async function getTask(engine: Engine, id: string): Promise<Task | null> {
  return taskAt(engine, homeOf(id), id);
}

async function taskAt(engine: Engine, tag: string, id: string): Promise<Task | null> {
  const body = await engine.command<string | null>("HGET", [`${engine.base(tag)}:t:${id}`, "body"]);
  return body === null ? null : readTask(body);
}

/** Tasks whose id begins with `t_` + prefix, newest first. */
export async function findByPrefix(engine: Engine, prefix: string, limit: number): Promise<Task[]> {
  if (prefix === "") return listTasks(engine, { limit });
  return newestOf(engine, await foundBy(engine, NAMED, [`t_${prefix}`]), limit);
}

/** The name of an incident in the index of its tasks. */
export function incidentField(source: string, key: string): string {
  return JSON.stringify([source, key]);
}

/** Tasks in some states, of one incident or of all, newest first. */
export async function listTasks(engine: Engine, query: TaskQuery): Promise<Task[]> {
  if (query.states?.length === 0) return [];
  const [script, args] = lookFor(query);
  return newestOf(engine, await foundBy(engine, script, args), query.limit);
}

async function foundBy(engine: Engine, script: Script, args: readonly Arg[]): Promise<Found[]> {
  const answers = await engine.runEach<string[]>(script, TASK_TAGS, { args });
  return TASK_TAGS.flatMap((tag, i) => foundIn(tag, answers[i] ?? []));
}

function lookFor({ states, incident, beforeMs, limit }: TaskQuery): [script: Script, args: Arg[]] {
  const before = beforeMs === undefined ? "+inf" : `(${beforeMs}`;
  const wanted = [...new Set(states)];
  if (incident) {
    const field = incidentField(incident.source, incident.key);
    return [NEWEST_OF, [before, limitOf(limit), field, ...wanted]];
  }
  const indexes = states ? wanted.map((state) => `:s:${state}`) : [":all"];
  return [NEWEST, [before, limitOf(limit), ...indexes]];
}

function foundIn(tag: string, pairs: readonly string[]): Found[] {
  const found: Found[] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    found.push({ tag, member: pairs[i] ?? "", createdAtMs: Number(pairs[i + 1]) });
  }
  return found;
}

async function newestOf(engine: Engine, found: Found[], limit: number): Promise<Task[]> {
  found.sort((a, b) => b.createdAtMs - a.createdAtMs || (a.member < b.member ? 1 : -1));
  const first = found.slice(0, limitOf(limit));
  const tasks = await Promise.all(first.map(({ tag, member }) => taskAt(engine, tag, member.slice(17))));
  return tasks.filter((task) => task !== null);
}

/** How many tasks stand in each state; states without tasks are left out. */
export async function countByState(engine: Engine): Promise<Partial<Record<TaskState, number>>> {
  const indexes = TASK_STATES.map((state) => `:s:${state}`);
  const rows = await engine.runEach<number[]>(COUNTS, TASK_TAGS, { args: indexes });
  const counts: Partial<Record<TaskState, number>> = {};
  for (const [index, state] of TASK_STATES.entries()) {
    const total = rows.reduce((sum, row) => sum + (row[index] ?? 0), 0);
    if (total > 0) counts[state] = total;
  }
  return counts;
}
