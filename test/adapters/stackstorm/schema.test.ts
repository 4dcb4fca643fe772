import assert from "node:assert/strict";
import { test } from "node:test";
import { isExecutionId, toExecution } from "../../../adapters/stackstorm/execution.ts";
import { parseExecution, parseExecutions, parseStreamEvent } from "../../../adapters/stackstorm/schema.ts";
import { aRow, EXECUTION_ID, REQUEST_ID } from "./support.ts";

test("an execution with nothing but an id is read", () => {
  const parsed = parseExecution({ id: "x1" });
  assert.deepEqual(parsed, { outcome: "parsed", value: { row: { id: "x1" }, dropped: [] } });
});

test("a null says the same as an absent field", () => {
  const parsed = parseExecution({ id: "x1", parent: null, result: null, elapsed_seconds: null });
  assert.deepEqual(parsed, { outcome: "parsed", value: { row: { id: "x1" }, dropped: [] } });
});

test("a field of a wrong type is left out and named, the rest is kept", () => {
  const parsed = parseExecution({ id: "x1", status: "failed", elapsed_seconds: "3", action: "disk.cleanup" });
  assert.deepEqual(parsed, {
    outcome: "parsed",
    value: { row: { id: "x1", status: "failed" }, dropped: ["elapsed_seconds", "action"] },
  });
});

test("fields that nobody uses are not kept", () => {
  assert.deepEqual(parseExecution({ id: "x1", runner: { name: "local" } }), {
    outcome: "parsed",
    value: { row: { id: "x1" }, dropped: [] },
  });
});

for (const value of [null, "x", [], {}, { id: "" }, { id: 7 }, { id: null }, undefined]) {
  test(`no execution is read out of ${JSON.stringify(value)}`, () => {
    assert.equal(parseExecution(value).outcome, "malformed");
  });
}

test("a list with one row without an id is malformed as a whole, naming the row", () => {
  assert.deepEqual(parseExecutions([{ id: "x1" }, { status: "failed" }]), {
    outcome: "malformed",
    where: "/1/id must be string",
  });
  assert.equal(parseExecutions({ id: "x1" }).outcome, "malformed");
});

test("a whole row becomes an execution in our words", () => {
  const row = {
    ...aRow({ status: "succeeded", end_timestamp: "2026-11-01T00:00:03+00:00", elapsed_seconds: 1.9 }),
    result: { stdout: "ok" },
    result_size: 15,
    web_url: "https://st2.hz/#/history/1/general",
    parent: "p1",
  };
  const parsed = parseExecution(row);
  assert.ok(parsed.outcome === "parsed");
  assert.deepEqual(toExecution(parsed.value.row, "hz"), {
    id: EXECUTION_ID,
    cluster: "hz",
    action: "disk.cleanup",
    status: "succeeded",
    startedAt: "2026-11-01T00:00:01.123Z",
    endedAt: "2026-11-01T00:00:03.000Z",
    elapsedSeconds: 1.9,
    result: { stdout: "ok" },
    requestId: REQUEST_ID,
    url: "https://st2.hz/#/history/1/general",
    parent: "p1",
  });
});

test("the size is told only of a result that was left out", () => {
  assert.equal(toExecution({ id: "x1", result_size: 5_000_000 }, "hz").resultBytes, 5_000_000);
  assert.equal(toExecution({ id: "x1", result: {}, result_size: 2 }, "hz").resultBytes, undefined);
});

test("the action comes from the live action, else from what was asked for", () => {
  assert.equal(toExecution({ id: "x1", liveaction: { action: "a.b" } }, "hz", "c.d").action, "a.b");
  assert.equal(toExecution({ id: "x1" }, "hz", "c.d").action, "c.d");
});

test("a status that is absent becomes a word that is not final, an unknown one is kept", () => {
  assert.equal(toExecution({ id: "x1" }, "hz").status, "unstated");
  assert.equal(toExecution({ id: "x1", status: "hibernating" }, "hz").status, "hibernating");
});

test("an address that a card must not link to is left out", () => {
  assert.equal(toExecution({ id: "x1", web_url: "javascript:alert(1)" }, "hz").url, undefined);
});

for (const id of ["", "last", "views", "a,b", "../x", "a/b", "a?b", "a b", "é", "x".repeat(65)]) {
  test(`"${id.slice(0, 10)}" is no id of one execution`, () => {
    assert.equal(isExecutionId(id), false);
  });
}

test("StackStorm's own ids are ids", () => {
  assert.equal(isExecutionId(EXECUTION_ID), true);
});

test("an event about an execution becomes a hint, another event does not, broken data is malformed", () => {
  const data = JSON.stringify(aRow({ status: "running" }));
  const hint = { outcome: "hint", executionId: EXECUTION_ID, status: "running", requestId: "t_abc-1" };
  assert.deepEqual(parseStreamEvent("st2.execution__update", data), hint);
  assert.deepEqual(parseStreamEvent("st2.announcement__chatops", data), { outcome: "other" });
  assert.deepEqual(parseStreamEvent(undefined, data), { outcome: "other" });
  for (const broken of ["", "{", "[]", "{}", '{"id":5}', '{"id":"x","status":5}']) {
    assert.deepEqual(parseStreamEvent("st2.execution__create", broken), { outcome: "malformed" });
  }
});
