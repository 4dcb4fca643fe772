import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../../adapters/telemetry/index.ts";
import { ALONE, startArchiver } from "../../bot/workers/index.ts";
import { openMemoryStore } from "../../fixtures/memory/index.ts";
import { aVerdict, eventAt } from "../contract/archive.ts";
import { aDelivery, aDraft, aRawBody } from "../support/builders.ts";
import { recordingLog } from "../support/log.ts";
import type { ElasticsearchNode } from "./elasticsearch/node.ts";
import { archiveForTest, nodeForTests } from "./elasticsearch/world.ts";

// One thread that writes and a short queue behind it, so that the node is soon busy.
const world = await nodeForTests(["node.processors=1", "thread_pool.write.queue_size=2"]);

/** Sends one request to the node. */
async function call(node: ElasticsearchNode, method: string, path: string, body?: unknown): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const json = body === undefined ? {} : { headers, body: JSON.stringify(body) };
  const response = await fetch(`${node.url}${path}`, { method, ...json });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  return response.json();
}

function some(prefix: string, count: number) {
  return Array.from({ length: count }, (_, i) => eventAt(`${prefix}_${i}`, i));
}

/** Of an index that somebody made by hand. */
const SUBJECTS_ARE_NUMBERS = { mappings: { properties: { subject: { type: "long" } } } };

