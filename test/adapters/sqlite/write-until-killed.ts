import { openStore } from "../../../adapters/sqlite/index.ts";
import { aDraftNo } from "../../contract/journal/support.ts";
import { aDelivery, anOutboxItem, aRawBody, aTask } from "../../support/builders.ts";
import { movableClock, START_MS } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";

/*
 * Writes for ever and prints one line of JSON for each acknowledged round, after the acknowledgement. The
 * parent kills it. Two rounds run side by side, so that groups hold more than one write.
 */
const [, , dataDir = "", run = "0"] = process.argv;
const store = openStore({ dataDir, clock: movableClock(), log: silentLog });

async function append(no: number): Promise<string> {
  const raw = aRawBody(`body ${no}`);
  const replay = { signature: `signature ${no}`, forMs: 60_000 };
  const [receipt] = await store.journal.append(aDelivery([aDraftNo(no)], { raw, replay }));
  return receipt?.eventId ?? "";
}

async function makeAndMove(no: number): Promise<string> {
  const task = aTask({ forEachIndex: no });
  const item = (n: number) => anOutboxItem({ key: `${task.id}:card:${n}`, taskId: task.id });
  const take = { grantId: task.id, key: `k${no}`, limit: 1, perMs: 60_000, burst: 1, atMs: START_MS };
  await store.tasks.make({ task, outbox: [item(1)], take });
  await store.tasks.move({ task: { ...task, revision: 2 }, expected: 1, outbox: [item(2)] });
  return task.id;
}

async function receive(no: number): Promise<string> {
  const payload = { kind: "text" as const, userId: "u", text: `${no}`, createdAtSeconds: no };
  await store.inbox.insert({ key: `c${no}`, payload, receivedAtMs: START_MS });
  return `c${no}`;
}

async function writeFrom(first: number): Promise<never> {
  for (let no = first; ; no += 2) {
    const [eventId, taskId, callback] = await Promise.all([append(no), makeAndMove(no), receive(no)]);
    process.stdout.write(`${JSON.stringify({ no, eventId, taskId, callback })}\n`);
  }
}

const base = Number(run) * 1_000_000;
await Promise.all([writeFrom(base), writeFrom(base + 1)]);
