import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openStore, type SqliteStore } from "../../../adapters/sqlite/index.ts";
import { aDraftNo } from "../../contract/journal/support.ts";
import { aDelivery, aRawBody } from "../../support/builders.ts";
import { movableClock, START_MS } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { tempFolder } from "../../support/sqlite.ts";

const WRITER = join(import.meta.dirname, "write-until-killed.ts");
const KILLS = 24;

interface Acknowledged {
  no: number;
  eventId: string;
  taskId: string;
  callback: string;
}

/** Starts a writer, kills it soon after some acknowledgements, returns what it had acknowledged. */
async function killedRun(dataDir: string, run: number): Promise<Acknowledged[]> {
  const child = spawn(process.execPath, [WRITER, dataDir, `${run}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const acknowledged: Acknowledged[] = [];
  const killAfter = 1 + ((run * 7) % 23);
  for await (const line of createInterface({ input: child.stdout })) {
    // The last line may be cut in two by the kill: it was not acknowledged to anybody.
    if (line.endsWith("}")) acknowledged.push(JSON.parse(line) as Acknowledged);
    if (acknowledged.length === killAfter) void killSoon(child, run % 4);
  }
  await exited;
  assert.ok(acknowledged.length >= killAfter);
  return acknowledged;
}

async function killSoon(child: { kill(signal: "SIGKILL"): boolean }, delayMs: number): Promise<void> {
  if (delayMs > 0) await pause(delayMs);
  child.kill("SIGKILL");
}

async function assertKept(store: SqliteStore, one: Acknowledged): Promise<void> {
  assert.notEqual(await store.journal.event(one.eventId), null, `event ${one.no}`);
  assert.notEqual(await store.journal.raw(aRawBody(`body ${one.no}`).ref), null, `raw ${one.no}`);
  const incident = await store.journal.incident("prometheus", `vm-${one.no}/data`);
  assert.equal(incident?.firstEventId, one.eventId, `incident ${one.no}`);
  const replay = { signature: `signature ${one.no}`, forMs: 60_000 };
  const [again] = await store.journal.append(aDelivery([aDraftNo(-1)], { replay }));
  assert.deepEqual(again, { eventId: one.eventId, outcome: "duplicate" }, `signature ${one.no}`);
  assert.equal((await store.tasks.get(one.taskId))?.revision, 2, `task ${one.no}`);
  assert.notEqual(await store.throttle.show(`k${one.no}`), null, `bucket ${one.no}`);
  const payload = { kind: "text" as const, userId: "u", text: "", createdAtSeconds: 0 };
  const inserted = await store.inbox.insert({ key: one.callback, payload, receivedAtMs: START_MS });
  assert.equal(inserted, "seen", `callback ${one.no}`);
}

/** Each task has exactly the messages of its moves, acknowledged or not: a write is whole or not there. */
async function assertWhole(store: SqliteStore): Promise<void> {
  const tasks = await store.tasks.list({ limit: 1_000_000 });
  const messages = tasks.reduce((sum, task) => sum + task.revision, 0);
  assert.equal((await store.outbox.depth())["answer"] ?? 0, messages);
  const waiting = await store.outbox.claim(1_000_000, 1_000);
  assert.equal(waiting.length, tasks.length);
}

describe("a SQLite store whose process is killed", () => {
  const folder = tempFolder();
  after(folder.remove);

  test(`opens at once and misses nothing that was acknowledged, after each of ${KILLS} kills`, async () => {
    const acknowledged: Acknowledged[] = [];
    for (let run = 0; run < KILLS; run += 1) {
      const latest = await killedRun(folder.path, run);
      acknowledged.push(...latest);
      const store = openStore({ dataDir: folder.path, clock: movableClock(), log: silentLog });
      for (const one of latest) await assertKept(store, one);
      await assertWhole(store);
      await store.close();
    }
    const store = openStore({ dataDir: folder.path, clock: movableClock(), log: silentLog });
    await Promise.all(acknowledged.map((one) => assertKept(store, one)));
    await store.close();
  });
});
