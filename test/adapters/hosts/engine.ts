import type { Json } from "../../../core/ids/index.ts";
import type { Execution, Executor, StartRequest } from "../../../core/ports/index.ts";

/** Hosts that an engine changes, one step of a run for each tick. */
export interface Engine extends Pick<Executor, "start" | "find" | "get"> {
  tick(): void;
  running(): string[];
  /** Starts of the action that changes hosts, by host. */
  readonly changes: string[];
  /** The most runs that were ever under way at once. */
  most(): number;
  /** Whether a host was ever changed by two runs at the same time. */
  hadTwo(): boolean;
  faults: { down: boolean; loseAnswer: boolean; notSent: boolean; lie: boolean };
}

interface Run extends Execution {
  request: StartRequest;
  ticks: number;
}

/** Ticks that a change takes. */
const TAKES = 2;

export function anEngine(hosts: readonly string[], image: string, broken: string): Engine {
  const state = new Map(hosts.map((host) => [host, { image, release: null as string | null }]));
  const runs: Run[] = [];
  const changes: string[] = [];
  let [most, two] = [0, false];
  const faults = { down: false, loseAnswer: false, notSent: false, lie: false };
  const hostOf = ({ parameters }: StartRequest) => String(parameters["host"]);
  const make = (request: StartRequest): Run => {
    const isLook = request.action === "release.state";
    const result = isLook ? (JSON.stringify(state.get(hostOf(request))) as Json) : undefined;
    const run: Run = {
      ...{ id: `x${runs.length}`, cluster: request.cluster, action: request.action, request, ticks: 0 },
      ...(isLook ? { status: "succeeded", result: { stdout: result ?? "" } } : { status: "running" }),
    };
    runs.push(run);
    if (isLook) return run;
    changes.push(hostOf(request));
    const busy = runs.filter(({ status }) => status === "running");
    most = Math.max(most, busy.length);
    two ||= busy.filter((one) => hostOf(one.request) === hostOf(request)).length > 1;
    return run;
  };
  return {
    ...{ changes, faults, most: () => most, hadTwo: () => two },
    running: () => [...state.values()].map((one) => one.image),
    tick: () => {
      for (const run of runs.filter(({ status }) => status === "running")) {
        run.ticks += 1;
        if (run.ticks < TAKES) continue;
        const wanted = String(run.request.parameters["image"]);
        run.status = wanted === broken ? "failed" : "succeeded";
        const release = String(run.request.parameters["release"]);
        if (wanted !== broken && !faults.lie) state.set(hostOf(run.request), { image: wanted, release });
      }
    },
    start: async (request) => {
      if (faults.down || faults.notSent) return { outcome: "not_sent", message: "out of reach" };
      const run = make(request);
      if (!faults.loseAnswer) return { outcome: "started", execution: { ...run } };
      faults.loseAnswer = false;
      return { outcome: "unknown", message: "no answer" };
    },
    find: async ({ requestId }) => {
      if (faults.down) return { outcome: "unreachable", message: "out of reach" };
      const run = runs.find(({ request }) => request.requestId === requestId);
      if (!run) return { outcome: "absent" };
      return { outcome: "found", execution: { ...run }, starts: 1, doubles: [], attempts: [] };
    },
    get: async (_cluster, id) => structuredClone(runs.find((run) => run.id === id) ?? null),
  };
}
