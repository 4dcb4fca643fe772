import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { refusedPort } from "../../support/http-server.ts";
import { type Simulated, simulated } from "./simulated.ts";
import { aClient, aCluster, aStart, fakeSt2, type Reply } from "./support.ts";

async function begin(t: TestContext, options = {}): Promise<Simulated> {
  const sim = await simulated(undefined, options);
  t.after(() => sim.close());
  return sim;
}

test("probe tells version, time and clock after reading the root, one row and what waits", async (t) => {
  const fake = await fakeSt2(t, ({ url }) => ({
    status: 200,
    body: url.pathname === "/api/v1/" ? { version: "3.9.0" } : [],
    headers: { date: "Sun, 01 Nov 2026 00:03:00 GMT" },
  }));
  const { st2, clock } = aClient(t, [aCluster(fake.origin)]);
  clock.set(Date.parse("2026-11-01T00:00:00.500Z"));
  const found = { outcome: "up", version: "3.9.0", tookMs: 0, skewMs: 180_000, stuck: 0 };
  assert.deepEqual(await st2.probe("hz"), found);
  assert.equal(fake.seen[1]?.url.search, "?limit=1&include_attributes=id%2Cstatus");
  const waiting = fake.seen.slice(2).map(({ url }) => url.searchParams.get("status"));
  assert.deepEqual(waiting, ["requested", "scheduled"]);
  // By the cluster's clock.
  assert.equal(fake.seen[2]?.url.searchParams.get("timestamp_lt"), "2026-11-01T00:02:00.500Z");
});

const down: [name: string, root: Reply | null, rows: Reply | null, fault: string][] = [
  ["credentials are refused", { status: 401 }, null, "unauthorised"],
  ["it lets nobody in", { status: 403 }, null, "unauthorised"],
  ["the root is a web page", { status: 200, body: "<html>" }, null, "bad_answer"],
  ["the root has no version", { status: 200, body: {} }, null, "bad_answer"],
  ["nginx cannot reach it", { status: 503, body: { faultstring: "Nginx is unable" } }, null, "no_answer"],
  ["a proxy has a page instead", { status: 502, body: "<html>" }, null, "no_answer"],
  ["the rows cannot be read", { status: 200, body: { version: "3.9.0" } }, { status: 500 }, "no_answer"],
  [
    "the rows are no list",
    { status: 200, body: { version: "3.9.0" } },
    { status: 200, body: {} },
    "bad_answer",
  ],
  ["the connection breaks", null, null, "no_answer"],
];

for (const [name, root, rows, fault] of down) {
  test(`probe says down (${fault}) with a reason when ${name}`, async (t) => {
    const fake = await fakeSt2(t, ({ url }) => (url.pathname === "/api/v1/" ? root : rows));
    const { st2 } = aClient(t, [aCluster(fake.origin)]);
    const probe = await st2.probe("hz");
    assert.ok(probe.outcome === "down" && probe.message !== "");
    assert.equal(probe.fault, fault);
  });
}

test("probe says down when nobody listens or the cluster is not configured", async (t) => {
  const { st2 } = aClient(t, [aCluster(`http://127.0.0.1:${await refusedPort()}`)]);
  assert.equal((await st2.probe("hz")).outcome, "down");
  assert.equal((await st2.probe("nowhere")).outcome, "down");
  assert.equal((await st2.canary("nowhere", 10)).outcome, "failed");
  await assert.rejects(st2.busy("nowhere"), { code: "stackstorm.unknown_cluster" });
});

test("probe counts runs of ours that nobody takes up, and no one else's", async (t) => {
  const sim = await begin(t, { stuckAfterMs: 1 });
  await sim.simulator.faults.set({ stuckRequested: 1 });
  await sim.st2.start(aStart({ action: "core.wait", parameters: { seconds: 0 } }));
  // The cluster tells its time in whole seconds, so that the run is old enough within one.
  let found = await sim.st2.probe("hz");
  for (let looks = 1; looks < 500 && found.outcome === "up" && found.stuck === 0; looks++)
    found = await sim.st2.probe("hz");
  assert.ok(found.outcome === "up");
  assert.equal(found.stuck, 1);
});

test("probe tells that the key is taken no more, and that the clock is off", async (t) => {
  const sim = await begin(t);
  await sim.simulator.faults.set({ clockSkewMs: -200_000 });
  const found = await sim.st2.probe("hz");
  assert.ok(found.outcome === "up" && found.skewMs !== null);
  assert.ok(Math.abs(found.skewMs + 200_000) < 2_000, String(found.skewMs));
  await sim.simulator.faults.set({ unauthorizedAfterCalls: 0 });
  const refused = await sim.st2.probe("hz");
  assert.ok(refused.outcome === "down" && refused.fault === "unauthorised");
});

test("a canary that nobody takes up fails in time and says so", async (t) => {
  const sim = await begin(t);
  await sim.simulator.faults.set({ stuckRequested: 1 });
  const result = await sim.st2.canary("hz", 50);
  assert.ok(result.outcome === "failed");
  assert.match(result.message, /core\.noop .* is requested after/);
});

test("a count without its header is no count", async (t) => {
  const fake = await fakeSt2(t, () => ({ status: 200, body: [] }));
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  await assert.rejects(st2.busy("hz"), { code: "stackstorm.bad_answer" });
});
