import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import type { Worker } from "node:worker_threads";
import { type OpenArchive, openArchive } from "../../../adapters/sqlite/archive/index.ts";
import type { WhaleEvent } from "../../../core/events/index.ts";
import { openMemoryArchive } from "../../../fixtures/memory-archive/index.ts";
import { archiveContract, aVerdict, eventAt, NUMERIC_FIELDS } from "../../contract/archive.ts";
import { archiveAuditContract } from "../../contract/archive-audit.ts";
import { countContract } from "../../contract/archive-counts.ts";
import { deadLetterContract, unfit } from "../../contract/archive-dead-letters.ts";
import { filterContract } from "../../contract/archive-filters.ts";
import { forgetContract } from "../../contract/archive-forget.ts";
import { modelContract, wordsContract } from "../../contract/archive-model.ts";
import { shapesContract } from "../../contract/archive-shapes.ts";
import { recordingLog, silentLog } from "../../support/log.ts";

function folder(context: TestContext): string {
  const dataDir = mkdtempSync(join(tmpdir(), "whale-archive-"));
  context.after(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

async function open(context: TestContext, dataDir = folder(context), log = silentLog): Promise<OpenArchive> {
  const archive = await openArchive({ dataDir, log, numericFields: () => NUMERIC_FIELDS });
  context.after(() => archive.close());
  return archive;
}

const CONTRACTS = [
  archiveContract,
  filterContract,
  shapesContract,
  countContract,
  forgetContract,
  deadLetterContract,
  archiveAuditContract,
];

/** The next worker thread that this process starts. */
function nextWorker(): Promise<Worker> {
  return new Promise((resolve) => process.once("worker", (worker) => resolve(worker)));
}

for (const contract of CONTRACTS) {
  contract("memory archive", async () => openMemoryArchive({ numericFields: NUMERIC_FIELDS }));
  contract("sqlite archive", (context) => open(context));
}

modelContract("sqlite archive", (context) => open(context), { runs: 60 });
wordsContract("sqlite archive", (context) => open(context), { runs: 300 });

test("keeps events, verdicts and text over closing and opening", async (t) => {
  const dataDir = folder(t);
  const first = await openArchive({ dataDir, log: silentLog });
  await first.write({ events: [eventAt("e_1", 0)], verdicts: [aVerdict("e_1", "r")] });
  await first.close();
  const second = await open(t, dataDir);
  assert.equal((await second.search({ text: "磁盘", limit: 5 })).events.length, 1);
  assert.equal((await second.verdicts("e_1")).length, 1);
});

test("says which event is among the dead letters, and keeps it over closing and opening", async (t) => {
  const [dataDir, log] = [folder(t), recordingLog()];
  const first = await openArchive({ dataDir, log });
  await first.write({ events: [unfit("e_bad", 0)], verdicts: [] });
  await first.close();
  assert.deepEqual(
    log.lines.map(({ level, fields }) => [level, "eventId" in fields && fields.eventId]),
    [["warn", "e_bad"]],
  );
  assert.equal(await (await open(t, dataDir)).deadLetters.count(), 1);
});

test("stores dead letters once their cause is gone, one or all of them, with what rules said", async (t) => {
  const dataDir = folder(t);
  const events = Array.from({ length: 600 }, (_, n) => unfit(`e_${n}`, n));
  const first = await openArchive({ dataDir, log: silentLog });
  await first.write({ events, verdicts: [aVerdict("e_0", "r")] });
  await first.close();
  const healed = new DatabaseSync(join(dataDir, "archive.db"));
  const heal = `UPDATE dead_letters SET body = replace(body, '"labels":null', '"labels":{}')`;
  healed.prepare(heal).run();
  healed.close();
  const archive = await open(t, dataDir);
  const [oldest] = await archive.deadLetters.list(1);
  assert.deepEqual(await archive.deadLetters.retry(oldest?.id), { stored: 1, left: 0 });
  assert.equal((await archive.search({ ruleId: "r", text: "磁盘", limit: 5 })).events[0]?.id, "e_0");
  await archive.write({ events: [unfit("e_bad", 700)], verdicts: [] });
  assert.deepEqual(await archive.deadLetters.retry(), { stored: 599, left: 1 });
  assert.deepEqual([await archive.count(), await archive.deadLetters.count()], [600, 1]);
});

test("adds what a file of the release before lacks", async (t) => {
  const dataDir = folder(t);
  const first = await openArchive({ dataDir, log: silentLog });
  await first.write({ events: [eventAt("e_1", 0)], verdicts: [] });
  await first.close();
  const old = new DatabaseSync(join(dataDir, "archive.db"));
  old.exec("DROP TABLE dead_letters; DROP TABLE audit; PRAGMA user_version = 1");
  old.close();
  const archive = await open(t, dataDir);
  await archive.write({ events: [unfit("e_bad", 0)], verdicts: [] });
  assert.deepEqual([await archive.count(), await archive.deadLetters.count()], [1, 1]);
});

test("leaves out an event that cannot be JSON, says so, and stores the rest", async (t) => {
  const log = recordingLog();
  const archive = await open(t, folder(t), log);
  const bad = { ...eventAt("e_bad", 1), detail: { n: 1n } } as unknown as WhaleEvent;
  await archive.write({ events: [bad, eventAt("e_1", 0)], verdicts: [] });
  assert.deepEqual([await archive.count(), await archive.deadLetters.count()], [1, 0]);
  assert.equal(log.lines[0]?.level, "error");
  assert.partialDeepStrictEqual(log.lines[0]?.fields, { eventId: "e_bad" });
});

test("takes texts that are odd: NUL, half a surrogate pair, very long, very deep", async (t) => {
  const archive = await open(t);
  let detail = {};
  for (let i = 0; i < 1000; i++) detail = { a: detail };
  const title = `磁\u0000盘 \uD800 ${"长".repeat(100_000)}`;
  await archive.write({ events: [eventAt("e_1", 0, { title, detail }), eventAt("e_2", 1)], verdicts: [] });
  assert.equal((await archive.search({ text: "长长", limit: 5 })).events.length, 1);
  const numbers = { usage: { min: 0 } };
  assert.deepEqual(
    (await archive.search({ numbers, limit: 5 })).events.map(({ id }) => id),
    ["e_2"],
  );
});

test("serves the next call by a new worker when the old one died", async (t) => {
  const log = recordingLog();
  const started = nextWorker();
  const archive = await open(t, folder(t), log);
  await archive.write({ events: [eventAt("e_1", 0)], verdicts: [] });
  await (await started).terminate();
  assert.equal((await archive.get("e_1"))?.id, "e_1");
  assert.equal(log.lines.filter((line) => line.message === "archive worker ended").length, 1);
});

test("says that it is closed when asked afterwards, and closes twice without harm", async (t) => {
  const archive = await open(t);
  const counted = archive.count();
  await archive.close();
  await archive.close();
  assert.equal(await counted, 0);
  await assert.rejects(archive.count(), { code: "archive.closed", reached: "no" });
});

test("answers everything that was asked before it was closed", async (t) => {
  const archive = await open(t);
  const written = archive.write({ events: [eventAt("e_1", 0)], verdicts: [] });
  const [, count] = await Promise.all([written, archive.count(), archive.close()]);
  assert.equal(count, 1);
});

test("refuses a file of a later release", async (t) => {
  const dataDir = folder(t);
  await (await openArchive({ dataDir, log: silentLog })).close();
  const file = new DatabaseSync(join(dataDir, "archive.db"));
  file.exec("PRAGMA user_version = 99");
  file.close();
  await assert.rejects(openArchive({ dataDir, log: silentLog }), { code: "archive.newer_version" });
});

test("says that the file is damaged when it is no database", async (t) => {
  const dataDir = folder(t);
  writeFileSync(join(dataDir, "archive.db"), "not a database, but long enough to have a header".repeat(50));
  const facts = { code: "archive.corrupt", retryable: false };
  await assert.rejects(openArchive({ dataDir, log: silentLog }), facts);
});

test("refuses bad options, naming them", async () => {
  const facts = { code: "archive.bad_option", message: /timeoutMs is 0/ };
  await assert.rejects(openArchive({ dataDir: "/tmp/x", log: silentLog, timeoutMs: 0 }), facts);
  await assert.rejects(openArchive({ dataDir: "", log: silentLog }), { message: /dataDir/ });
});

test("refuses a text of more than 1000 characters", async (t) => {
  const archive = await open(t);
  const facts = { code: "archive.bad_query", message: /1001 characters/ };
  await assert.rejects(archive.search({ limit: 1, text: "磁".repeat(1001) }), facts);
  assert.deepEqual((await archive.search({ limit: 1, text: "a ".repeat(500) })).events, []);
});
