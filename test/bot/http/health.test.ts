import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openStore } from "../../../adapters/sqlite/index.ts";
import { createMetrics } from "../../../adapters/telemetry/index.ts";
import { createHttpServer, type ServerDeps } from "../../../bot/http/index.ts";
import { drill, drillRule } from "../../scenarios/drill.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { tempFolder } from "../../support/sqlite.ts";
import { openCard, openWorld, until } from "../../support/world.ts";

interface Ready {
  ready: boolean;
  reason?: string;
  store: { kind: string; bytes: number };
  behind: Record<string, number>;
  tasks: Record<string, number>;
  outbox: Record<string, number>;
  warnings: { about: string; message: string }[];
}

test("readyz tells the store, what is behind, the tasks, and that there is nothing to warn of", async (t) => {
  const world = await openWorld(t, { files: drillRule() });
  await drill(world, "1");
  await openCard(world, "演练");
  const now = await until(world, "the archive to have caught up", async () => {
    const ready = (await (await fetch(`${world.url()}/readyz`)).json()) as Ready;
    return ready.behind["archive"] === 0 && ready.outbox["card"] === undefined ? ready : null;
  });
  assert.equal(now.ready, true);
  assert.equal(now.store.kind, "embedded");
  assert.ok(now.store.bytes > 0);
  assert.deepEqual(now.behind, { rules: 0, archive: 0 });
  assert.deepEqual(now.tasks, { pending_approval: 1 });
  assert.deepEqual(now.warnings, []);
});

test("healthz says ok and metrics speak Prometheus' text format", async (t) => {
  const world = await openWorld(t);
  const health = await fetch(`${world.url()}/healthz`);
  assert.deepEqual(await health.json(), { status: "ok" });
  const text = await until(world, "the first measuring", async () => {
    const page = await fetch(`${world.url()}/metrics`);
    assert.match(page.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    const body = await page.text();
    return body.includes("whale_journal_behind") ? body : null;
  });
  assert.match(text, /^# TYPE whale_tasks gauge$/m);
  assert.match(text, /^whale_tasks\{state="pending_approval"\} 0$/m);
  assert.match(text, /^whale_journal_behind\{reader="rules"\} 0$/m);
});

/** The HTTP side over a real store that is closed, as after a disk that failed. */
async function withoutStore(t: TestContext): Promise<string> {
  const folder = tempFolder();
  const clock = movableClock();
  const store = openStore({ dataDir: folder.path, clock, log: silentLog });
  await store.close();
  const facts = {
    storeBytes: () => 0,
    warnings: async () => [],
    pressureFault: () => null,
    leaving: () => false,
  };
  const health = { ...store, ...facts, storeKind: "embedded" as const, checkStore: () => store.check() };
  const unused = {} as ServerDeps["hooks"] & ServerDeps["callbacks"];
  const metrics = createMetrics({ prefix: "whale" });
  const api = () => undefined;
  const server = createHttpServer({ hooks: unused, callbacks: unused, health, api, metrics, log: silentLog });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  t.after(async () => {
    await server.close();
    folder.remove();
  });
  return `http://127.0.0.1:${port}`;
}

test("readyz tells of a stop that was ordered before the process was started anew", async (t) => {
  const world = await openWorld(t);
  const url = `${world.url()}/api/v1/stops`;
  const token = readFileSync(join(world.home, "data", "local-token"), "utf8").trim();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = JSON.stringify({ stop: "everything", why: "断电" });
  const ordered = await fetch(url, { method: "POST", headers, body });
  assert.equal(ordered.status, 201);
  await world.stop();
  await world.start();
  const { warnings } = (await (await fetch(`${world.url()}/readyz`)).json()) as Ready;
  assert.deepEqual(
    warnings.map(({ about }) => about),
    ["stop everything"],
  );
});

test("readyz is 503 with the reason while the store takes no write; healthz stays", async (t) => {
  const url = await withoutStore(t);
  const answer = await fetch(`${url}/readyz`);
  assert.equal(answer.status, 503);
  assert.deepEqual(await answer.json(), { ready: false, reason: "the store is closed" });
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
});
