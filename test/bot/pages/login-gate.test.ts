import assert from "node:assert/strict";
import { test } from "node:test";
import { createLoginGate } from "../../../bot/pages/login-gate.ts";
import { START_MS } from "../../support/clock.ts";

test("one address has sixty tries, then one a second; another one has its own", () => {
  const gate = createLoginGate();
  for (let n = 0; n < 60; n++) assert.equal(gate.take("10.0.0.1", START_MS), null);
  assert.equal(gate.take("10.0.0.1", START_MS), 1);
  assert.equal(gate.take("10.0.0.2", START_MS), null);
  assert.equal(gate.take("10.0.0.1", START_MS + 1000), null);
  assert.equal(gate.take("10.0.0.1", START_MS + 1000), 1);
});

test("a clock that is moved back keeps nobody out", () => {
  const gate = createLoginGate();
  assert.equal(gate.take("10.0.0.1", START_MS), null);
  assert.equal(gate.take("10.0.0.1", START_MS - 3_600_000), null);
});
