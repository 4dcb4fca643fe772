import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Delivery, Reading } from "../../../adapters/sources/index.ts";
import { readJson, sourceKinds } from "../../../adapters/sources/index.ts";
import { EVENT_STATUSES, isoTime, SEVERITIES } from "../../../core/events/index.ts";
import type { Json } from "../../../core/ids/index.ts";
import { hashOf, isJsonObject } from "../../../core/ids/index.ts";

const EVENTS = new URL("../../../fixtures/events/", import.meta.url);

/** What must hold of every answer, or the parts behind could not take it. */
function assertSound(reading: Reading): void {
  if (reading.outcome === "refused") assert.ok(reading.message.length > 0);
  if (reading.outcome === "handshake") assert.match(reading.confirmUrl, /^https:\/\//);
  if (reading.outcome !== "read") return;
  assert.ok(reading.occurrences.length > 0);
  for (const occurrence of reading.occurrences) {
    assert.ok(occurrence.name !== "" && occurrence.title !== "" && occurrence.incident !== "");
    assert.ok(EVENT_STATUSES.includes(occurrence.status) && SEVERITIES.includes(occurrence.severity));
    for (const time of [occurrence.time, occurrence.endsAt]) {
      if (time !== undefined) assert.notEqual(isoTime(time), undefined, time);
    }
    for (const text of [...Object.values(occurrence.labels), ...Object.values(occurrence.annotations)]) {
      assert.equal(typeof text, "string");
    }
    // Hashing refuses what is no plain JSON: undefined, endless numbers, halves of characters.
    hashOf(occurrence);
  }
}

function read(kind: string, delivery: Partial<Delivery>): Reading {
  const adapter = sourceKinds[kind];
  assert.ok(adapter);
  const whole = {
    body: Buffer.alloc(0),
    contentType: "",
    query: {},
    headers: {},
    zone: "Asia/Shanghai",
    ...delivery,
  };
  return adapter.read(whole);
}

const word = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("", "__proto__", "0", "1", "{", "null"),
);
const contentType = fc.oneof(
  word,
  fc.constantFrom(
    "application/json",
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
  ),
);
const headerName = fc.oneof(
  word,
  fc.constantFrom("ce-id", "ce-type", "ce-source", "ce-specversion", "ce-time", "x-amz-sns-rawdelivery"),
);
const headerValue = fc.oneof(
  word,
  fc.constantFrom("true", "1.0", "%E4%B8", "%"),
  fc.array(word, { maxLength: 2 }),
);
const queryName = fc.oneof(
  word,
  fc.constantFrom("endpoint", "metric", "status", "time", "tags", "priority", "stra_id", "left_value"),
);
const queryValue = fc.oneof(
  word,
  fc.constantFrom("PROBLEM", "OK", "a:b,c:d", '{"event":{}}'),
  fc.array(word, { maxLength: 2 }),
);
const around = fc.record({
  contentType,
  headers: fc.dictionary(headerName, headerValue),
  query: fc.dictionary(queryName, queryValue),
});

interface Seed {
  kind: string;
  body: Buffer;
  around: Partial<Delivery>;
}

function seedsOf(kind: string): Seed[] {
  const folder = new URL(`${kind}/`, EVENTS);
  const files = readdirSync(folder).filter(
    (file) => /\.(json|body)$/.test(file) && !/\.(event|delivery)\.json$/.test(file),
  );
  return files.map((file) => {
    const beside = file.replace(/\.(json|body)$/, ".delivery.json");
    const found = readdirSync(folder).includes(beside);
    const sidecar = found
      ? (JSON.parse(readFileSync(new URL(beside, folder), "utf8")) as Partial<Delivery>)
      : {};
    return { kind, body: readFileSync(new URL(file, folder)), around: sidecar };
  });
}

/** Where to change a body, and what to. */
interface Change {
  at: number;
  how: "drop" | "retype" | "nest" | "list" | "double";
  value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat({ max: 400 }),
  how: fc.constantFrom("drop", "retype", "nest", "list", "double"),
  value: fc.oneof(
    fc.constantFrom<unknown>(
      null,
      "",
      0,
      -1,
      1e308,
      true,
      [],
      {},
      "\ud800",
      "0001-01-01T00:00:00Z",
      "[",
      "{}",
    ),
    fc.jsonValue(),
    fc.string({ unit: "binary" }),
  ),
});

