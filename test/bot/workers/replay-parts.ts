import { type ReplayWorkerDeps, startReplayWorker } from "../../../bot/workers/index.ts";
import type { WhaleEvent } from "../../../core/events/index.ts";
import { eventId } from "../../../core/ids/index.ts";
import { compileMutes } from "../../../core/mutes/index.ts";
import type { Archive } from "../../../core/ports/index.ts";
import { hasEnded, type Replay } from "../../../core/replays/index.ts";
import { type Rule, ruleSet } from "../../../core/rules/index.ts";
import { DEFAULT_SETTINGS } from "../../../core/tasks/index.ts";
import { compileWindows } from "../../../core/windows/index.ts";
import { type MemoryStore, openMemoryStore } from "../../../fixtures/memory/index.ts";
import { openMemoryArchive } from "../../../fixtures/memory-archive/index.ts";
import { anEvent } from "../../support/builders.ts";
import { type MovableClock, movableClock, START_MS } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { NO_SECRETS } from "../../support/secrecy.ts";
import { aRule } from "../../support/tasks.ts";
import { countedMetrics, eventually } from "./parts.ts";

/** A store, an archive and rules, for one worker after the other. */
export interface ReplayWorld {
  store: MemoryStore;
  archive: Archive;
  clock: MovableClock;
  metrics: ReturnType<typeof countedMetrics>;
  /** Starts a worker as a process has it, with these parts in place of the usual ones. */
  start(parts?: Partial<ReplayWorkerDeps>): ReturnType<typeof startReplayWorker>;
  /** Waits for the end of a replay. */
  ended(id: string): Promise<Replay>;
}

/** A month old event of a machine of its own. */
export function storedEvent(no: number, overrides: Partial<WhaleEvent> = {}): WhaleEvent {
  const receivedAt = new Date(START_MS - 30 * 86_400_000 + no * 1_000).toISOString();
  const host = `vm-${no}`;
  const detail = { ...anEvent().detail, host };
  const own = { id: eventId("prometheus", `stored-${no}`), receivedAt, subject: host, incident: host };
  return anEvent({ ...own, detail, ...overrides });
}

/** What events are judged by where these rules are in force, and one cluster. */
export function judgingBy(rules: readonly Rule[]): Pick<ReplayWorkerDeps, "inForce" | "mutes" | "secrecy"> {
  const compiled = ruleSet(rules);
  if (compiled.outcome === "invalid") throw new Error(compiled.message);
  const auth = { kind: "apiKey" as const, apiKey: "k" };
  const clusters = [{ name: "hz-core", api: "http://x", auth, businesses: ["shop"], priority: 1 }];
  return {
    inForce: () => ({
      ...{ set: compiled.set, clusters, policies: [], schedules: new Map() },
      windows: compileWindows([], () => () => false),
    }),
    mutes: { current: () => compileMutes([]), refresh: async () => undefined },
    secrecy: NO_SECRETS,
  };
}

/** Opens a world in which these events are stored and these rules are in force. */
export async function replayWorld(
  events: readonly WhaleEvent[],
  rules: readonly Rule[] = [aRule()],
): Promise<ReplayWorld> {
  const clock = movableClock();
  const store = openMemoryStore({ clock });
  const archive = openMemoryArchive();
  await archive.write({ events, verdicts: [] });
  const metrics = countedMetrics();
  const judging = judgingBy(rules);
  return {
    ...{ store, archive, clock, metrics },
    start: (parts = {}) => {
      const { replays, journal, tasks, audit } = store;
      const ports = {
        ...judging,
        ...{ replays, archive, journal, tasks, audit, clock, metrics },
      };
      const rest = {
        settings: DEFAULT_SETTINGS,
        busy: () => false,
        liveAtMs: () => 0,
        log: silentLog,
        onStep: () => undefined,
      };
      return startReplayWorker({ ...ports, ...rest, ...parts });
    },
    ended: async (id) => {
      const found: Replay[] = [];
      await eventually(`the end of ${id}`, async () => {
        const replay = await store.replays.get(id);
        if (replay && hasEnded(replay)) found.push(replay);
        return found.length > 0;
      });
      return found[0] as Replay;
    },
  };
}
