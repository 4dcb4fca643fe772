import { BESIDE, type Task, TERMINAL_STATES } from "../../core/tasks/index.ts";
import type { Engine } from "./engine.ts";
import { TASK_TAGS } from "./partitions.ts";
import { getTask, incidentField } from "./task-queries.ts";
import { FORGET_TASK, MADE_BEFORE } from "./task-scripts.ts";

/** So many are read at once. */
const LOOKED_AT_ONCE = 32;
/** So many go in one call. */
const MOST_GONE = 10_000;

/** Kinds of messages that name their task and wait in no line of its own. */
const NAMING = [...BESIDE, "waiting_card"];

/** Forgets tasks that ended and were last changed before an instant. Returns how many. */
export async function trimTasks(engine: Engine, olderThanMs: number): Promise<number> {
  let gone = 0;
  for (const state of TERMINAL_STATES) {
    const args = [`:s:${state}`, olderThanMs, 0, 1];
    const oldest = await engine.runEach<string[]>(MADE_BEFORE, TASK_TAGS, { args });
    for (const tag of TASK_TAGS.filter((_, i) => (oldest[i] ?? []).length > 0)) {
      if (gone >= MOST_GONE) return gone;
      gone += await trimIndex(engine, { tag, index: `:s:${state}`, olderThanMs });
    }
  }
  return gone;
}

interface Aged {
  tag: string;
  index: string;
  olderThanMs: number;
}

/** What was made later was changed later too, but for a clock that was set back: that waits for a later call. */
async function trimIndex(engine: Engine, aged: Aged): Promise<number> {
  let gone = 0;
  let passedOver = 0;
  while (gone < MOST_GONE) {
    const { tag, index, olderThanMs } = aged;
    const args = [index, olderThanMs, passedOver, LOOKED_AT_ONCE];
    const ids = await engine.run<string[]>(MADE_BEFORE, tag, args);
    const forgotten = await Promise.all(ids.map((id) => forget(engine, id, aged)));
    const some = forgotten.filter((one) => one).length;
    gone += some;
    passedOver += ids.length - some;
    if (ids.length < LOOKED_AT_ONCE) break;
  }
  return gone;
}

async function forget(engine: Engine, id: string, { tag, olderThanMs }: Aged): Promise<boolean> {
  const task = await getTask(engine, id);
  if (!task || task.updatedAtMs >= olderThanMs || (await isRetryOfKept(engine, task))) return false;
  const { source, incident } = task.event;
  const args = [id, task.revision, incidentField(source, incident), ...NAMING];
  return (await engine.run<number>(FORGET_TASK, tag, args)) === 1;
}

/** One that is gone never comes back, so that this holds until the retry is gone. */
async function isRetryOfKept(engine: Engine, { retryOf }: Task): Promise<boolean> {
  return retryOf !== undefined && (await getTask(engine, retryOf)) !== null;
}