describe("elasticsearch on bad days", { skip: "skip" in world && world.skip }, () => {
  if ("skip" in world) return;
  const { node } = world;
  const DAY = "2026.11.01";

  test("a poison goes among the dead letters, is told of, and is stored once its cause is gone", async (t) => {
    const log = recordingLog();
    const archive = archiveForTest(t, node, { log });
    const index = `${archive.prefix}-events-${DAY}`;
    await call(node, "PUT", `/${index}`, SUBJECTS_ARE_NUMBERS);
    const good = eventAt("e_good", 0, { subject: "7" });
    const poison = eventAt("e_poison", 1, { subject: "vm-1" });
    await archive.write({ events: [poison, good], verdicts: [aVerdict("e_poison", "r")] });
    assert.deepEqual(await archive.get("e_good"), good);
    assert.equal(await archive.get("e_poison"), null);
    const [letter, ...others] = await archive.deadLetters.list(10);
    assert.deepEqual([letter?.kind, letter?.value, others], ["event", poison, []]);
    assert.match(letter?.problem ?? "", /document_parsing_exception/);
    assert.equal(log.lines.filter(({ level }) => level === "warn").length, 1);
    assert.deepEqual(await archive.deadLetters.retry(), { stored: 0, left: 1 });

    await call(node, "DELETE", `/${index}`);
    assert.deepEqual(await archive.deadLetters.retry(), { stored: 1, left: 0 });
    assert.deepEqual(await archive.get("e_poison"), poison);
    assert.equal((await archive.search({ ruleId: "r", limit: 5 })).events.length, 1);
    assert.deepEqual(await archive.deadLetters.list(10), []);
  });

  test("a poison that never heals stays the only one left out", async (t) => {
    const archive = archiveForTest(t, node);
    await call(node, "PUT", `/${archive.prefix}-events-${DAY}`, SUBJECTS_ARE_NUMBERS);
    const poison = eventAt("e_poison", 1, { subject: "vm-1" });
    const good = some("e", 20).map((event) => ({ ...event, subject: "7" }));
    await archive.write({ events: [poison, ...good], verdicts: [] });
    await archive.write({ events: [poison], verdicts: [aVerdict("e_poison", "r")] });
    assert.equal(await archive.count(), 20);
    assert.deepEqual(
      (await archive.deadLetters.list(10)).map(({ value }) => "id" in value && value.id),
      ["e_poison"],
    );
    assert.deepEqual(await archive.deadLetters.retry(), { stored: 0, left: 1 });
  });

  test("an event whose id is too long for Elasticsearch is kept like any other", async (t) => {
    const archive = archiveForTest(t, node);
    const id = `e_${"长".repeat(300)}`;
    const events = [eventAt(id, 0), eventAt("e_1", 1)];
    await archive.write({ events, verdicts: [aVerdict(id, "r")] });
    await archive.write({ events, verdicts: [aVerdict(id, "r2")] });
    assert.deepEqual(await archive.get(id), events[0]);
    assert.equal((await archive.verdicts(id)).length, 2);
    assert.equal((await archive.search({ ruleId: "r2", limit: 5 })).events[0]?.id, id);
    assert.equal(await archive.count(), 2);
  });

  test("any number of labels and fields of detail adds nothing to the mapping", async (t) => {
    const archive = archiveForTest(t, node);
    const keys = Array.from({ length: 2_000 }, (_, i) => [`key.${i}`, "v"]);
    const labels = Object.fromEntries(keys) as Record<string, string>;
    const mapping = () => call(node, "GET", `/${archive.prefix}-events-${DAY}/_mapping`);
    await archive.write({ events: some("plain", 1), verdicts: [] });
    const before = await mapping();
    await archive.write({
      events: [eventAt("e_1", 0, { labels, detail: { ...labels, n: 1 } })],
      verdicts: [],
    });
    assert.deepEqual(await mapping(), before);
    assert.equal((await archive.search({ labels: { "key.7": "v" }, limit: 5 })).events.length, 1);
  });

  test("a busy node takes everything in the end, once each", async (t) => {
    const archive = archiveForTest(t, node, { maxAttempts: 30, backoffBaseMs: 20 });
    await archive.write({ events: some("first", 1), verdicts: [] });
    const before = await rejected(node);
    // What one process writes at once is one request; these are as many processes.
    const others = { maxAttempts: 30, backoffBaseMs: 20, prefix: archive.prefix };
    const archives = Array.from({ length: 24 }, () => archiveForTest(t, node, others));
    await Promise.all(archives.map((one, i) => one.write({ events: some(`b${i}`, 40), verdicts: [] })));
    assert.equal(await archive.count(), 1 + 24 * 40);
    assert.ok((await rejected(node)) > before, "the node was never busy");
  });

  test("a full disk stops writes for as long as it is full", async (t) => {
    const archive = archiveForTest(t, node, { maxAttempts: 2 });
    const events = some("e", 3);
    await archive.write({ events: events.slice(0, 1), verdicts: [] });
    const settings = `/${archive.prefix}-events-${DAY}/_settings`;
    // What Elasticsearch itself does above the flood stage of its disk watermarks.
    await call(node, "PUT", settings, { "index.blocks.read_only_allow_delete": true });
    const full = { code: "elasticsearch.busy", retryable: true };
    await assert.rejects(archive.write({ events, verdicts: [] }), full);
    assert.equal(await archive.count(), 1);
    await call(node, "PUT", settings, { "index.blocks.read_only_allow_delete": null });
    await archive.write({ events, verdicts: [] });
    assert.equal(await archive.count(), 3);
  });

  test("a cluster without room for another index is waited for, not taken for poison", async (t) => {
    const archive = archiveForTest(t, node);
    await archive.write({ events: [], verdicts: [] });
    await call(node, "PUT", "/_cluster/settings", { persistent: { "cluster.max_shards_per_node": 1 } });
    await call(node, "PUT", `/${archive.prefix}-full`, { settings: { number_of_replicas: 0 } });
    const refused = { code: "elasticsearch.refused", retryable: true };
    await assert.rejects(archive.write({ events: some("e", 2), verdicts: [] }), refused);
    await call(node, "PUT", "/_cluster/settings", { persistent: { "cluster.max_shards_per_node": null } });
    await archive.write({ events: some("e", 2), verdicts: [] });
    assert.equal(await archive.count(), 2);
    assert.deepEqual(await archive.deadLetters.list(5), []);
  });

  test("several processes that write the same lose no verdict and double no event", async (t) => {
    const one = archiveForTest(t, node, { maxAttempts: 30, backoffBaseMs: 20 });
    const other = archiveForTest(t, node, { maxAttempts: 30, backoffBaseMs: 20, prefix: one.prefix });
    const events = some("e", 12);
    const verdicts = (rule: string) => events.map(({ id }) => aVerdict(id, rule));
    await Promise.all([
      one.write({ events, verdicts: verdicts("r1") }),
      other.write({ events: [], verdicts: verdicts("r2") }),
      other.write({ events, verdicts: verdicts("r3") }),
      one.write({ events: [], verdicts: verdicts("r4") }),
    ]);
    assert.equal(await one.count(), 12);
    for (const ruleId of ["r1", "r2", "r3", "r4"]) {
      const page = await one.search({ ruleId, reason: "throttled", limit: 100 });
      assert.equal(page.events.length, 12, ruleId);
    }
    assert.equal((await one.verdicts("e_7")).length, 4);
  });

  test("a single Chinese character is found, however many words begin with it", async (t) => {
    const archive = archiveForTest(t, node);
    const title = (i: number) => `机 cpu机${String.fromCodePoint(0x4e00 + i)}`;
    const events = some("e", 200).map((event, i) => ({ ...event, title: title(i) }));
    await archive.write({ events, verdicts: [] });
    for (const text of ["机", "cpu机"]) {
      assert.equal((await archive.search({ text, limit: 500 })).events.length, 200, text);
    }
  });

  test("the archiver catches up by itself after an outage, and intake goes on meanwhile", async (t) => {
    const archive = archiveForTest(t, node, { requestTimeoutMs: 5_000, maxAttempts: 30, backoffBaseMs: 20 });
    const log = recordingLog();
    const { journal } = openMemoryStore({ clock: systemClock });
    const archiver = startArchiver({
      copier: null,
      journal,
      archive,
      clock: systemClock,
      log,
      holder: "w1",
      crew: ALONE,
      crowded: () => false,
    });
    t.after(() => archiver.stop());
    const take = async (from: number) => {
      for (let i = from; i < from + 20; i++) {
        const draft = aDraft({ dedupeKey: `d-${i}`, event: { fingerprint: `f-${i}`, title: `磁盘 ${i}` } });
        const [receipt] = await journal.append(aDelivery([draft], { raw: aRawBody(`{"n":${i}}`) }));
        assert.notEqual(receipt?.outcome, "duplicate");
      }
      archiver.wake();
    };
    await take(0);
    await until(async () => (await archive.count()) === 20);
    await node.kill();
    await take(20);
    await until(async () => log.lines.some(({ level }) => level === "error"));
    await node.restart();
    await whole(node);
    await take(40);
    await until(async () => (await archive.count()) === 60);
    const { events } = await archive.search({ text: "磁盘", limit: 100 });
    assert.equal(new Set(events.map(({ title }) => title)).size, 60);
    assert.deepEqual(await archive.deadLetters.list(5), []);
  });

  test("what is acknowledged survives a power cut, and an outage delays and doubles nothing", async (t) => {
    const archive = archiveForTest(t, node, { requestTimeoutMs: 5_000 });
    const batches = Array.from({ length: 6 }, (_, i) => ({
      events: some(`b${i}`, 50),
      verdicts: some(`b${i}`, 50).map(({ id }) => aVerdict(id, "r")),
    }));
    const write = async (i: number) => archive.write(batches[i] ?? { events: [], verdicts: [] });
    await write(0);
    const cut = Promise.allSettled([write(1), write(2)]);
    await node.kill();
    await cut;
    await assert.rejects(write(3), { code: "elasticsearch.unreachable", retryable: true });
    await node.restart();
    await whole(node);
    assert.equal((await archive.search({ ruleId: "r", limit: 1_000 })).events.filter(isFirst).length, 50);
    for (const i of [1, 2, 3, 4, 5]) await write(i);
    assert.equal(await archive.count(), 300);
    assert.equal((await archive.search({ ruleId: "r", limit: 1_000 })).events.length, 300);
    assert.deepEqual(await archive.deadLetters.list(5), []);
  });
});

function isFirst({ id }: { id: string }): boolean {
  return id.startsWith("b0_");
}

/** Asks again and again, for at most two minutes. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_200; tries++) {
    if (await holds()) return;
    await pause(100);
  }
  assert.fail("waited for two minutes");
}

/** How many requests the node refused because its queue was full. */
async function rejected(node: ElasticsearchNode): Promise<number> {
  type Stats = { nodes: Record<string, { thread_pool: { write: { rejected: number } } }> };
  const { nodes } = (await call(node, "GET", "/_nodes/stats/thread_pool")) as Stats;
  return Object.values(nodes)[0]?.thread_pool.write.rejected ?? 0;
}

/** Waits until all shards are there again after a start. */
async function whole(node: ElasticsearchNode): Promise<void> {
  await call(node, "GET", "/_cluster/health?wait_for_status=green&timeout=60s");
}
