import { createExplainer, type Explainer } from "../../bot/explain/index.ts";
import type { WhaleEvent } from "../../core/events/index.ts";

/** Finds these events, as the product does, in an archive of nothing else. */
export function finding(events: readonly WhaleEvent[]): { explainer: Pick<Explainer, "find"> } {
  const archive = {
    get: async (id: string) => events.find((event) => event.id === id) ?? null,
    search: async () => ({ events, next: null }),
  };
  const explainer = createExplainer({
    archive,
    journal: { event: async () => null },
    tasks: { findByPrefix: async () => [] },
  } as never);
  return { explainer: { find: explainer.find } };
}
