import type { StateStore } from "../../../core/ports/index.ts";

/**
 * The shared documents, whose version is asked once after each change. True as long as all changes go through this
 * process, which holds the store's folder alone, and as long as it answers: `isOpen`.
 */
export function knownState(state: StateStore, isOpen: () => boolean): StateStore {
  let asked: Promise<number> | null = null;
  const changed = (): void => {
    asked = null;
  };
  return {
    ...state,
    // Whatever became of it: what failed may be stored all the same.
    put: (change) => state.put(change).finally(changed),
    remove: (...document) => state.remove(...document).finally(changed),
    version: () => {
      if (!isOpen()) changed();
      asked ??= state.version().catch((error: unknown) => {
        changed();
        throw error;
      });
      return asked;
    },
  };
}
