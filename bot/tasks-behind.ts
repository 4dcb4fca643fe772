import type { TaskQuery, TaskStore } from "../core/ports/index.ts";
import type { Task } from "../core/tasks/index.ts";

/** A place in the list of all tasks, newest first and of one instant by their ids. It holds whatever becomes of its task. */
export interface TaskPlace {
  createdAtMs: number;
  id: string;
}

const CHUNK = 200;

/** Tasks newest first, from behind a place on. Those that are made meanwhile are not among them. */
export async function* tasksBehind(
  tasks: Pick<TaskStore, "list">,
  { states, after }: Pick<TaskQuery, "states"> & { after?: TaskPlace },
): AsyncGenerator<Task> {
  let place = after;
  let limit = CHUNK;
  for (;;) {
    const before = place === undefined ? {} : { beforeMs: place.createdAtMs + 1 };
    const found = await tasks.list({ ...(states ? { states } : {}), ...before, limit });
    const isAll = found.length < limit;
    const whole = isAll ? found : withoutLastInstant(found);
    const fresh = whole.filter((task) => place === undefined || comesAfter(task, place)).sort(inOrder);
    yield* fresh;
    if (isAll) return;
    // More tasks of one instant than were asked for: their order is known once all of them are there.
    if (fresh.length === 0) limit *= 2;
    place = fresh.at(-1) ?? place;
  }
}

function withoutLastInstant(found: readonly Task[]): Task[] {
  const lastMs = found.at(-1)?.createdAtMs;
  return found.filter(({ createdAtMs }) => createdAtMs !== lastMs);
}

function comesAfter(task: Task, place: TaskPlace): boolean {
  return inOrder(place, task) < 0;
}

function inOrder(a: TaskPlace, b: TaskPlace): number {
  return b.createdAtMs - a.createdAtMs || (a.id < b.id ? -1 : Number(a.id !== b.id));
}
