import { LRUCache } from "lru-cache";
import type { TaskRows } from "../task-rows.ts";

/** So many characters the remembered tasks have at most: about a thousand tasks. */
const MOST_TEXT = 3_000_000;

/**
 * The rows of tasks, of which those stored last are remembered and not asked for again. True as long as all writes go
 * through this process, which holds the store's folder alone, and as long as it answers: `isOpen`.
 */
export function knownTasks(rows: TaskRows, isOpen: () => boolean): TaskRows {
  const texts = new LRUCache<string, string>({ maxSize: MOST_TEXT, sizeCalculation: ({ length }) => length });
  return {
    ...rows,
    get: async (id) => (isOpen() ? texts.get(id) : undefined) ?? rows.get(id),
    make: async (making) => {
      const made = await rows.make(making);
      const { id, body } = making.task;
      // With a token the store writes another text than it was given.
      if (made.outcome === "made" && !made.grant) texts.set(id, body);
      return made;
    },
    move: async (move) => {
      const { id, body } = move.task;
      // Asked for while it is not known what became of it; one that fails may be stored all the same.
      texts.delete(id);
      const outcome = await rows.move(move);
      if (outcome === "moved") texts.set(id, body);
      return outcome;
    },
  };
}
