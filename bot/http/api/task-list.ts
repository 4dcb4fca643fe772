import { isTaskId } from "../../../core/ids/index.ts";
import type { TaskStore } from "../../../core/ports/index.ts";
import { OPEN_STATES, TASK_STATES, type Task, TERMINAL_STATES } from "../../../core/tasks/index.ts";
import { type TaskPlace, tasksBehind } from "../../tasks-behind.ts";
import { given, type QueryReader } from "./query.ts";

/** Which tasks somebody wants, and from where on. */
export interface TaskListQuery {
  states?: Task["state"][];
  fits: (task: Task) => boolean;
  limit: number;
  after?: TaskPlace;
  /** How many tasks are looked at: where that ends, the next page begins. Default 2,000. */
  mostLookedAt?: number;
}

/** One page of tasks, newest first. */
export interface TaskPage {
  tasks: Task[];
  /** Pass as `after` for the next page; null at the end. */
  next: string | null;
}

const MOST_LOOKED_AT = 2_000;
export const STATE_WORDS = [...TASK_STATES, "open", "ended"] as const;

/** Reads which tasks a query means. */
export function taskListQuery(read: QueryReader, fallback = 50): TaskListQuery {
  const states = statesIn(read);
  const fits = fitting(read);
  const limit = read.whole("limit", { fallback, max: 500 });
  return { fits, limit, ...given({ states, after: placeIn(read) }) };
}

/** The tasks that a query means, of those that somebody may read. A page may hold fewer than its limit and not be the last. */
export async function taskPage(
  tasks: Pick<TaskStore, "list">,
  { states, after, fits, limit, mostLookedAt = MOST_LOOKED_AT }: TaskListQuery,
  mayRead: (task: Task) => boolean | Promise<boolean>,
): Promise<TaskPage> {
  const found: Task[] = [];
  let [looked, last]: [number, Task | null] = [0, null];
  for await (const task of tasksBehind(tasks, given({ states, after }))) {
    if (found.length === limit || looked === mostLookedAt) {
      return { tasks: found, next: last && placeText(last) };
    }
    looked += 1;
    last = task;
    if (fits(task) && (await mayRead(task))) found.push(task);
  }
  return { tasks: found, next: null };
}

function statesIn(read: QueryReader): Task["state"][] | undefined {
  const words = read.listOf("state", STATE_WORDS);
  const states = words?.flatMap((word) => {
    if (word === "open") return [...OPEN_STATES];
    return word === "ended" ? [...TERMINAL_STATES] : [word];
  });
  return states && [...new Set(states)];
}

function fitting(read: QueryReader): (task: Task) => boolean {
  const wanted: [values: string[] | undefined, of: (task: Task) => string][] = [
    [read.list("rule"), ({ ruleId }) => ruleId],
    [read.list("source"), ({ event }) => event.source],
    [read.list("business"), ({ business }) => business],
  ];
  return (task) => wanted.every(([values, of]) => values === undefined || values.includes(of(task)));
}

function placeIn(read: QueryReader): TaskPlace | undefined {
  const text = read.text("after");
  if (text === undefined) return undefined;
  const [, ms = "", id = ""] = /^(\d{1,15})\.(t_.+)$/.exec(text) ?? [];
  if (isTaskId(id)) return { createdAtMs: Number(ms), id };
  read.fault("after", "应为上一页的 next (must be the next of the page before)");
  return undefined;
}

function placeText({ createdAtMs, id }: TaskPlace): string {
  return `${createdAtMs}.${id}`;
}
