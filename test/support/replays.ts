import type { ReplayStore } from "../../core/ports/index.ts";
import { newReplay, type Replay, type ReplayOrder } from "../../core/replays/index.ts";
import { START_MS } from "./clock.ts";

/** A rehearsal of everything by everybody's rules, as fast as can be. Name only what matters. */
export function anOrder(overrides: Partial<ReplayOrder> = {}): ReplayOrder {
  return {
    mode: "rehearse",
    filter: { to: new Date(START_MS).toISOString() },
    rules: null,
    perSecond: null,
    ignoreThrottle: false,
    maxTasks: null,
    maxEvents: null,
    scope: { events: { kind: "everything" }, rules: { kind: "everything" } },
    ...overrides,
  };
}

/** A replay that waits, asked for by zhangsan when test clocks start. */
export function aReplay(
  id: string,
  { order = {}, ...overrides }: Partial<Omit<Replay, "order">> & { order?: Partial<ReplayOrder> } = {},
): Replay {
  return { ...newReplay(anOrder(order), { id, by: "user:zhangsan", nowMs: START_MS }), ...overrides };
}

/** The ids of a store's replays, newest first. */
export async function idsOf(replays: ReplayStore): Promise<string[]> {
  return (await replays.list(100)).map(({ id }) => id);
}
