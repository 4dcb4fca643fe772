import assert from "node:assert/strict";
import { test } from "node:test";
import { LRUCache } from "lru-cache";
import { lookAround } from "../../../bot/inquiries/index.ts";
import { questionId } from "../../../core/ids/index.ts";
import type { Execution, Inquiry } from "../../../core/ports/index.ts";
import type { Task } from "../../../core/tasks/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { aViewing } from "../../core/cards/viewing.ts";
import { aTask } from "../../support/builders.ts";
import { movableClock } from "../../support/clock.ts";
import { recordingLog } from "../../support/log.ts";
import { aMadeTask, inputs, walk } from "../../support/tasks.ts";

const CLUSTER = "hz-core";
const RUN = { id: "r1", cluster: CLUSTER, action: "shop.flow", status: "paused" };
const ASKING = { id: "i1", cluster: CLUSTER, action: "core.ask", status: "pending", parent: "r1" };
const INQUIRY: Inquiry = { id: "i1", cluster: CLUSTER, schema: {}, users: [], roles: [] };

const running = (id: string, overrides: Partial<Task> = {}): Task =>
  aTask({ state: "running", execution: { id, cluster: CLUSTER, status: "running" }, ...overrides });
const starting = (): Task => walk(aMadeTask(), inputs.cardSent, inputs.approve, inputs.intend);

/** A cluster on which these inquiries are asked, and runs stand so; a fault is what reading one gives. */
function setting(asked: readonly Inquiry[], runs: Readonly<Record<string, Execution | Error>>) {
  const clock = movableClock();
  const { state, tasks, outbox, audit, leases } = openMemoryStore({ clock });
  const delivered: string[] = [];
  const log = recordingLog();
  const reads: string[] = [];
  const executor = {
    inquiries: async () => [...asked],
    get: async (_: string, id: string) => {
      reads.push(id);
      const run = runs[id] ?? null;
      if (run instanceof Error) throw run;
      return run;
    },
  };
  const answerer = {
    deliver: async (id: string) => {
      delivered.push(id);
      return "nothing" as const;
    },
  };
  const round = {
    ...{ state, tasks, outbox, audit, leases, executor, answerer, clock, log, holder: "p1" },
    ...{ clusters: () => [CLUSTER], view: async () => aViewing() },
    ...{ foreign: new LRUCache<string, number>({ max: 100 }), asking: new Set<string>() },
  };
  return {
    ...{ clock, state, tasks, log, reads, delivered },
    make: (task: Task) => tasks.make({ task: { ...task, revision: 1 }, outbox: [] }),
    look: () => lookAround(round),
    isAsked: async (id: string) => (await state.get("question", questionId(CLUSTER, id))) !== null,
  };
}

test("the question of a run that its task does not know yet is asked as soon as it does", async () => {
  const { make, look, isAsked, tasks } = setting([INQUIRY], { i1: ASKING, r1: RUN });
  await make(running("other", { eventId: "e_other" }));
  const task = { ...starting(), revision: 1 };
  await make(task);
  await look();
  assert.equal(await isAsked("i1"), false);
  const execution = { id: "r1", cluster: CLUSTER, status: "running" };
  const known: Task = { ...task, state: "running", revision: 2, execution };
  await tasks.move({ task: known, expected: 1, outbox: [] });
  await look();
  assert.equal(await isAsked("i1"), true);
});

test("the question of a run that a task has only later is asked within minutes", async () => {
  const { make, look, isAsked, clock, reads } = setting([INQUIRY], { i1: ASKING, r1: RUN });
  await make(running("other", { eventId: "e_other" }));
  await look();
  const before = reads.length;
  await make(running("r1"));
  await look();
  assert.deepEqual([await isAsked("i1"), reads.length], [false, before]);
  clock.advance(300_000);
  await look();
  assert.equal(await isAsked("i1"), true);
});

test("a question that cannot be read keeps no other from being asked, and is told", async () => {
  const bad = { ...INQUIRY, id: "bad" };
  const { make, look, isAsked, log } = setting([bad, INQUIRY], {
    ...{ bad: new Error("HTTP 500"), i1: ASKING, r1: RUN },
  });
  await make(running("r1"));
  await look();
  assert.deepEqual([await isAsked("bad"), await isAsked("i1")], [false, true]);
  const told = log.lines.filter(({ level }) => level === "warn");
  assert.deepEqual(
    told.map(({ fields }) => [fields["inquiry"], fields["reason"]]),
    [["bad", "HTTP 500"]],
  );
});

test("an answer is told to the engine although another question cannot be read", async () => {
  const asked = [INQUIRY];
  const runs = { bad: new Error("HTTP 500"), i1: ASKING, r1: RUN };
  const { make, look, state, clock, delivered } = setting(asked, runs);
  await make(running("r1"));
  await look();
  const [question] = await state.list("question");
  assert.ok(question);
  const answer = { by: "lisi", atMs: clock.nowMs(), response: {}, key: "k", tries: 0, audited: true };
  const { name, revision, body } = question;
  await state.put({ kind: "question", name, expected: revision, body: { ...body, answer } });
  asked.unshift({ ...INQUIRY, id: "bad" });
  await look();
  assert.deepEqual(delivered, [name]);
});
