import assert from "node:assert/strict";
import { test } from "node:test";
import { createStreamTrust } from "../../../../bot/workers/follow/stream-trust.ts";

test("a stream is relied on once it has shown that it is alive, and no longer when it has ended", () => {
  const trust = createStreamTrust();
  assert.equal(trust.holds(0), false);
  trust.proven(true, 1_000);
  assert.equal(trust.holds(1_000), true);
  trust.proven(false, 2_000);
  assert.equal(trust.holds(2_000), false);
});

test("a stream that beats but keeps an end to itself is not relied on for five minutes", () => {
  const trust = createStreamTrust();
  trust.proven(true, 0);
  trust.told("x1", "running");
  trust.endFound("x1", { openAtMs: 1_000, nowMs: 10_000 });
  assert.equal(trust.holds(14_999), true);
  assert.equal(trust.holds(15_000), false);
  assert.equal(trust.holds(314_999), false);
  assert.equal(trust.holds(315_000), true);
});

test("an end that was told before it was found, or soon after, is none that was kept back", () => {
  const trust = createStreamTrust();
  trust.proven(true, 0);
  trust.told("x1", "succeeded");
  trust.endFound("x1", { openAtMs: 1_000, nowMs: 10_000 });
  trust.endFound("x2", { openAtMs: 1_000, nowMs: 10_000 });
  trust.told("x2", "failed");
  assert.equal(trust.holds(60_000), true);
});

test("what ended before the stream was alive is not held against it", () => {
  const trust = createStreamTrust();
  trust.proven(true, 5_000);
  trust.endFound("x1", { openAtMs: 1_000, nowMs: 10_000 });
  assert.equal(trust.holds(60_000), true);
});
