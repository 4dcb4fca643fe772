import type { Archive, Directory, Execution, Executor, Messenger } from "../../../core/ports/index.ts";

const PERSON = "zhangsan";
const NOTHING = { unreachable: [] };

/** Chat that takes everything at once. */
export const instantMessenger: Messenger = {
  sendCard: async ({ cardId }) => ({ messageId: cardId, code: `code of ${cardId}`, ...NOTHING }),
  updateCard: async () => "updated",
  sendText: async () => NOTHING,
  sendFile: async () => NOTHING,
};

/** One person, who may approve everything. */
export const instantDirectory: Directory = {
  expand: async () => [PERSON],
  vouch: async () => ({ outcome: "entitled", groups: [0] }),
  nameOf: async (userId) => userId,
};

/** An engine whose runs are over when it answers. */
export function instantExecutor(): Executor {
  const runOf = (cluster: string, id: string): Execution => {
    const at = new Date().toISOString();
    const times = { startedAt: at, endedAt: at, elapsedSeconds: 0.01 };
    return { id, cluster, action: "disk.cleanup", status: "succeeded", ...times, result: { freed: 4096 } };
  };
  let starts = 0;
  return {
    start: async ({ cluster }) => {
      starts += 1;
      const { result: _, ...brief } = runOf(cluster, starts.toString(16).padStart(24, "0"));
      return { outcome: "started", execution: brief };
    },
    find: async () => ({ outcome: "absent" }),
    rerun: async ({ cluster, executionId }) => ({
      outcome: "started",
      execution: runOf(cluster, executionId),
    }),
    reruns: async () => [],
    inquiries: async () => [],
    answer: async () => ({ outcome: "answered" }),
    tail: async () => ({ outcome: "ended" }),
    unclaimed: async () => [],
    control: async ({ cluster, executionId: id }) => ({ outcome: "taken", execution: runOf(cluster, id) }),
    retryPolicies: async () => [],
    aliases: async () => [],
    get: async (cluster, id) => runOf(cluster, id),
    list: async (cluster, ids) => ids.map((id) => runOf(cluster, id)),
    children: async () => [],
    result: async () => null,
    output: async () => "",
    watch: async () => undefined,
    probe: async () => ({ outcome: "up", version: "instant", tookMs: 0, skewMs: null, stuck: 0 }),
    canary: async () => ({ outcome: "passed", tookMs: 0 }),
    busy: async () => 0,
  };
}

/** An archive that takes everything and keeps nothing: what is measured is the store of tasks. */
export const takingArchive: Archive = {
  write: async () => undefined,
  get: async () => null,
  verdicts: async () => [],
  search: async () => ({ events: [], next: null }),
  aggregate: async () => ({ buckets: [], others: { keys: 0, events: 0 }, events: 0 }),
  overview: async () => [],
  count: async () => 0,
  forget: async () => 0,
  deadLetters: {
    count: async () => 0,
    list: async () => [],
    get: async () => null,
    retry: async () => ({ stored: 0, left: 0 }),
  },
  audit: { write: async () => undefined, position: async () => 0, read: async () => [] },
};