/** Applies a change to the member whose number, counted depth first, is `at` modulo their count. */
function changed(root: unknown, { at, how, value }: Change): unknown {
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const key of Object.keys(node)) {
      places.push({ holder: node as Record<string, unknown>, key });
      walk((node as Record<string, unknown>)[key]);
    }
  };
  walk(root);
  const place = places[at % Math.max(places.length, 1)];
  if (!place) return value;
  const { holder, key } = place;
  if (how === "drop") delete holder[key];
  else if (how === "retype") holder[key] = value;
  else if (how === "nest") holder[key] = { inner: holder[key], more: value };
  else if (how === "list") holder[key] = [holder[key], value];
  else holder[`${key}_again`] = holder[key];
  return root;
}

function mutatedText(text: string, changes: readonly Change[]): string {
  const json = parsed(text);
  if (json === undefined) return mutatedForm(text, changes);
  // A message inside the message is changed as well.
  const inner = isJsonObject(json)
    ? Object.entries(json).find(([, value]) => typeof value === "string" && value.startsWith("{"))
    : undefined;
  const [first, ...rest] = changes;
  if (inner && first && isJsonObject(json))
    json[inner[0]] = JSON.stringify(changed(parsed(String(inner[1])) ?? inner[1], first));
  return JSON.stringify((inner ? rest : changes).reduce<unknown>(changed, json));
}

function mutatedForm(text: string, changes: readonly Change[]): string {
  const form = Object.fromEntries(new URLSearchParams(text)) as Record<string, unknown>;
  for (const one of changes) changed(form, one);
  const pairs = Object.entries(form).map(([key, value]) => [
    key,
    typeof value === "string" ? value : (JSON.stringify(value) ?? ""),
  ]);
  return new URLSearchParams(pairs as [string, string][]).toString();
}

/** The JSON of a text; undefined when it is none. Some fixtures are broken on purpose. */
function parsed(text: string): Json | undefined {
  const json = readJson(Buffer.from(text));
  return json.outcome === "read" ? json.value : undefined;
}

for (const kind of Object.keys(sourceKinds)) {
  describe(`${kind} never throws and gives sound events`, () => {
    test("whatever the bytes, headers and query", () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), around, (bytes, rest) => {
          assertSound(read(kind, { ...rest, body: Buffer.from(bytes) }));
        }),
        { numRuns: 300 },
      );
    });

    test("whatever JSON comes", () => {
      fc.assert(
        fc.property(fc.oneof(fc.json(), fc.json({ stringUnit: "binary" })), around, (text, rest) => {
          assertSound(read(kind, { ...rest, body: Buffer.from(text) }));
        }),
        { numRuns: 200 },
      );
    });

    test("when fields of a real shape are dropped, retyped, nested", () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...seedsOf(kind)),
          fc.array(change, { minLength: 1, maxLength: 6 }),
          (seed, changes) => {
            const body = Buffer.from(mutatedText(seed.body.toString("utf8"), changes));
            assertSound(read(kind, { ...seed.around, body }));
          },
        ),
        { numRuns: 600 },
      );
    });

    test("when its body is cut anywhere", () => {
      fc.assert(
        fc.property(fc.constantFrom(...seedsOf(kind)), fc.nat(), (seed, at) => {
          assertSound(
            read(kind, { ...seed.around, body: seed.body.subarray(0, at % (seed.body.length + 1)) }),
          );
        }),
        { numRuns: 200 },
      );
    });

    test("whatever its options are", () => {
      const names = fc.constantFrom(
        "zone",
        "fields",
        "items",
        "statuses",
        "severities",
        "confirmHosts",
        "other",
      );
      fc.assert(
        fc.property(
          fc.constantFrom(...seedsOf(kind)),
          fc.dictionary(names, fc.jsonValue()),
          (seed, options) => {
            assertSound(
              read(kind, { ...seed.around, body: seed.body, options: options as Record<string, Json> }),
            );
          },
        ),
        { numRuns: 200 },
      );
    });
  });
}

test("Open-Falcon's callback is read whatever stands in its query", () => {
  const query = fc
    .dictionary(queryName, queryValue)
    .map((more) => ({ endpoint: "vm-1", metric: "m", status: "OK", ...more }));
  fc.assert(fc.property(query, (fields) => assertSound(read("open-falcon", { query: fields }))));
});
