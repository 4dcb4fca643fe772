import assert from "node:assert/strict";
import { describe, mock } from "node:test";
import { joinCrew } from "../../bot/workers/crew.ts";
import { createAdvancer, startFollower } from "../../bot/workers/index.ts";
import type { Execution, Executor, TaskStore } from "../../core/ports/index.ts";
import { DEFAULT_SETTINGS, isTerminal, type Task } from "../../core/tasks/index.ts";
import { countedMetrics, eventually, settled } from "../bot/workers/parts.ts";
import { silentLog } from "../support/log.ts";
import { aMadeTask, inputs, walk } from "../support/tasks.ts";
import { type HarnessOf, testsOn, upTo } from "./harness.ts";

const CLUSTERS = ["hz", "bj", "sh", "gz"];
const COUNT = 24;
const LEASE_MS = 5_000;
const RELIST_MS = 15_000;

/** What every store promises processes that share the following of executions, when one of them is gone. */
export function handOverContract(name: string, open: () => Promise<HarnessOf<"tasks" | "leases">>): void {
  describe(`hand-over of the follower: ${name}`, () => {
    const test = testsOn(open);

    test("who dies in the middle is replaced: no end is lost, and none is told twice", async (store) => {
      await using yard = await openYard(store);
      const [a, b] = [await yard.join("a"), await yard.join("b")];
      await yard.share();
      yard.end(0, COUNT / 2);
      await yard.passUntil("one process to have read an end", () => a.reads > 0);
      a.die();
      yard.end(COUNT / 2, COUNT);
      await yard.passUntil("all ends to be known", yard.isAllOver);
      // It may read an end before it hears the stream of that cluster.
      await yard.passUntil("the other to follow all", () => b.homes.size === CLUSTERS.length);
      await yard.assertEachToldOnce();
    });

    test("who loses its lease and works on is joined: both hear of each end, and it is told once", async (store) => {
      await using yard = await openYard(store);
      const [a, b] = [await yard.join("a"), await yard.join("b")];
      await yard.share();
      // Halted for longer than its lease, as by a long pause of the machine; it does not know, and follows on.
      a.stopLooking();
      await yard.passUntil("the other to have them all", () => b.homes.size === CLUSTERS.length);
      await yard.passUntil("both to follow what was the one's", () => b.following() === COUNT);
      assert.ok(a.following() > 0);
      yard.end(0, COUNT);
      await yard.passUntil("all ends to be known", yard.isAllOver);
      await yard.assertEachToldOnce();
    });

    test("who comes back has its part again, and what ends meanwhile is told once", async (store) => {
      await using yard = await openYard(store);
      const [a, b] = [await yard.join("a"), await yard.join("b")];
      await yard.share();
      a.stopLooking();
      await yard.passUntil("the other to have them all", () => b.homes.size === CLUSTERS.length);
      yard.end(0, COUNT / 2);
      a.lookAgain();
      await yard.passUntil("each to have its part", () => b.homes.size < CLUSTERS.length && a.homes.size > 0);
      yard.end(COUNT / 2, COUNT);
      await yard.passUntil("all ends to be known", yard.isAllOver);
      await yard.assertEachToldOnce();
    });
  });
}

type Store = HarnessOf<"tasks" | "leases">;

/** Some processes over one store and one engine, on a time that the test moves. */
async function openYard(store: Store) {
  movedTimers();
  const { tasks, clock } = store;
  const engine = new Map<string, Execution>();
  const told: string[] = [];
  const processes: Process[] = [];
  for (const n of upTo(COUNT)) await tasks.make({ task: runningTask(n, engine), outbox: [] });
  const pass = async () => {
    clock.advance(1_000);
    for (const process of processes) process.look();
    mock.timers.tick(1_000);
    await settled();
  };
  const passUntil = async (what: string, look: () => boolean | Promise<boolean>) => {
    await eventually(what, async () => {
      await pass();
      return look();
    });
  };
  return {
    passUntil,
    join: async (name: string): Promise<Process> => {
      const process = await startProcess(name, { store, engine, told });
      processes.push(process);
      return process;
    },
    /** Until each follows its own clusters alone. */
    share: () =>
      passUntil("each to follow its own", () => {
        return processes.every(({ homes, following }) => homes.size < CLUSTERS.length && following() < COUNT);
      }),
    end: (from: number, to: number) => {
      for (const n of upTo(COUNT).slice(from, to)) {
        const id = idOf(n);
        engine.set(id, { ...(engine.get(id) as Execution), status: "succeeded", result: { n } });
      }
    },
    /** A store may show an end before it has answered whoever wrote it. */
    isAllOver: async () => {
      const all = await tasks.list({ limit: 100 });
      return told.length >= COUNT && all.every(({ state }) => isTerminal(state));
    },
    assertEachToldOnce: async () => {
      // What is told twice may be told late.
      for (let more = 0; more < 3; more += 1) await pass();
      const all = await tasks.list({ limit: 100 });
      assert.equal(all.length, COUNT);
      assert.deepEqual(told.sort(), all.map(({ id }) => id).sort());
      for (const { id, state, history, execution } of all) {
        const ends = history.filter(({ reason }) => reason === "execution_ended");
        assert.deepEqual([state, ends.length, execution?.status], ["succeeded", 1, "succeeded"], id);
        assert.notEqual(execution?.result, undefined, id);
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const process of processes) process.die();
      const stops = processes.map(({ stop }) => stop());
      mock.timers.tick(60_000);
      await Promise.all(stops);
      mock.timers.reset();
    },
  };
}

