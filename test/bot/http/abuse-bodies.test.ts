import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { rawOf } from "../../../bot/workers/raw.ts";
import type { WhaleEvent } from "../../../core/events/index.ts";
import { drillRule, drillType } from "../../scenarios/drill.ts";
import { logged, metric, openWorld, post, type World } from "../../support/world.ts";

const JSON_TYPE = { "content-type": "application/json" };

type Receipt = { eventId: string; outcome: string };
type Answer = { events?: Receipt[]; refused?: unknown[]; error?: { code: string; message: string } };

/** A body in the generic form, as text: what JSON.stringify cannot write is the point here. */
function drill(id: string, fields: string): string {
  return `{"event_type":"drill","id":"${id}",${fields}}`;
}

async function send(world: World, body: string | Buffer, headers: Record<string, string> = JSON_TYPE) {
  const sent = await post(world, "generic", new Uint8Array(Buffer.from(body)), headers);
  return { status: sent.status, answer: (await sent.json()) as Answer };
}

interface Odd {
  name: string;
  body: string | Buffer;
  headers?: Record<string, string>;
  /** What must hold of the stored event. */
  holds?: (event: WhaleEvent) => void;
}

const detailIs = (detail: unknown) => (event: WhaleEvent) => assert.deepEqual(event.detail, detail);

const TAKEN: readonly Odd[] = [
  {
    name: "the last of two equal keys",
    body: '{"event_type":"no.such","event_type":"drill","id":"keys","detail":{"a":1,"a":2}}',
    holds: detailIs({ a: 2 }),
  },
  {
    name: "the names of a constructor and its prototype, as data",
    body: drill("constructor", '"detail":{"constructor":{"prototype":{"admin":true}},"toString":"x"}'),
    holds: detailIs({ constructor: { prototype: { admin: true } }, toString: "x" }),
  },
  {
    name: "everything but a key called __proto__",
    body: drill("proto", '"__proto__":{"status":"resolved"},"detail":{"__proto__":{"admin":true},"a":1}'),
    holds: (event) => {
      assert.equal(event.status, "firing");
      assert.deepEqual(Object.keys(event.detail), ["a"]);
    },
  },
  {
    name: "numbers beyond a double, as their text",
    body: drill("numbers", '"detail":{"a":1e400,"b":-1e400,"c":9007199254740993}'),
    holds: detailIs({ a: "1e400", b: "-1e400", c: "9007199254740993" }),
  },
  {
    name: "halves of characters, replaced",
    body: drill("half-\\ud800", '"title":"\\udfff","labels":{"\\udc00":"\\ud800"}'),
    holds: ({ title, labels }) => assert.deepEqual([title, labels], ["\ufffd", { "\ufffd": "\ufffd" }]),
  },
  {
    name: "a byte order mark",
    body: `\ufeff${drill("mark", '"detail":{"a":1}')}`,
    holds: detailIs({ a: 1 }),
  },
  {
    name: "a null byte and control characters in texts",
    body: drill("control", '"title":"a\\u0000\\u001b[31mb"'),
    holds: ({ title }) => assert.equal(title, "a\u0000\u001b[31mb"),
  },
  ...["text/xml", "multipart/form-data", "application/json; charset=gbk", "x".repeat(300), ""].map(
    (type): Odd => ({
      name: `JSON that calls itself ${JSON.stringify(type.slice(0, 40))}`,
      body: drill(`type-${type.slice(0, 20)}`, '"detail":{"a":1}'),
      headers: type === "" ? {} : { "content-type": type },
      holds: detailIs({ a: 1 }),
    }),
  ),
  {
    name: "a body that is said to be encoded as itself",
    body: drill("identity", '"detail":{"a":1}'),
    headers: { ...JSON_TYPE, "content-encoding": "identity" },
  },
  {
    name: "the year 1970, which senders write for none, at the time of its receipt",
    body: drill("1970", '"time":"1970-01-01T00:00:00Z","ends_at":0'),
    holds: (event) => {
      assert.equal(event.time, event.receivedAt);
      assert.equal(event.endsAt, undefined);
    },
  },
  {
    name: "the year 2100",
    body: drill("2100", '"time":"2100-12-31T23:59:59.999+08:00"'),
    holds: ({ time }) => assert.equal(time, "2100-12-31T15:59:59.999Z"),
  },
  {
    name: "a year that no calendar knows, at the time of its receipt",
    body: drill("year", '"time":"99999999-01-01T00:00:00Z"'),
    holds: (event) => assert.equal(event.time, event.receivedAt),
  },
];

