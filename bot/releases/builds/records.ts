import { ChatOpsError } from "../../../core/errors.ts";
import type { StateStore } from "../../../core/ports/index.ts";
import type { Build } from "../../../core/releases/index.ts";

/** Builds as they are stored. */
export interface BuildRecords {
  get(id: string): Promise<Build | null>;
  /** The newest first. */
  list(): Promise<Build[]>;
  create(build: Build): Promise<void>;
  /**
   * Changes one by what it is now; null leaves it as it is. Gives it as it is afterwards, null when there is none.
   * Throws `builds.busy` when others change it all the time.
   */
  change(id: string, to: (build: Build) => Build | null): Promise<Build | null>;
  remove(id: string): Promise<void>;
}

const TRIES = 10;

/** Over the store of shared documents. */
export function buildRecords(state: StateStore): BuildRecords {
  return {
    get: async (id) => (await state.get("build", id))?.body ?? null,
    // Their ids sort by time.
    list: async () => (await state.list("build")).map(({ body }) => body).reverse(),
    create: async (build) =>
      void (await state.put({ kind: "build", name: build.id, expected: null, body: build })),
    change: (id, to) => change(id, to, state),
    remove: async (id) => {
      const stored = await state.get("build", id);
      if (stored) await state.remove("build", id, stored.revision);
    },
  };
}

async function change(
  id: string,
  to: (build: Build) => Build | null,
  state: StateStore,
): Promise<Build | null> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await state.get("build", id);
    const body = stored && to(stored.body);
    if (!stored || !body) return stored?.body ?? null;
    const put = await state.put({ kind: "build", name: id, expected: stored.revision, body });
    if (put.outcome === "stored") return body;
  }
  const message = `构建正忙，请再试 (the build is busy, try again): ${id}`;
  throw new ChatOpsError(message, { code: "builds.busy", retryable: true });
}