/**
 * Timers on the test's time, but for those of the client of a store: on that, an answer that is under way for a moment
 * would be minutes late, and the connection given up.
 */
function movedTimers(): void {
  const real = { set: globalThis.setTimeout, clear: globalThis.clearTimeout };
  mock.timers.enable({ apis: ["setTimeout"] });
  const moved = { set: globalThis.setTimeout, clear: globalThis.clearTimeout };
  const set = (...args: Parameters<typeof setTimeout>) => {
    const isClients = new Error().stack?.includes("/node_modules/ioredis/");
    return (isClients ? real : moved).set(...args);
  };
  globalThis.setTimeout = set as typeof setTimeout;
  globalThis.clearTimeout = (timer) => {
    real.clear(timer);
    moved.clear(timer);
  };
}

interface Process {
  /** The clusters whose stream it hears. */
  homes: Set<string>;
  /** How many ends it has read. */
  reads: number;
  following(): number;
  look(): void;
  stopLooking(): void;
  lookAgain(): void;
  /** Nothing of it reaches anybody any more. */
  die(): void;
  stop(): Promise<void>;
}

interface Ground {
  store: Store;
  engine: Map<string, Execution>;
  /** The tasks of which an end was put into the outbox, once for each time. */
  told: string[];
}

async function startProcess(name: string, { store, engine, told }: Ground): Promise<Process> {
  const { leases, clock } = store;
  let isDead = false;
  let looks: (() => void) | null = null;
  let looking: (() => void) | null = null;
  const never = new Promise<never>(() => undefined);
  const alive = async <T>(value: () => T): Promise<T> => (isDead ? never : value());
  const tasks: TaskStore = {
    ...store.tasks,
    move: async (given) => {
      if (isDead) return never;
      const outcome = await store.tasks.move(given);
      const reports = given.outbox.filter(({ body }) => body.kind === "report");
      if (outcome === "moved") for (const _ of reports) told.push(given.task.id);
      return outcome;
    },
  };
  const homes = new Set<string>();
  const process = { reads: 0 };
  const executor = {
    list: (_: string, ids: string[]) => alive(() => ids.flatMap((id) => briefOf(engine.get(id)))),
    get: (_: string, id: string) =>
      alive(() => {
        process.reads++;
        return engine.get(id) ?? null;
      }),
    find: () => alive(() => ({ outcome: "absent" as const })),
    reruns: () => alive(() => []),
    retryPolicies: () => alive(() => []),
    watch: async (cluster: string, _: unknown, signal: AbortSignal) => {
      homes.add(cluster);
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      homes.delete(cluster);
    },
  } as unknown as Executor;
  const common = { clock, log: silentLog, metrics: countedMetrics() };
  const advancer = createAdvancer({ tasks, ...common }, DEFAULT_SETTINGS);
  const crew = await joinCrew({
    ...{ leases, log: silentLog, holder: name, prefix: "follower:", leaseMs: LEASE_MS },
    every: (_, run) => {
      looks = run;
      looking = run;
      return { stop: () => undefined };
    },
  });
  const follower = await startFollower({
    ...{ tasks, advancer, executor, crew, ...common, clusters: () => CLUSTERS, relistMs: RELIST_MS },
    ...{ random: () => 0.5, onStep: () => undefined },
  });
  return Object.assign(process, {
    homes,
    following: follower.following,
    look: () => looking?.(),
    stopLooking: () => {
      looking = null;
    },
    lookAgain: () => {
      looking = looks;
    },
    die: () => {
      isDead = true;
      looking = null;
    },
    stop: () => Promise.race([follower.stop(), settled(50)]),
  });
}

/** A list brings no result. */
function briefOf(execution: Execution | undefined): Execution[] {
  if (!execution) return [];
  const { result: _, ...brief } = execution;
  return [brief];
}

function idOf(n: number): string {
  return `6740a1b2c3d4e5f607${String(n).padStart(6, "0")}`;
}

function runningTask(n: number, engine: Map<string, Execution>): Task {
  const cluster = CLUSTERS[n % CLUSTERS.length] ?? "";
  const made = aMadeTask({ event: { id: `e-${n}` }, rendered: { clusters: [cluster] } });
  const task = walk(made, inputs.cardSent, inputs.approve, inputs.intend, inputs.started);
  const execution = { id: idOf(n), cluster, status: "running" };
  engine.set(execution.id, { ...execution, action: task.action });
  return { ...task, revision: 1, execution };
}