test("odd bodies are taken as far as they can be read", async (t) => {
  const world = await openWorld(t, { files: drillRule() });
  const ids: string[] = [];
  for (const { name, body, headers } of TAKEN) {
    const { status, answer } = await send(world, body, headers);
    assert.equal(status, 202, `${name}: ${JSON.stringify(answer)}`);
    assert.deepEqual(answer.refused, [], name);
    ids.push(answer.events?.[0]?.eventId ?? "");
  }
  assert.equal(new Set(ids).size, TAKEN.length);
  // Judged as every other event: an odd time or text stops no rule.
  for (const eventId of ids) await logged(world, { msg: "rule judged", ruleId: "drill", eventId });
  assert.equal(({} as { admin?: boolean }).admin, undefined);
  await world.stored(async ({ journal }) => {
    for (const [index, { name, body, holds }] of TAKEN.entries()) {
      const event = await journal.event(ids[index] ?? "");
      assert.ok(event, name);
      holds?.(event);
      const raw = await journal.raw(event.rawRef);
      assert.deepEqual(Buffer.from(raw?.bytes ?? []), Buffer.from(body), name);
    }
  });
});

interface Bad extends Odd {
  status: number;
  code: string;
  /** What the message must name. */
  says?: RegExp;
  /** How much of the body is kept, in bytes; all of it when absent. */
  kept?: number;
}

const BOMB = gzipSync(Buffer.alloc(50_000_000, " "));

const REFUSED: readonly Bad[] = [
  {
    name: "a gzip bomb, as long as it is small",
    body: BOMB,
    headers: { ...JSON_TYPE, "content-encoding": "gzip" },
    ...{ status: 415, code: "compressed", says: /"gzip"/ },
  },
  {
    name: "a body in two encodings",
    body: gzipSync(drill("gzip", '"detail":{}')),
    headers: { ...JSON_TYPE, "content-encoding": "gzip, identity" },
    ...{ status: 415, code: "compressed", says: /gzip, identity/ },
  },
  {
    name: "a compressed body that does not say so",
    body: gzipSync(drill("gzip", '"detail":{}')),
    ...{ status: 400, code: "bad_encoding" },
  },
  {
    name: "ten thousand nested lists",
    body: drill("deep", `"detail":${"[".repeat(10_000)}${"]".repeat(10_000)}`),
    ...{ status: 400, code: "too_deep", says: /line 1 column \d+/ },
  },
  {
    name: "ten megabytes",
    body: "x".repeat(10_000_000),
    ...{ status: 413, code: "too_large", says: /1048576/, kept: 65_536 },
  },
  {
    name: "NaN",
    body: drill("nan", '"detail":{"a":NaN}'),
    ...{ status: 400, code: "bad_json", says: /line 1 column/ },
  },
  {
    name: "Infinity",
    body: drill("inf", '"detail":{"a":-Infinity}'),
    ...{ status: 400, code: "bad_json", says: /line 1 column/ },
  },
  {
    name: "UTF-16 with its mark",
    body: Buffer.from(`\ufeff${drill("16", '"detail":{}')}`, "utf16le"),
    ...{ status: 400, code: "bad_encoding", says: /UTF-16/ },
  },
  {
    name: "UTF-16 without its mark",
    body: Buffer.from(drill("16", '"detail":{}'), "utf16le"),
    ...{ status: 400, code: "bad_encoding", says: /UTF-16/ },
  },
  {
    name: "a form where JSON is read",
    body: "event_type=drill&id=form",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    ...{ status: 400, code: "bad_json" },
  },
  {
    name: "a name of a prototype's property for an event type",
    body: '{"event_type":"toString"}',
    ...{ status: 422, code: "unknown_event_type", says: /toString/ },
  },
  {
    name: "a label that is no text",
    body: drill("label", '"labels":{"constructor":{"prototype":{}}}'),
    ...{ status: 400, code: "bad_shape", says: /labels\.constructor/ },
  },
];

