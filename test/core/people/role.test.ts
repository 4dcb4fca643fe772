import assert from "node:assert/strict";
import { test } from "node:test";
import { hasExpired, tokenHash } from "../../../core/people/index.ts";

const EXPIRES = "2026-11-01T00:00:00.000Z";

test("a token is dead from its instant on, and always when the instant cannot be read", () => {
  const atMs = Date.parse(EXPIRES);
  assert.equal(hasExpired({ expires: EXPIRES }, atMs - 1), false);
  assert.equal(hasExpired({ expires: EXPIRES }, atMs), true);
  assert.equal(hasExpired({ expires: "some day" }, 0), true);
});

test("a token's hash is SHA-256 in hex", () => {
  // The digest of "abc" in FIPS 180-2.
  assert.equal(tokenHash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
