import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createChooser, createOpenRuns, createPackWatch } from "../../../bot/routing/index.ts";
import { createAdvancer, createStarter, evidenceOf, type InForce } from "../../../bot/workers/index.ts";
import { bindingHash } from "../../../core/approvals/index.ts";
import type { Cluster } from "../../../core/clusters/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import { hashOf } from "../../../core/ids/index.ts";
import type {
  Execution,
  Executor,
  FindOutcome,
  RerunRequest,
  StartOutcome,
  StartRequest,
  TaskStore,
} from "../../../core/ports/index.ts";
import type { Stop } from "../../../core/stops/index.ts";
import { DEFAULT_SETTINGS, type Task, type TaskInput } from "../../../core/tasks/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { movableClock, START_MS } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { aClick, aMadeTask, anExecution, aRule, inputs, stepAt, walk } from "../../support/tasks.ts";
import { countedMetrics } from "./parts.ts";

const { cardSent, approve, intend, lost, absent } = inputs;
const LATE_MS = START_MS + 200_000;

function aCluster(name: string, priority: number): Cluster {
  return { name, api: "http://x", auth: { kind: "apiKey", apiKey: "k" }, businesses: [], priority };
}

/** A store that fails its n-th write of a task and those after it, having done the first of them or not. */
function failing(
  tasks: TaskStore,
  { from, times, done }: { from: number; times: number; done: boolean },
): TaskStore {
  let writes = 0;
  return {
    ...tasks,
    move: async (move) => {
      const n = ++writes - from;
      if (n < 0 || n >= times) return tasks.move(move);
      if (n === 0 && done) await tasks.move(move);
      throw new ChatOpsError("the store went away", { code: "store.unreachable", retryable: true });
    },
  };
}

/** A starter over a store in memory; `seen` is what StackStorm has, by cluster and request id. */
function starting(
  seen: Record<string, FindOutcome>,
  unclaimed: Execution[] = [],
  through: (tasks: TaskStore) => TaskStore = (tasks) => tasks,
) {
  const clock = movableClock(LATE_MS);
  const tasks = through(openMemoryStore({ clock }).tasks);
  const asked: string[] = [];
  const sent: StartRequest[] = [];
  /** Clusters without the action, which is known of none before it was asked. */
  const lacking = new Set<string>();
  /** What was made of the run that is run once more (null: nobody can say), and what is asked for. */
  const rerun = {
    made: [] as ({ id: string } & Partial<Execution>)[] | null,
    sent: [] as RerunRequest[],
    answer: { outcome: "unknown", message: "lost" } as StartOutcome,
  };
  const executor = {
    rerun: async (request: RerunRequest) => {
      rerun.sent.push(request);
      return rerun.answer;
    },
    reruns: async () => {
      if (rerun.made === null) throw new ChatOpsError("down", { code: "st2.down", retryable: true });
      return rerun.made.map((one) => ({ ...anExecution("running"), action: "disk.cleanup", ...one }));
    },
    find: async ({ cluster, requestId }: { cluster: string; requestId: string }) => {
      const place = `${cluster} ${requestId.slice(-1)}`;
      asked.push(place);
      return seen[place] ?? { outcome: "absent" };
    },
    start: async (request: StartRequest) => {
      sent.push(request);
      if (lacking.has(request.cluster)) return { outcome: "refused", message: "no such action" };
      return { outcome: "started", execution: { ...anExecution("requested"), action: request.action } };
    },
    unclaimed: async () => unclaimed,
  } as unknown as Executor;
  /** What is stopped, and what each look at it changes. */
  const stopped = { now: [] as Stop[], looks: [] as Stop[][] };
  const refresh = async () => {
    stopped.now = stopped.looks.shift() ?? stopped.now;
  };
  const common = { clock, log: silentLog, metrics: countedMetrics() };
  const advancer = createAdvancer({ tasks, ...common }, DEFAULT_SETTINGS);
  const clusters = [aCluster("hz-core", 2), aCluster("bj-core", 1)];
  const inForce = (): InForce => ({ rules: [aRule()], grants: [], policies: [] });
  const open = createOpenRuns({ tasks, advancer, isAlone: true, clock, log: silentLog });
  const chooser = createChooser({
    ...{ inForce: () => ({ clusters }), sights: () => new Map(), open },
    actions: {
      ...{ lacks: () => false, recheck: async () => undefined },
      lacksNow: async (cluster) => lacking.has(cluster),
    },
    packs: createPackWatch({ packs: { readPack: async () => ({ outcome: "absent" }) }, clock }),
  });
  const starter = createStarter({
    ...{ tasks, advancer, executor, inForce, chooser, open, clock, onStep: () => undefined },
    stops: { refresh, current: () => stopped.now },
  });
  const work = async (task: Task, how: "start" | "look"): Promise<Task> => {
    await tasks.make({ task: { ...task, revision: 1 }, outbox: [] });
    const [claim] = await tasks.claimDue("w", 1, 60_000);
    if (!claim) throw new Error("the task is not due");
    await starter[how](claim.task, claim.fence);
    return (await tasks.get(task.id)) as Task;
  };
  return { work, asked, sent, tasks, stopped, lacking, rerun };
}

