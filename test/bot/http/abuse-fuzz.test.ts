import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sourceKinds } from "../../../adapters/sources/index.ts";
import { rawOf } from "../../../bot/workers/raw.ts";
import { change, mutatedText, seedsOf } from "../../adapters/sources/mutations.ts";
import { openWorld, until, type World } from "../../support/world.ts";

/** Bounded: every body goes through the whole process. */
const RUNS = 40;
const KINDS = Object.keys(sourceKinds);

interface Sent {
  body: Buffer;
  headers: Record<string, string>;
  query: Record<string, string>;
}

const contentType = fc.constantFrom(
  ...["application/json", "application/cloudevents+json", "application/cloudevents-batch+json"],
  ...["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "nonsense"],
);
const headerName = fc.constantFrom("ce-id", "ce-type", "ce-source", "ce-specversion", "ce-time", "x-any");
const headerValue = fc.string({ unit: "grapheme-ascii", maxLength: 20 }).map((text) => text.trim());
const queryName = fc.constantFrom("endpoint", "metric", "status", "time", "tags", "__proto__", "stra_id");
const query = fc.dictionary(queryName, fc.string({ unit: "binary", maxLength: 20 }));

/** Bytes, JSON, or a delivery of the fixtures with its fields changed or its end cut off. */
function sentOf(kind: string): fc.Arbitrary<Sent> {
  const headers = fc
    .tuple(contentType, fc.dictionary(headerName, headerValue))
    .map(([type, more]) => ({ ...more, "content-type": type }));
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.json({ stringUnit: "binary" }).map((text) => Buffer.from(text)),
  );
  const seed = fc.constantFrom(...seedsOf(kind));
  const real = fc.tuple(seed, fc.array(change, { maxLength: 4 }), fc.nat()).map(([of, changes, cut]) => ({
    body:
      changes.length > 0 ? Buffer.from(mutatedText(of.body.toString("utf8"), changes)) : cutAt(of.body, cut),
    headers: { "content-type": of.around.contentType ?? "application/json", ...texts(of.around.headers) },
    query: texts(of.around.query),
  }));
  return fc.oneof(fc.record({ body: anything, headers, query }), { arbitrary: real, weight: 2 });
}

function cutAt(body: Buffer, at: number): Buffer {
  return body.subarray(0, at % (body.length + 1));
}

function texts(fields: Readonly<Record<string, unknown>> | undefined): Record<string, string> {
  const entries = Object.entries(fields ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

async function send(world: World, kind: string, sent: Sent): Promise<string | null> {
  const url = new URL(`/hooks/${kind}?${new URLSearchParams(sent.query)}`, world.url());
  const { headers, body } = sent;
  const answer = await fetch(url, { method: "POST", headers, body: new Uint8Array(body) });
  const text = await answer.text();
  assert.ok([202, 400, 422].includes(answer.status), `${answer.status} ${text}`);
  const told = JSON.parse(text) as {
    events?: { eventId: string }[];
    error?: { code: string; message: string };
  };
  if (answer.status === 202) assert.ok(Array.isArray(told.events));
  else assert.ok(told.error?.code && told.error.message);
  return told.events?.[0]?.eventId ?? null;
}

test(`whatever the ${KINDS.length} sources of the sample home are sent, it is answered, kept and worked through`, async (t) => {
  const world = await openWorld(t);
  const posted: { digest: string; eventId: string | null }[] = [];
  for (const kind of KINDS) {
    await t.test(kind, async () => {
      const property = fc.asyncProperty(sentOf(kind), async (sent) => {
        const eventId = await send(world, kind, sent);
        posted.push({ digest: rawOf(sent.body, "").ref, eventId });
      });
      await fc.assert(property, { numRuns: RUNS });
    });
  }
  await until(world, "everything to be judged and archived", async () => {
    const ready = await fetch(`${world.url()}/readyz`);
    const { behind } = (await ready.json()) as { behind?: { rules: number; archive: number } };
    return behind?.rules === 0 && behind.archive === 0;
  });
  assert.deepEqual(
    world.lines.filter((line) => line["level"] === "error"),
    [],
  );
  await world.stored(async ({ journal }) => {
    assert.ok(posted.length >= KINDS.length * RUNS);
    const logged = world.lines.map((line) => String(line["rawRef"] ?? ""));
    for (const { digest, eventId } of posted) {
      // A refused body is named by its digest; an event and a repeated delivery tell the name of theirs.
      const event = eventId === null ? null : await journal.event(eventId);
      const names = [digest, event?.rawRef ?? "", ...logged].filter((name) => name.endsWith(digest));
      const kept = await Promise.all(names.map((name) => journal.raw(name)));
      assert.ok(kept.some(Boolean), digest);
    }
  });
});