test("bodies that cannot be read are refused with their reason, and kept under it", async (t) => {
  const world = await openWorld(t, { files: drillRule() });
  for (const { name, body, headers, status, code, says } of REFUSED) {
    await t.test(name, async () => {
      const labels = { source: code === "too_large" ? "-" : "generic", outcome: code };
      const before = await metric(world, "whale_events_total", labels);
      const { status: got, answer } = await send(world, body, headers);
      assert.deepEqual([got, answer.error?.code], [status, code]);
      if (says) assert.match(answer.error?.message ?? "", says);
      assert.equal(await metric(world, "whale_events_total", labels), before + 1);
      assert.ok(world.lines.some((line) => line["reason"] === code || line["code"] === code));
    });
  }
  await world.stored(async ({ journal }) => {
    const kept = await journal.refusals(100);
    assert.equal(kept.length, REFUSED.length);
    for (const { name, body, code, kept: bytes } of REFUSED) {
      const whole = Buffer.from(body);
      const { ref } = rawOf(whole.subarray(0, bytes ?? whole.length), "");
      assert.ok(
        kept.some((refusal) => refusal.rawRef === ref && refusal.reason === code),
        name,
      );
      assert.ok(await journal.raw(ref), name);
    }
  });
});

test("of two contents under one delivery key the first is the event, the second is told and kept", async (t) => {
  const world = await openWorld(t, { files: drillRule() });
  const bodies = [drill("same", '"detail":{"a":1}'), drill("same", '"detail":{"a":2}')] as const;
  const [first, second] = [await send(world, bodies[0]), await send(world, bodies[1])];
  const eventId = first.answer.events?.[0]?.eventId ?? "";
  assert.deepEqual(second, {
    status: 202,
    answer: { events: [{ eventId, outcome: "duplicate" }], refused: [] },
  });
  const labels = { source: "generic", outcome: "duplicate" };
  assert.equal(await metric(world, "whale_events_total", labels), 1);
  const { ref } = rawOf(Buffer.from(bodies[1]), "");
  const told = await logged(world, { msg: "delivered again", eventId });
  const kept = String(told["rawRef"]);
  assert.ok(kept.endsWith(ref));
  await world.stored(async ({ journal }) => {
    assert.deepEqual((await journal.event(eventId))?.detail, { a: 1 });
    assert.equal(Buffer.from((await journal.raw(kept))?.bytes ?? []).toString(), bodies[1]);
  });
});

test("a delivery that comes again is told with the body that it first came in, and that alone is kept", async (t) => {
  const world = await openWorld(t, { files: drillRule() });
  const body = drill("same", '"detail":{"a":1}');
  const [first] = [await send(world, body), await send(world, body)];
  const eventId = first.answer.events?.[0]?.eventId ?? "";
  const { rawRef } = await logged(world, { msg: "delivered again", eventId });
  await world.stored(async ({ journal }) => {
    assert.equal((await journal.event(eventId))?.rawRef, rawRef);
    assert.equal(Buffer.from((await journal.raw(String(rawRef)))?.bytes ?? []).toString(), body);
  });
});

test("ten thousand events in one body are all stored, once, while others are answered", async (t) => {
  const world = await openWorld(t, { files: drillType });
  const events = Array.from({ length: 10_000 }, (_, n) => ({
    ...{ event_type: "drill", id: `n${n}`, status: "point", detail: { host: `h${n % 7}` } },
  }));
  const batch = send(world, JSON.stringify(events));
  const others = Array.from({ length: 20 }, async (_, n) => {
    const alive = await fetch(`${world.url()}/healthz`);
    const small = await send(world, drill(`small-${n}`, '"status":"point"'));
    return [alive.status, small.status];
  });
  assert.ok((await Promise.all(others)).every((pair) => pair.join() === "200,202"));
  const { status, answer } = await batch;
  assert.equal(status, 202);
  assert.equal(new Set(answer.events?.map(({ eventId }) => eventId)).size, 10_000);
  assert.ok(answer.events?.every(({ outcome }) => outcome === "new"));
  const again = await send(world, JSON.stringify(events));
  assert.deepEqual(
    again.answer.events?.map(({ eventId }) => eventId),
    answer.events?.map(({ eventId }) => eventId),
  );
  const labels = { source: "generic", outcome: "new" };
  assert.equal(await metric(world, "whale_events_total", labels), 10_020);
  await world.stored(async ({ journal }) => {
    for (const n of [0, 4_999, 9_999]) assert.ok(await journal.event(answer.events?.[n]?.eventId ?? ""));
  });
});