function found(id: string, doubles: string[] = []): FindOutcome {
  const execution = { ...anExecution("running"), id, action: "disk.cleanup" };
  return { outcome: "found", execution, starts: doubles.length + 1, doubles, attempts: [] };
}

const approvedTask = () => ({ ...walk(aMadeTask(), cardSent, approve), approvedAtMs: LATE_MS });
const looking = () => ({ ...walk(aMadeTask(), cardSent, approve, intend, lost), dueAtMs: LATE_MS });

/** A task whose first start was lost on `bj-core`, and which a person has ordered anew since. */
function orderedAnew(): Task {
  const made = aMadeTask({ rendered: { clusters: ["bj-core", "hz-core"] } });
  const unknown = stepAt(walk(made, cardSent, approve, intend, lost), absent(), LATE_MS - 1000).task;
  const again: TaskInput = { kind: "again", click: aClick() };
  return stepAt(unknown, again, LATE_MS).task;
}

describe("before each start StackStorm is asked", () => {
  test("and what a restored store has forgotten is adopted, not started again", async () => {
    const { work, sent } = starting({ "hz-core 1": found("e1") });
    const task = await work(approvedTask(), "start");
    assert.deepEqual([task.state, task.execution?.id, sent.length], ["running", "e1", 0]);
  });

  test("and nothing is sent while it cannot say", async () => {
    const { work, sent } = starting({ "hz-core 1": { outcome: "unreachable", message: "down" } });
    const task = await work(approvedTask(), "start");
    assert.deepEqual([task.state, task.reason, sent.length], ["approved", "start_not_sent", 0]);
  });

  test("on every cluster that an earlier start went to, for every number", async () => {
    const { work, asked, sent } = starting({});
    const task = await work(orderedAnew(), "start");
    assert.deepEqual(asked.sort(), ["bj-core 1", "bj-core 2", "hz-core 1", "hz-core 2"]);
    assert.equal(sent.length, 1);
    assert.deepEqual([task.start?.cluster, task.start?.before], ["hz-core", ["bj-core"]]);
  });

  test("and an earlier cluster that cannot say holds the next start up", async () => {
    const { work, sent } = starting({ "bj-core 1": { outcome: "unreachable", message: "down" } });
    const task = await work(orderedAnew(), "start");
    assert.deepEqual([task.state, sent.length], ["approved", 0]);
  });

  test("and two starts that went through are told, whatever their numbers", async () => {
    const { work, sent } = starting({ "bj-core 1": found("e1"), "hz-core 2": found("e2", ["e3"]) });
    const task = await work(orderedAnew(), "start");
    const all = [task.execution?.id, ...(task.doubles ?? [])].sort();
    assert.deepEqual([all, sent.length], [["e1", "e2", "e3"], 0]);
  });
});

describe("what people have stopped", () => {
  const stop = (scope: Stop["scope"]): Stop => ({ scope, by: "user:wangwu", at: "", why: "断电" });
  const cluster = (name: string) => stop({ of: "cluster", name });

  for (const scope of [
    { of: "everything" },
    { of: "business", name: "shop" },
    { of: "rule", name: aRule().id },
    { of: "cluster", name: "hz-core" },
  ] as const) {
    test(`does not start: ${JSON.stringify(scope)}`, async () => {
      const { work, sent, stopped } = starting({});
      stopped.now = [stop(scope)];
      const task = await work(approvedTask(), "start");
      assert.deepEqual([task.state, task.reason, sent.length], ["held", "held_by_stop", 0]);
    });
  }

  test("does not start either when it is stopped while StackStorm is asked", async () => {
    const { work, sent, stopped } = starting({});
    stopped.looks = [[], [stop({ of: "everything" })]];
    const task = await work(approvedTask(), "start");
    assert.deepEqual([task.state, sent.length], ["held", 0]);
  });

  test("holds nothing of others", async () => {
    const { work, sent, stopped } = starting({});
    stopped.now = [stop({ of: "business", name: "pay" }), cluster("bj-core")];
    await work(approvedTask(), "start");
    assert.equal(sent.length, 1);
  });

  test("leaves the other clusters that a task may run on", async () => {
    const { work, sent, stopped } = starting({});
    stopped.now = [cluster("hz-core")];
    const made = aMadeTask({ rendered: { clusters: ["bj-core", "hz-core"] } });
    await work({ ...walk(made, cardSent, approve), approvedAtMs: LATE_MS }, "start");
    assert.deepEqual(
      sent.map((request) => request.cluster),
      ["bj-core"],
    );
  });
});

