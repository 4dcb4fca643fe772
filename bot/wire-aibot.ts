import { randomUUID } from "node:crypto";
import { type AibotCheck, checkAibot } from "../adapters/aibot/index.ts";
import { isFolderHeld } from "../adapters/sqlite/index.ts";
import { errorText } from "../core/errors.ts";
import type { BotState, Clock, Leases, Logger } from "../core/ports/index.ts";
import type { Config } from "./config/index.ts";
import type { AibotLook } from "./doctor/index.ts";

/** What a running process says of its bot; `none` where it has none. */
export interface RunningBot {
  state: BotState | "none";
  why?: string;
}

interface Surroundings {
  /** Null where no process answers. */
  running: RunningBot | null;
  clock: Clock;
  log: Logger;
}

/** A person waits for it. */
const CONNECT_MS = 5_000;
/** Where one process alone may run, who is not there needs no lease. */
const NOBODY: Pick<Leases, "acquire" | "release"> = {
  acquire: async () => ({ outcome: "held", fence: 1, untilMs: 0 }),
  release: async () => true,
};

/** Tries the bot's id and secret, but only where no process of Whale has its connection. */
export async function examineAibot(config: Config, surroundings: Surroundings): Promise<AibotLook> {
  const { aibot, stores } = config;
  if (aibot === null) return { outcome: "not_set" };
  const { running, clock, log } = surroundings;
  const tried = (leases: typeof NOBODY): Promise<AibotCheck> => {
    const holder = `doctor-${randomUUID()}`;
    return checkAibot({ ...aibot, connectMs: CONNECT_MS }, { leases, holder, clock });
  };
  if (stores.kind === "embedded") return besideOne(config, running) ?? tried(NOBODY);
  try {
    const { openRedisStore } = await import("../adapters/redis/index.ts");
    const store = await openRedisStore({ ...stores.redis, log });
    return await tried(store.leases).finally(() => store.close());
  } catch (error) {
    return { outcome: "not_tried", why: errorText(error) };
  }
}

/** Why a bot is not to be tried beside the one process that may run on a data folder; null when it may. */
function besideOne({ dataDir }: Config, running: RunningBot | null): AibotLook | null {
  if (running?.state === "live") return { outcome: "taken", by: "运行中的鲸 (the running Whale)" };
  // Who is refused for good has no connection that could be lost.
  if (running?.state === "stopped" || running?.state === "none") return null;
  if (running) return { outcome: "not_tried", why: running.why ?? running.state };
  if (!isFolderHeld(dataDir)) return null;
  return {
    outcome: "not_tried",
    why: "运行中的鲸没有说它连没连 (the running Whale does not tell of its bot)",
  };
}
