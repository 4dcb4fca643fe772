import { type ListPlace, MORE_MS } from "../../core/commands/index.ts";
import type { Clock, StateStore } from "../../core/ports/index.ts";

/** Where each person's last list goes on. */
export interface Places {
  /** Null when there is none, or it is too long ago. */
  of(userId: string): Promise<ListPlace | null>;
  /** Null: the list is at its end. */
  keep(userId: string, place: Omit<ListPlace, "until"> | null): Promise<void>;
}

const TRIES = 4;

export function createPlaces({ state, clock }: { state: StateStore; clock: Clock }): Places {
  return {
    of: async (userId) => {
      const found = await state.get("place", userId);
      return found && clock.nowMs() < Date.parse(found.body.until) ? found.body : null;
    },
    keep: async (userId, place) => {
      const until = new Date(clock.nowMs() + MORE_MS).toISOString();
      // Whoever asks twice at once goes on from either list.
      for (let tries = 0; tries < TRIES; tries++) {
        const stored = await state.get("place", userId);
        if (!place) return void (stored && (await state.remove("place", userId, stored.revision)));
        const change = { name: userId, expected: stored?.revision ?? null, body: { ...place, until } };
        if ((await state.put({ kind: "place", ...change })).outcome === "stored") return;
      }
    },
  };
}
