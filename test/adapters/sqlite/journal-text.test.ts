import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { packedDelivery, textDelivery, unpackedDelivery } from "../../../adapters/sqlite/journal-text.ts";
import type { Delivery } from "../../../core/ports/index.ts";
import { aDelivery, aDraft } from "../../support/builders.ts";

test("takes a body from the memory it shares, so that nothing else travels with it", () => {
  const memory = Buffer.alloc(8192, "x");
  const bytes = memory.subarray(100, 102);
  const raw = { ref: "sha256:0", contentType: "text/plain", bytes };
  const packed = packedDelivery({ source: "alerts", drafts: [], raw });
  assert.equal(memoryIn(packed)?.buffer.byteLength, 2);
  assert.deepEqual([...unpackedDelivery(packed).raw.bytes], [...bytes]);
});

test("sends a body that has its memory to itself as it is", () => {
  const bytes = new Uint8Array([123, 125]);
  const raw = { ref: "sha256:0", contentType: "application/json", bytes };
  assert.equal(memoryIn(packedDelivery({ source: "alerts", drafts: [], raw })), bytes);
});

test("brings any delivery to the other thread as it was", () => {
  const text = fc.string({ unit: "grapheme" });
  const draft = fc.record({
    event: fc.record({ title: text, incident: text, fingerprint: text }),
    freshId: text,
    more: fc.record(
      { dedupeKey: text, senderTimeMs: fc.double({ noNaN: true }), incidentWindowMs: fc.nat() },
      { requiredKeys: [] },
    ),
  });
  const replay = fc.record({ signature: text, forMs: fc.nat() });
  fc.assert(
    fc.property(fc.array(draft), fc.option(replay), (drafts, signed) => {
      const whole = drafts.map(({ event, freshId, more }) => {
        return { ...aDraft({ event, freshId, dedupeKey: null }), ...more };
      });
      const delivery = aDelivery(whole, signed ? { replay: { ...signed } } : {});
      assert.deepEqual(
        told(unpackedDelivery(structuredClone(packedDelivery(delivery)))),
        told(textDelivery(delivery)),
      );
    }),
  );
});

function memoryIn(packed: readonly unknown[]): Uint8Array | undefined {
  return packed.find((value) => value instanceof Uint8Array);
}

/** What is absent and what is undefined are the same. */
function told({ drafts, ...delivery }: Omit<Delivery, "drafts"> & { drafts: readonly object[] }) {
  return { ...delivery, drafts: drafts.map((draft) => JSON.parse(JSON.stringify(draft)) as unknown) };
}
