import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { hmacSha256 } from "../../../bot/http/hmac-sha256.ts";

function reference(secret: string, text: string, bytes: Uint8Array): string {
  return createHmac("sha256", secret).update(text).update(bytes).digest("hex");
}

test("signs as the library does with keys of every length around a block, and texts and bodies of any", () => {
  const lengths = fc.oneof(fc.nat(200), fc.constantFrom(0, 1, 63, 64, 65, 128));
  const secret = lengths.chain((length) =>
    fc.string({ minLength: length, maxLength: length, unit: "binary" }),
  );
  const sent = fc.record({
    secret,
    text: fc.string({ unit: "binary" }),
    bytes: fc.uint8Array({ maxLength: 300 }),
  });
  fc.assert(
    fc.property(sent, ({ secret, text, bytes }) => {
      assert.equal(hmacSha256(secret)(text, bytes), reference(secret, text, bytes));
    }),
  );
});

test("signs bodies of every length around a block as the library does", () => {
  const sign = hmacSha256("secret-of-a-source");
  for (let length = 0; length < 200; length += 1) {
    const bytes = Buffer.alloc(length, `${length}`);
    assert.equal(sign("1764115200.", bytes), reference("secret-of-a-source", "1764115200.", bytes));
  }
});

test("carries nothing from one signature into the next, and takes a large body", () => {
  const sign = hmacSha256("s".repeat(100));
  for (const bytes of [Buffer.alloc(1_000_000, "磁盘"), Buffer.alloc(0), Buffer.from("{}")]) {
    assert.equal(sign("1764115200:", bytes), reference("s".repeat(100), "1764115200:", bytes));
    assert.equal(sign("", bytes), reference("s".repeat(100), "", bytes));
  }
});
