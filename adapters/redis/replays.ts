import type { ReplayChange, ReplayStore } from "../../core/ports/index.ts";
import { hasEnded, type Replay } from "../../core/replays/index.ts";
import { limitOf } from "./claims.ts";
import type { Arg, Engine } from "./engine.ts";
import { finite } from "./finite.ts";
import { REPLAYS_TAG } from "./partitions.ts";
import { CLAIM, CREATE, LIST, SAVE, TRIM } from "./replay-scripts.ts";
import { trimAll } from "./trim-all.ts";

/** Replays over Redis: one partition, so that the oldest goes first over all of it. */
export function redisReplays(engine: Engine): ReplayStore {
  return {
    create: async (replay) => {
      if ((await engine.write<number>(CREATE, REPLAYS_TAG, createArgs(replay))) === 1) engine.wake("replays");
    },
    get: async (id) => {
      const field = [`${engine.base(REPLAYS_TAG)}:r:${id}`, "body"];
      const body = await engine.command<string | null>("HGET", field);
      return body === null ? null : replayOf(body);
    },
    list: async (limit) => {
      if (limitOf(limit) === 0) return [];
      return (await engine.run<string[]>(LIST, REPLAYS_TAG, [limitOf(limit)])).map(replayOf);
    },
    claim: async (mode, ttlMs) => {
      const [fence, body] = await engine.run<string[]>(CLAIM, REPLAYS_TAG, [mode, ttlMs]);
      return body === undefined ? null : { replay: replayOf(body), fence: Number(fence) };
    },
    save: (change) => save(engine, change),
    trim: (olderThanMs) => trimAll(engine, { script: TRIM, tag: REPLAYS_TAG, olderThanMs }),
  };
}

function replayOf(body: string): Replay {
  return JSON.parse(body) as Replay;
}

function endedArg(replay: Replay): Arg {
  return hasEnded(replay) ? 1 : 0;
}

function createArgs(replay: Replay): Arg[] {
  const { id, order, revision } = replay;
  const createdAtMs = finite(replay.createdAtMs, "createdAtMs");
  const updatedAtMs = finite(replay.updatedAtMs, "updatedAtMs");
  return [id, order.mode, endedArg(replay), revision, createdAtMs, updatedAtMs, JSON.stringify(replay)];
}

async function save(
  engine: Engine,
  { replay, expected, lease }: ReplayChange,
): Promise<"saved" | "conflict"> {
  if (replay.revision !== expected + 1) return "conflict";
  const updatedAtMs = finite(replay.updatedAtMs, "updatedAtMs");
  const about = [replay.id, expected, endedArg(replay), updatedAtMs, JSON.stringify(replay)];
  const saved = await engine.write<number>(SAVE, REPLAYS_TAG, [
    ...about,
    lease?.fence ?? "",
    lease?.ttlMs ?? "",
  ]);
  return saved === 1 ? "saved" : "conflict";
}
