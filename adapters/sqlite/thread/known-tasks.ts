import { LRUCache } from "lru-cache";
import { frozen } from "../../../core/frozen.ts";
import { currentTask } from "../../../core/tasks/stored.ts";
import type { Task } from "../../../core/tasks/task.ts";
import type { KnownTasks } from "../task-rows.ts";

/** So many characters the remembered tasks have at most: about a thousand tasks. */
const MOST_TEXT = 3_000_000;

/**
 * The tasks that were stored last, so that they are neither asked for nor read again. True as long as all writes go
 * through this process, which holds the store's folder alone, and as long as it answers: `isOpen`. They are frozen, so
 * that nobody changes what others are given.
 */
export function knownTasks(isOpen: () => boolean): KnownTasks {
  const tasks = new LRUCache<string, Task>({ maxSize: MOST_TEXT });
  return {
    get: (id) => (isOpen() ? tasks.get(id) : undefined),
    forget: (id) => void tasks.delete(id),
    keep: (task, length) => void tasks.set(task.id, frozen(currentTask(task)), { size: length }),
  };
}
