import assert from "node:assert/strict";
import { test } from "node:test";
import { packedDelivery, unpackedDelivery } from "../../../adapters/sqlite/journal-text.ts";

test("takes a body from the memory it shares, so that nothing else travels with it", () => {
  const memory = Buffer.alloc(8192, "x");
  const bytes = memory.subarray(100, 102);
  const delivery = {
    source: "alerts",
    drafts: [],
    raw: { ref: "sha256:0", contentType: "text/plain", bytes },
  };
  const [, sent] = packedDelivery(delivery);
  assert.equal(sent.buffer.byteLength, 2);
  assert.deepEqual([...unpackedDelivery(packedDelivery(delivery)).raw.bytes], [...bytes]);
});

test("sends a body that has its memory to itself as it is", () => {
  const bytes = new Uint8Array([123, 125]);
  const raw = { ref: "sha256:0", contentType: "application/json", bytes };
  assert.equal(packedDelivery({ source: "alerts", drafts: [], raw })[1], bytes);
});