describe("when the store fails", () => {
  test("while it takes the intent, what was not sent is given back, to be started by whoever comes next", async () => {
    const { work, sent, tasks } = starting({}, [], (store) =>
      failing(store, { from: 1, times: 2, done: true }),
    );
    await assert.rejects(work(approvedTask(), "start"), { code: "store.unreachable" });
    const [task] = await tasks.list({ limit: 1 });
    assert.deepEqual([task?.state, task?.reason, sent.length], ["approved", "start_not_sent", 0]);
  });

  test("and did not take the intent, nothing else is changed, though another has started meanwhile", async () => {
    const other = { task: null as Task | null };
    const { work, sent, tasks } = starting({}, [], (store) => ({
      ...store,
      move: async (move) => {
        if (other.task) return store.move(move);
        const intended = stepAt(
          approvedTask(),
          { ...intend(approvedTask()), sender: "other" } as TaskInput,
          LATE_MS,
        );
        other.task = { ...intended.task, revision: move.expected + 1 };
        await store.move({ ...move, task: other.task });
        throw new ChatOpsError("the store went away", { code: "store.unreachable", retryable: true });
      },
    }));
    await assert.rejects(work(approvedTask(), "start"), { code: "store.unreachable" });
    const [task] = await tasks.list({ limit: 1 });
    assert.deepEqual(task, other.task);
    assert.equal(sent.length, 0);
  });

  test("while it takes the answer, it is told again what only this process knows", async () => {
    const { work, sent } = starting({}, [], (store) => failing(store, { from: 2, times: 2, done: false }));
    const task = await work(approvedTask(), "start");
    assert.deepEqual([task.state, sent.length], ["running", 1]);
  });

  test("for good, whoever looks later decides", async () => {
    const broken = (store: TaskStore): TaskStore => ({
      ...store,
      move: async () => {
        throw new ChatOpsError("no such table", { code: "store.broken" });
      },
    });
    await assert.rejects(starting({}, [], broken).work(approvedTask(), "start"), { code: "store.broken" });
  });
});

describe("a start that its cluster refuses", () => {
  test("goes elsewhere when the cluster has not got the action", async () => {
    const { work, lacking } = starting({});
    lacking.add("hz-core");
    const made = aMadeTask({ rendered: { clusters: ["bj-core", "hz-core"] } });
    const approved = { ...walk(made, cardSent, approve), approvedAtMs: LATE_MS };
    const task = await work(approved, "start");
    assert.deepEqual([task.state, task.reason, task.start?.notSent], ["approved", "start_not_sent", true]);
    assert.deepEqual(
      task.start?.refusals?.map(({ cluster }) => cluster),
      ["hz-core"],
    );
  });
});

