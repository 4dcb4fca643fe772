import { createEnding } from "../../../bot/ending.ts";
import { startWork } from "../../../bot/work.ts";
import type { OutboxItem } from "../../../core/ports/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { configured, groundOver } from "./ground.ts";
import { createLives } from "./lives.ts";
import { watched } from "./watched.ts";

/** What is stored under a key, in place of what was there. */
export interface BenchRecord {
  key: string;
  body: string;
}

const clock = { nowMs: () => Date.now() };

/**
 * Every record that one life of a task stores, in order, as the workers write them to the reference store: each
 * version of the task, each message, the click, the end's event. What only marks a record (leases, done, settled)
 * is not counted.
 */
export async function recordsOfALife(env: Readonly<Record<string, string>>): Promise<BenchRecord[]> {
  const records: BenchRecord[] = [];
  const keep = (key: string, body: string): void => void records.push({ key, body });
  const keepAll = (items: readonly OutboxItem[]): void => {
    for (const item of items) keep(item.key, JSON.stringify(item));
  };
  const made = await configured(env);
  const lives = createLives(() => store, made.inForce, "record");
  const store = watched(openMemoryStore({ clock }), {
    made: ({ task, outbox }) => {
      keep(task.id, JSON.stringify(task));
      keepAll(outbox);
    },
    moved: (move) => {
      keep(move.task.id, JSON.stringify(move.task));
      keepAll(move.outbox);
      lives.watcher.moved?.(move);
    },
    clicked: keep,
    ended: (taskId, body) => {
      keep(`ended:${taskId}`, body);
      lives.watcher.ended?.(taskId, body);
    },
  });
  const work = await startWork(groundOver(store, made, clock));
  await lives.run(1);
  await work.stop(createEnding());
  return records;
}
