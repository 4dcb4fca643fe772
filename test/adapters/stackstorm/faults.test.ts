import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { Cluster } from "../../../core/clusters/index.ts";
import type { Execution } from "../../../core/ports/index.ts";
import { isEnd } from "../../../core/tasks/index.ts";
import type { Faults } from "../../../fixtures/simulators/stackstorm/index.ts";
import { type Simulated, simulated } from "./simulated.ts";
import { watching } from "./sse.ts";
import { aStart, passwordAuth, REQUEST_ID } from "./support.ts";

const wait = aStart({ action: "core.wait", parameters: { seconds: 0 } });
const EVERYTHING = "*";

async function begin(t: TestContext, auth?: Cluster["auth"], options = {}): Promise<Simulated> {
  const sim = await simulated(auth, options);
  t.after(() => sim.close());
  return sim;
}

function find({ st2 }: Simulated) {
  const sinceMs = Date.now() - 1_000;
  return st2.find({ cluster: "hz", action: "core.wait", requestId: REQUEST_ID, sinceMs });
}

async function startedId({ st2 }: Simulated, request = wait): Promise<string> {
  const outcome = await st2.start(request);
  assert.ok(outcome.outcome === "started", "message" in outcome ? outcome.message : "");
  return outcome.execution.id;
}

async function ended({ st2 }: Simulated, id: string): Promise<Execution> {
  for (;;) {
    const execution = await st2.get("hz", id);
    if (execution && isEnd(execution.status)) return execution;
    await pause(10);
  }
}

const starts: [name: string, faults: Partial<Faults>, outcome: string, rows: number][] = [
  ["an inner error after the row was stored", { error500AfterStoring: 1 }, "unknown", 1],
  ["an answer lost after the row was stored", { dropAnswerAfterStoring: 1 }, "unknown", 1],
  ["nginx's word that it cannot reach st2api", { nginx503: 1 }, "unknown", 0],
  ["a 503 page", { answer503Html: 1 }, "unknown", 0],
  ["a 502 page", { answer502Html: 1 }, "unknown", 0],
  ["a 413 page", { html413: 1 }, "refused", 0],
  ["a row that stays requested", { stuckRequested: 1 }, "started", 1],
  ["a port that accepts and cuts", { down: "close" }, "unknown", 0],
  ["a closed port", { down: "refuse" }, "not_sent", 0],
];

for (const [name, faults, outcome, rows] of starts) {
  test(`a start that meets ${name} is ${outcome}, and a search afterwards finds ${rows} start`, async (t) => {
    const sim = await begin(t);
    await sim.simulator.faults.set({ ...faults, answerFaultMethods: ["POST"] });
    assert.equal((await sim.st2.start(wait)).outcome, outcome);
    await sim.simulator.faults.reset();
    assert.equal(sim.simulator.rowsByRequestId(REQUEST_ID).length, rows);
    assert.equal((await find(sim)).outcome, rows === 1 ? "found" : "absent");
  });
}

test("a start that is stored after we gave up is unknown, then absent, then found", async (t) => {
  const sim = await begin(t, undefined, { startTimeoutMs: 300 });
  await sim.simulator.faults.set({ storeLateMs: 1_500 });
  assert.equal((await sim.st2.start(wait)).outcome, "unknown");
  assert.equal((await find(sim)).outcome, "absent");
  while (sim.simulator.rowsByRequestId(REQUEST_ID).length === 0) await pause(20);
  assert.equal((await find(sim)).outcome, "found");
});

for (const clockSkewMs of [-240_000, 240_000]) {
  test(`a start is found although the cluster's clock is ${clockSkewMs / 60_000} minutes off`, async (t) => {
    const sim = await begin(t);
    await sim.simulator.faults.set({ clockSkewMs });
    const id = await startedId(sim);
    const found = await find(sim);
    assert.ok(found.outcome === "found" && found.execution.id === id);
  });
}

test("a result that is too large is left out and its size told", async (t) => {
  const sim = await begin(t);
  await sim.simulator.faults.set({ bigResultBytes: 500_000 });
  const execution = await ended(sim, await startedId(sim));
  assert.equal(execution.result, undefined);
  assert.ok((execution.resultBytes ?? 0) >= 500_000);
});

