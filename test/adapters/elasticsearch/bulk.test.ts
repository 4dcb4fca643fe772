import assert from "node:assert/strict";
import { test } from "node:test";
import { type Fate, fateOf } from "../../../adapters/elasticsearch/bulk.ts";
import { eventAt } from "../../contract/archive.ts";
import { type BulkStep, scripted } from "./scripted.ts";

const FATES: [status: number, type: string | null, fate: Fate][] = [
  [200, null, "done"],
  [201, null, "done"],
  [400, "document_parsing_exception", "poison"],
  [400, "mapper_parsing_exception", "poison"],
  [400, "illegal_argument_exception", "poison"],
  [400, "validation_exception", "refused"],
  [401, "security_exception", "refused"],
  [403, "cluster_block_exception", "refused"],
  [404, "index_not_found_exception", "refused"],
  [409, "version_conflict_engine_exception", "conflict"],
  [429, "es_rejected_execution_exception", "again"],
  [429, "cluster_block_exception", "again"],
  [500, "exception", "again"],
  [503, "unavailable_shards_exception", "again"],
];

test("each change in a bulk answer is done, a conflict, sent again, a poison, or refused for now", () => {
  for (const [status, type, fate] of FATES) {
    const item = type === null ? { status } : { status, error: { type } };
    assert.equal(fateOf(item, "index"), fate, `${status} ${type}`);
  }
});

test("what is not there any more is erased", () => {
  assert.equal(fateOf({ status: 404 }, "delete"), "done");
});

const EVENTS = ["e_1", "e_2", "e_3"].map((id, seconds) => eventAt(id, seconds));
const BATCH = { events: EVENTS, verdicts: [] };
const ALL = ["e_1", "e_2", "e_3"];

test("only the documents that the cluster was too busy for are sent again", async (t) => {
  const { archive, bulks } = await scripted(t, [[201, 429, 503], [201, 429], [201]]);
  await archive.write(BATCH);
  assert.deepEqual(bulks, [ALL, ["e_2", "e_3"], ["e_3"]]);
});

test("a whole request that meets a busy cluster is sent again", async (t) => {
  const { archive, bulks } = await scripted(t, [{ status: 429 }, { status: 429 }, [201]]);
  await archive.write(BATCH);
  assert.deepEqual(bulks, [ALL, ALL, ALL]);
});

test("a poison goes among the dead letters and holds up none of the others", async (t) => {
  const { archive, bulks } = await scripted(t, [[201, 400, 429], [201], [201]]);
  await archive.write(BATCH);
  assert.deepEqual(bulks.slice(0, 2), [ALL, ["e_3"]]);
  assert.equal(bulks[2]?.length, 1, "one dead letter");
});

test("a document that is too large for any request goes among the dead letters", async (t) => {
  const { archive, bulks } = await scripted(t, [{ status: 413 }, [201]], { maxBulkBytes: 1 });
  await archive.write(BATCH);
  assert.deepEqual(bulks.slice(0, 3), [["e_1"], ["e_2"], ["e_3"]]);
  assert.equal(bulks.length, 4);
});

test("a request that is refused as a whole is sent in parts until the unfit document is alone", async (t) => {
  const whole = { status: 400 };
  const { archive, bulks } = await scripted(t, [whole, whole, [201], whole, [201]]);
  await archive.write(BATCH);
  assert.deepEqual(bulks.slice(0, 4), [ALL, ["e_1", "e_2"], ["e_1"], ["e_2"]]);
  assert.deepEqual(bulks[4], ["e_3"]);
  assert.equal(bulks[5]?.length, 1, "one dead letter");
});

test("an event of which no document can be made goes among the dead letters", async (t) => {
  const { archive, bulks } = await scripted(t, [[201]]);
  const broken = { ...eventAt("e_x", 0), labels: null } as unknown as (typeof EVENTS)[number];
  await archive.write({ events: [broken, ...EVENTS], verdicts: [] });
  assert.deepEqual(bulks[0], ALL);
  assert.equal(bulks[1]?.length, 1);
});

test("a batch is sent in requests of at most so many bytes", async (t) => {
  const { archive, bulks } = await scripted(t, [[201]], { maxBulkBytes: 3_000 });
  await archive.write({ events: Array.from({ length: 9 }, (_, i) => eventAt(`e_${i}`, i)), verdicts: [] });
  assert.ok(bulks.length > 1 && bulks.length < 9, `${bulks.length} requests`);
  assert.equal(bulks.flat().length, 9);
});

test("batches that are written at the same time share one request", async (t) => {
  const { archive, bulks } = await scripted(t, [[201]]);
  await Promise.all(EVENTS.map((event) => archive.write({ events: [event], verdicts: [] })));
  assert.deepEqual(bulks, [ALL]);
});

test("of batches that share a request, one that is refused holds up none of the others", async (t) => {
  const { archive, bulks } = await scripted(t, [[404, 201, 201], [404], [201]]);
  const written = EVENTS.map((event) => archive.write({ events: [event], verdicts: [] }));
  const settled = await Promise.allSettled(written);
  assert.deepEqual(
    settled.map(({ status }) => status),
    ["rejected", "fulfilled", "fulfilled"],
  );
  assert.deepEqual(bulks, [ALL, ...ALL.map((id) => [id])]);
});

const BILINGUAL = /\p{Script=Han}.* \([a-z].*\)/u;
const FAILS: [what: string, step: BulkStep, code: string, retryable: boolean][] = [
  ["is busy for longer than there are tries", [429], "elasticsearch.busy", true],
  ["has no room for another shard", { status: 503 }, "elasticsearch.failed", true],
  ["knows no such index", [404], "elasticsearch.refused", true],
  ["blocks writes", [403], "elasticsearch.refused", true],
  ["knows no such key", { status: 401 }, "elasticsearch.denied", false],
  ["forbids it", { status: 403 }, "elasticsearch.denied", false],
  ["understands no document at all", { status: 400 }, "elasticsearch.refused", true],
  ["breaks off", "cut", "elasticsearch.unreachable", true],
  ["gives no answer", "hang", "elasticsearch.timeout", true],
  ["is another product", "no product", "elasticsearch.not_elasticsearch", false],
  ["answers nonsense", { status: 200, body: { items: 7 } }, "elasticsearch.malformed", true],
  ["answers for fewer documents", { status: 200, body: { items: [] } }, "elasticsearch.malformed", true],
  [
    "answers with an empty item",
    { status: 200, body: { items: [{}, {}, {}] } },
    "elasticsearch.malformed",
    true,
  ],
];

for (const [what, step, code, retryable] of FAILS) {
  test(`a write throws ${code} when the cluster ${what}`, async (t) => {
    const { archive } = await scripted(t, [step], { requestTimeoutMs: 300, maxAttempts: 3 });
    await assert.rejects(archive.write(BATCH), { code, retryable, message: BILINGUAL });
  });
}
