import assert from "node:assert/strict";
import { test } from "node:test";
import {
  afterRequest,
  type Breaker,
  CLOSED_BREAKER,
  type RequestOutcome,
  startsFailing,
} from "../../../core/clusters/index.ts";

const bad = (what: RequestOutcome["what"] = "read"): RequestOutcome => ({ what, isGood: false });
const good = (what: RequestOutcome["what"] = "read"): RequestOutcome => ({ what, isGood: true });

function after(outcomes: readonly RequestOutcome[], everyMs = 1000): Breaker {
  return outcomes.reduce(
    (breaker, one, at) => afterRequest(breaker, one, 1e9 + at * everyMs),
    CLOSED_BREAKER,
  );
}

const table: [string, RequestOutcome[], boolean][] = [
  ["four failures", [bad(), bad(), bad(), bad()], false],
  ["five failures in a row", [bad(), bad(), bad(), bad(), bad()], true],
  ["failures with a success between", [bad(), bad(), bad(), good(), bad(), bad()], false],
  ["a look that succeeds", [bad(), bad(), bad(), bad(), bad(), good("look")], false],
  ["looks that fail too", [bad(), bad(), bad(), bad(), bad(), bad("look")], true],
];

for (const [what, outcomes, isOpen] of table) {
  test(`${what} ${isOpen ? "open it" : "leave it closed"}`, () => {
    assert.equal(after(outcomes).isOpen, isOpen);
  });
}

test("failures minutes apart are not in a row", () => {
  assert.equal(after(Array(20).fill(bad()), 61_000).isOpen, false);
});

test("starts that fail are counted beside reads that succeed, until a good one or a minute later", () => {
  const failing = after([bad("start"), good(), bad("start"), good(), bad("start"), good()]);
  assert.equal(startsFailing(failing, 1e9 + 6_000), 3);
  assert.equal(startsFailing(failing, 1e9 + 70_000), 0);
  assert.equal(startsFailing(afterRequest(failing, good("start"), 1e9 + 7_000), 1e9 + 7_000), 0);
});