test("executions without any field that may be missing are still listed and read", async (t) => {
  const sim = await begin(t);
  const id = await startedId(sim);
  await ended(sim, id);
  const missingFields = [
    "status",
    "start_timestamp",
    "end_timestamp",
    "action",
    "liveaction",
    "result",
    "context",
  ];
  await sim.simulator.faults.set({ missingFields });
  assert.equal((await sim.st2.get("hz", id))?.status, "unstated");
  assert.deepEqual(
    (await sim.st2.list("hz", [id])).map((row) => row.id),
    [id],
  );
  assert.equal((await find(sim)).outcome, "unreachable");
});

test("everything works for a caller whose pages are limited to a hundred", async (t) => {
  const sim = await begin(t);
  const id = await startedId(sim);
  await sim.simulator.faults.set({ maxPageSize: 100 });
  const ids = [...Array.from({ length: 250 }, (_, n) => String(n).padStart(24, "0")), id];
  assert.equal((await sim.st2.list("hz", ids)).length, 1);
  assert.deepEqual(await sim.st2.children("hz", id), []);
  assert.equal((await find(sim)).outcome, "found");
});

test("a token that ends early is replaced without anybody noticing", async (t) => {
  const sim = await begin(t, passwordAuth);
  const id = await startedId(sim);
  await sim.simulator.faults.set({ unauthorizedAfterCalls: 0 });
  assert.equal((await sim.st2.get("hz", id))?.id, id);
});

test("a key that is switched off makes reads fail, and starts go elsewhere or wait", async (t) => {
  const sim = await begin(t);
  await sim.simulator.faults.set({ unauthorizedAfterCalls: 0 });
  await assert.rejects(sim.st2.list("hz", ["a"]), { code: "stackstorm.unauthorised" });
  assert.equal((await sim.st2.start(wait)).outcome, "not_sent");
  assert.equal((await sim.st2.probe("hz")).outcome, "down");
});

test("the direct children of a workflow are told with their parent, oldest first", async (t) => {
  const sim = await begin(t);
  const parent = await startedId(sim, aStart({ action: "core.sleep", parameters: { seconds: 0 } }));
  await ended(sim, parent);
  const children = await sim.st2.children("hz", parent);
  assert.deepEqual(
    children.map((child) => [child.action, child.parent]),
    [
      ["core.wait", parent],
      ["core.noop", parent],
    ],
  );
});

const streams: [name: string, faults: Partial<Faults>][] = [
  ["doubled", { duplicateEvents: true }],
  ["out of order", { outOfOrderEvents: true }],
  ["without most fields", { missingFields: ["start_timestamp", "action", "context"] }],
];

for (const [name, faults] of streams) {
  test(`events that come ${name} still tell that an execution moves`, async (t) => {
    const sim = await begin(t);
    await sim.simulator.faults.set(faults);
    const watched = watching(t, sim.st2);
    await watched.atLeast(1);
    const id = await startedId(sim);
    while (!watched.hints.some((hint) => hint.executionId === id)) await pause(10);
    await watched.stop();
  });
}

test("a dead stream gives no hint until it is back", async (t) => {
  const sim = await begin(t);
  await sim.simulator.faults.set({ deadStream: true });
  const watched = watching(t, sim.st2);
  const asked = () => sim.simulator.requests()["GET /stream/v1/stream"] ?? 0;
  while (asked() < 3) await pause(10);
  assert.deepEqual(watched.hints, []);
  await sim.simulator.faults.set({ deadStream: false });
  assert.equal((await watched.atLeast(1))[0]?.executionId, EVERYTHING);
});

test("a stream that falls silent is given up for one that speaks", async (t) => {
  const sim = await begin(t, undefined, { streamSilenceMs: 100 });
  await sim.simulator.faults.set({ silentStream: true });
  const watched = watching(t, sim.st2);
  while (!sim.log.lines.some(({ fields }) => fields["reason"] === "silent")) await pause(10);
  await sim.simulator.faults.set({ silentStream: false });
  assert.equal((await watched.atLeast(1))[0]?.executionId, EVERYTHING);
});

test("a watch outlives a restart of the cluster and says that everything must be read again", async (t) => {
  const sim = await begin(t);
  const watched = watching(t, sim.st2);
  await watched.atLeast(1);
  await sim.simulator.faults.set({ down: "refuse" });
  await sim.simulator.faults.set({ down: "no" });
  assert.equal((await watched.atLeast(2)).at(-1)?.executionId, EVERYTHING);
});
