import { setTimeout as pause } from "node:timers/promises";
import type { InForce } from "../../../bot/in-force.ts";
import { cardId } from "../../../core/ids/index.ts";
import type { Making } from "../../../core/ports/index.ts";
import { makingOf } from "./makings.ts";
import type { BenchStore } from "./store.ts";
import type { Watcher } from "./watched.ts";

/** So many tasks are between their making and their end at any time. */
export const IN_FLIGHT = 256;

/** Brings tasks to life and approves them by a click as soon as their card is known to be sent. */
export interface Lives {
  watcher: Watcher;
  /** Brings so many tasks through their whole life; settles when all is done and sent. Tells how long that took. */
  run(count: number): Promise<number>;
}

/** `store` is the watched one. Tasks are named apart by `name`. */
export function createLives(store: () => BenchStore, inForce: InForce, name: string): Lives {
  const ends = new Map<string, () => void>();
  let no = 0;
  const click = async (taskId: string): Promise<void> => {
    const payload = { kind: "click" as const, userId: "zhangsan", button: "approve" };
    const callback = { ...payload, cardId: cardId(taskId, 1), code: `click on ${taskId}` };
    const item = { ...callback, createdAtSeconds: Math.floor(Date.now() / 1000) };
    await store().inbox.insert({ key: `click:${taskId}`, receivedAtMs: Date.now(), payload: item });
  };
  const live = async (making: Making): Promise<void> => {
    const ended = new Promise<void>((resolve) => ends.set(making.task.id, resolve));
    await store().tasks.make(making);
    await ended;
  };
  const watcher: Watcher = {
    moved: ({ task, settles }) => {
      if (ends.has(task.id) && task.state === "pending_approval" && settles) void click(task.id);
    },
    ended: (taskId) => {
      ends.get(taskId)?.();
      ends.delete(taskId);
    },
  };
  const run = async (count: number): Promise<number> => {
    const makings = Array.from({ length: count }, () => makingOf(inForce, name, ++no));
    const startedMs = performance.now();
    const lane = async (): Promise<void> => {
      for (let making = makings.pop(); making; making = makings.pop()) await live(making);
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
    await untilSent(store());
    return performance.now() - startedMs;
  };
  return { watcher, run };
}

async function untilSent({ outbox }: BenchStore): Promise<void> {
  while (Object.keys(await outbox.depth()).length > 0) await pause(2);
}
