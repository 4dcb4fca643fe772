import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import "../../support/property-seed.ts";
import { type Cluster, type ClusterState, chooseCluster } from "../../../core/clusters/index.ts";
import {
  DEFAULT_SETTINGS,
  hasRefusedLately,
  heldBefore,
  isTerminal,
  type StartAnswer,
  step,
  type Task,
  type TaskInput,
} from "../../../core/tasks/index.ts";
import { START_MS } from "../../support/clock.ts";
import { aClick, aMadeTask, anExecution, aStanding, inputs, walk } from "../../support/tasks.ts";

const NAMES = ["a", "b", "c"] as const;
const auth = { kind: "apiKey" as const, apiKey: "k" };
const CLUSTERS: Cluster[] = NAMES.map((name) => ({
  name,
  api: "http://x",
  auth,
  businesses: [],
  priority: 0,
}));

/** What happens to one start, and how the clusters look at that moment. */
const turn = fc.record({
  /** What comes of the request, if one goes out. `lost` arrives and its answer does not; `eaten` never arrives. */
  fate: fc.constantFrom("started", "not_sent", "lost", "eaten"),
  states: fc.tuple(...NAMES.map(() => fc.constantFrom<ClusterState>("up", "degraded", "draining", "down"))),
  /** Which clusters can be asked for what they hold. */
  answers: fc.tuple(...NAMES.map(() => fc.boolean())),
  laterMs: fc.integer({ min: 50_000, max: 200_000 }),
});
type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never;

interface Engine {
  held: string[];
  sentTo: string[];
}

function at<T>(list: readonly T[], name: string): T | undefined {
  return list[NAMES.indexOf(name as (typeof NAMES)[number])];
}

/** The start as the worker does it: choose, ask whoever may hold it, store the intent, send. */
function startOnce(task: Task, { fate, states, answers }: Turn, engine: Engine, nowMs: number): Task {
  const choice = chooseCluster(
    { taskId: task.id, allowed: task.clusters, reserve: task.reserve ?? [] },
    {
      clusters: CLUSTERS,
      mayServe: () => true,
      sightOf: (name) => ({ state: at(states, name) ?? "unknown", open: 0 }),
      lacksAction: () => false,
      packFault: () => null,
      isStopped: () => false,
      refusedLately: (name) => hasRefusedLately(task, name, nowMs),
    },
  );
  const must = choice.outcome === "chosen" ? [choice.cluster, ...(heldBefore(task).before ?? [])] : [];
  const apply = (now: Task, input: TaskInput) => step(now, input, { nowMs, settings: DEFAULT_SETTINGS }).task;
  const intended = apply(task, { kind: "intend", standing: { ...aStanding(task), choice }, sender: "w" });
  if (intended.state !== "starting" || !intended.start) return intended;
  const { cluster, requestId } = intended.start;
  const holder = engine.held.find((name) => must.includes(name) && at(answers, name));
  if (holder) {
    const execution = { ...anExecution("running"), cluster: holder };
    return apply(intended, { kind: "look", sighting: { outcome: "found", execution } });
  }
  const silent = must.find((name) => !at(answers, name));
  const told = (answer: StartAnswer) => apply(intended, { kind: "start_answer", requestId, answer });
  if (silent) return told({ outcome: "not_sent", message: "silent", at: silent });
  if (fate === "not_sent") return told({ outcome: "not_sent", message: "refused", at: cluster });
  engine.sentTo.push(cluster);
  if (fate !== "eaten") engine.held.push(cluster);
  if (fate !== "started") return told({ outcome: "unknown", message: "lost" });
  return told({ outcome: "started", execution: { ...anExecution("requested"), cluster } });
}

/** What is looked for after its answer was lost, and what a person orders when nobody can say. */
function goOn(task: Task, { answers, fate }: Turn, engine: Engine, nowMs: number): Task {
  const apply = (input: TaskInput) => step(task, input, { nowMs, settings: DEFAULT_SETTINGS }).task;
  const places = task.start ? [task.start.cluster, ...(task.start.before ?? [])] : [];
  const holder = engine.held.find((name) => places.includes(name) && at(answers, name));
  if (holder) {
    const execution = { ...anExecution("running"), cluster: holder };
    return apply({ kind: "look", sighting: { outcome: "found", execution } });
  }
  if (task.state === "unknown" && fate === "started") return apply({ kind: "again", click: aClick() });
  const all = places.every((name) => at(answers, name));
  return apply({
    kind: "look",
    sighting: all ? { outcome: "absent" } : { outcome: "unreachable", message: "" },
  });
}

test("whatever clusters do, however they flap, a task is started at most once and never outside its allowed set", () => {
  fc.assert(
    fc.property(
      fc.array(turn, { minLength: 1, maxLength: 14 }),
      fc.subarray([...NAMES]),
      (turns, allowed) => {
        const made = aMadeTask({
          rendered: { clusters: [...allowed].sort() },
          rule: { startWithinMs: 1e12 },
        });
        let task = walk(made, inputs.cardSent, inputs.approve);
        const engine: Engine = { held: [], sentTo: [] };
        let nowMs = START_MS + 10_000;
        for (const one of turns) {
          if (isTerminal(task.state) || task.state === "running") break;
          task =
            task.state === "approved" ? startOnce(task, one, engine, nowMs) : goOn(task, one, engine, nowMs);
          nowMs += one.laterMs;
        }
        assert.ok(engine.held.length <= 1, `started on ${engine.held.join(" ")}`);
        assert.ok(engine.sentTo.every((name) => (allowed as string[]).includes(name)));
      },
    ),
    { numRuns: 1_500 },
  );
});
