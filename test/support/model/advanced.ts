import type { StepResult, Task, TaskInput } from "../../../core/tasks/index.ts";
import { NOW, normal, type Parts, TICKS, type World } from "./world.ts";

/** What judging an input gave, and the world with that stored. */
export interface Advanced {
  world: World;
  result: StepResult;
}

/**
 * Judges an input as `bot/workers/advance.ts` does. There a move whose revision is no longer stored is judged anew on
 * what is stored, until its write goes through: the same as judging it on what is stored in that instant. A lease
 * and its fence only spare needless tries, so that the model does without and lets anybody take what is due.
 */
export function advance(world: World, read: Task, input: TaskInput, parts: Parts): Advanced {
  const task = parts.compares ? world.task : read;
  const result = parts.step(task, input, { nowMs: NOW, settings: TICKS });
  if (result.task === task && result.effects.length === 0) return { world, result };
  const stored = normal({ ...result.task, revision: world.task.revision + 1 });
  const wasTold = result.effects.some((effect) => effect.kind === "notice" && isOfTwins(effect.about));
  const ghost = wasTold ? { ...world.ghost, wasToldOfTwins: true } : world.ghost;
  return { world: { ...world, task: stored, ghost }, result };
}

/** The world with the input judged and stored. */
export function advanced(world: World, read: Task, input: TaskInput, parts: Parts): World {
  return advance(world, read, input, parts).world;
}

function isOfTwins(about: string): boolean {
  return about === "doubled";
}
