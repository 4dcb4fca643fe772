import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Delivery, Reading } from "../../../adapters/sources/index.ts";
import { sourceKinds } from "../../../adapters/sources/index.ts";
import { EVENT_STATUSES, isoTime, SEVERITIES } from "../../../core/events/index.ts";
import type { Json } from "../../../core/ids/index.ts";
import { hashOf } from "../../../core/ids/index.ts";
import { change, mutatedText, seedsOf } from "./mutations.ts";

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