describe("a run that is run once more", () => {
  const rerunOf = { cluster: "hz-core", executionId: "e1", steps: ["look"], known: ["e0"] };
  const bound = (task: Task): Task => ({ ...task, rerunOf, hash: bindingHash({ ...task, rerunOf }) });
  const made = () => bound(aMadeTask());
  const approved = () => ({ ...walk(made(), cardSent, approve), approvedAtMs: LATE_MS });

  test("is asked for by its id and its steps, and nothing else is", async () => {
    const { work, rerun, sent, asked } = starting({});
    rerun.made = [{ id: "e0" }];
    rerun.answer = { outcome: "started", execution: { ...anExecution("running"), action: "disk.cleanup" } };
    const task = await work(approved(), "start");
    assert.equal(task.state, "running");
    const { cluster, executionId, steps } = rerunOf;
    const requestId = `${task.id}-1`;
    assert.deepEqual(rerun.sent, [{ cluster, executionId, steps, action: "disk.cleanup", requestId }]);
    assert.deepEqual([sent, asked], [[], []]);
  });

  test("is not asked for when something else was made of the run since", async () => {
    const { work, rerun } = starting({});
    rerun.made = [{ id: "e0" }, { id: "e2" }];
    const task = await work(approved(), "start");
    assert.deepEqual([task.state, task.reason, rerun.sent], ["refused", "binding_void", []]);
    assert.match(task.message ?? "", /e2/);
  });

  test("is not asked for while nobody can say what was made of the run", async () => {
    const { work, rerun } = starting({});
    rerun.made = null;
    const task = await work(approved(), "start");
    assert.deepEqual([task.state, task.reason, rerun.sent], ["approved", "start_not_sent", []]);
  });

  test("is found among what was made of the run when its answer was lost, and never asked for twice", async () => {
    const { work, rerun } = starting({});
    rerun.made = [{ id: "e0" }, { id: "e3" }, { id: "e4", isAttempt: true }, { id: "e5" }];
    const looking = { ...walk(made(), cardSent, approve, intend, lost), dueAtMs: LATE_MS };
    const task = await work(looking, "look");
    assert.deepEqual([task.state, task.reason, task.execution?.id], ["running", "start_adopted", "e3"]);
    assert.deepEqual([task.doubles, rerun.sent], [["e5"], []]);
  });

  test("is what the first one was, when a person has ordered another and the first comes to light", async () => {
    const { work, rerun } = starting({});
    rerun.made = [{ id: "e3" }];
    const unknown = stepAt(walk(made(), cardSent, approve, intend, lost), absent(), LATE_MS - 1000).task;
    const again = stepAt(unknown, { kind: "again", click: aClick() }, LATE_MS).task;
    const task = await work(again, "start");
    assert.deepEqual([task.state, task.execution?.id, rerun.sent], ["running", "e3", []]);
  });

  test("stays unknown while nothing is found, and a person is asked", async () => {
    const looking = { ...walk(made(), cardSent, approve, intend, lost), dueAtMs: LATE_MS };
    assert.equal((await starting({}).work(looking, "look")).state, "unknown");
  });
});

describe("while a start cannot be found", () => {
  const free = (id: string, parameters: Execution["parameters"]): Execution => {
    return { ...anExecution("running"), id, action: "disk.cleanup", ...(parameters ? { parameters } : {}) };
  };

  test("what nobody claims and has the same parameters could be it, and nothing else", async () => {
    const seen = [
      free("same", { host: "vm-1" }),
      free("other", { host: "vm-2" }),
      free("hidden", { host: "********" }),
      free("none", undefined),
    ];
    const task = await starting({}, seen).work(looking(), "look");
    assert.equal(task.state, "unknown");
    assert.deepEqual(
      task.candidates?.map(({ id }) => id),
      ["same"],
    );
  });

  test("a late arrival is adopted by its request id before anything else", async () => {
    const { work } = starting({ "hz-core 1": found("late") }, [free("same", { host: "vm-1" })]);
    const task = await work(looking(), "look");
    assert.deepEqual([task.state, task.reason, task.execution?.id], ["running", "start_adopted", "late"]);
  });
});

describe("an execution that a person names", () => {
  const named = { ...anExecution("running"), action: "disk.cleanup" };
  const task = aMadeTask({ rendered: { clusters: ["bj-core", "hz-core"] } });
  const at = (places: Record<string, Execution | Error>) => ({
    get: async (cluster: string) => {
      const seen = places[cluster] ?? null;
      if (seen instanceof Error) throw seen;
      return seen;
    },
  });

  test("is read where it is, with its parameters compared by hash", async () => {
    const parameters = { host: "vm-1" };
    const evidence = await evidenceOf(task, named.id, at({ "hz-core": { ...named, parameters } }));
    assert.ok(evidence.outcome === "seen");
    assert.deepEqual([evidence.action, evidence.paramsHash], ["disk.cleanup", hashOf(parameters)]);
  });

  test("with hidden parameters cannot be compared", async () => {
    const parameters = { host: "vm-1", token: "********" };
    const evidence = await evidenceOf(task, named.id, at({ "hz-core": { ...named, parameters } }));
    assert.ok(evidence.outcome === "seen");
    assert.equal(evidence.paramsHash, null);
  });

  test("is said not to be there only when every cluster has said so", async () => {
    assert.deepEqual(await evidenceOf(task, "x", at({})), { outcome: "absent" });
    const away = await evidenceOf(task, "x", at({ "bj-core": new Error("down") }));
    assert.equal(away.outcome, "unreachable");
  });
});
