import type { JsonObject } from "../../core/ids/index.ts";
import type { Audit, Clock, ReplayStore } from "../../core/ports/index.ts";
import { newReplay, type Replay, type ReplayOrder } from "../../core/replays/index.ts";

export interface ReplayQueueDeps {
  replays: Pick<ReplayStore, "create">;
  audit: Pick<Audit, "append">;
  clock: Clock;
}

/** Queues what somebody ordered; `by` is an actor's name. The record comes first: what is not written down does not happen. */
export async function queueReplay(
  order: ReplayOrder,
  { id, by }: { id: string; by: string },
  deps: ReplayQueueDeps,
): Promise<Replay> {
  const replay = newReplay(order, { id, by, nowMs: deps.clock.nowMs() });
  const { scope: _, ...asked } = order;
  const detail = { state: "queued", ...asked } as unknown as JsonObject;
  await recordReplay(id, { who: by, detail }, deps);
  await deps.replays.create(replay);
  return replay;
}

/** What the audit log is told of a replay. */
export async function recordReplay(
  id: string,
  { who, detail }: { who: string; detail: JsonObject },
  { audit, clock }: Pick<ReplayQueueDeps, "audit" | "clock">,
): Promise<void> {
  const at = new Date(clock.nowMs()).toISOString();
  await audit.append({ at, who, what: "events.replay", object: id, detail });
}
