import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { judgeStart } from "../../../adapters/stackstorm/start-outcome.ts";
import { aRow, aStart } from "./support.ts";

const fault = (text: string) => ({ faultstring: text });

const cases: [name: string, status: number, body: unknown, outcome: string, message?: RegExp][] = [
  ["a row", 201, aRow(), "started"],
  ["a row and a status of another success", 200, aRow(), "started"],
  ["a row with nothing but an id", 201, { id: "x1" }, "started"],
  ["a row whose status has a wrong type", 201, { id: "x1", status: 7 }, "started"],
  ["no body", 201, undefined, "unknown", /no readable execution id/],
  ["a row without an id", 201, aRow({ id: undefined }), "unknown", /no readable execution id/],
  ["an id that is an order", 201, aRow({ id: "last" }), "unknown"],
  ["a fault in a success", 200, fault("no way"), "unknown", /^no way$/],
  [
    "a row of another request",
    201,
    aRow({ context: { whale: { request_id: "t_other-1" } } }),
    "unknown",
    /another/,
  ],
  ["a list", 201, [aRow()], "unknown"],
  [
    "an unknown action",
    400,
    fault('Action "x" cannot be found.'),
    "refused",
    /^Action "x" cannot be found\.$/,
  ],
  ["a template that failed", 400, fault("Failed to render parameter"), "refused", /render/],
  ["a page of a proxy for a bad request", 400, undefined, "refused", /HTTP 400/],
  [
    "refused credentials",
    401,
    fault("Unauthorized - Token not found."),
    "not_sent",
    /clusters\/hz\.yaml.*auth.*Unauthorized/,
  ],
  ["missing rights", 403, fault("no permission"), "not_sent", /no permission/],
  ["a wrong address", 404, undefined, "not_sent", /HTTP 404/],
  ["a method a proxy forbids", 405, undefined, "refused", /HTTP 405/],
  ["a duplicate", 409, fault("conflict"), "refused", /conflict/],
  ["a body too large for a proxy", 413, undefined, "refused", /HTTP 413/],
  ["too many requests", 429, undefined, "not_sent", /HTTP 429/],
  ["a proxy that waited in vain", 408, undefined, "unknown", /HTTP 408/],
  ["a proxy whose client went away", 499, undefined, "unknown", /HTTP 499/],
  ["a redirect", 302, undefined, "refused", /HTTP 302/],
  ["an inner error", 500, fault("Internal Server Error"), "unknown", /Internal Server Error/],
  ["a proxy without upstream", 502, undefined, "unknown", /HTTP 502/],
  [
    "nginx that cannot reach st2api",
    503,
    fault("Nginx is unable to reach st2api"),
    "unknown",
    /unable to reach/,
  ],
  ["a proxy that timed out", 504, undefined, "unknown", /HTTP 504/],
];

for (const [name, status, body, outcome, message] of cases) {
  test(`a start answered ${status} with ${name} is ${outcome}`, () => {
    const judged = judgeStart({ status, headers: {}, body }, aStart(), String);
    assert.equal(judged.outcome, outcome);
    assert.equal("isAnswered" in judged, outcome === "not_sent");
    if (message) assert.match("message" in judged ? judged.message : "", message);
  });
}

test("a started execution carries the status requested when the answer holds none", () => {
  const judged = judgeStart({ status: 201, headers: {}, body: { id: "x1" } }, aStart(), String);
  const execution = { id: "x1", cluster: "hz", action: "disk.cleanup", status: "requested" };
  assert.deepEqual(judged, { outcome: "started", execution });
});

test("a reason that is very long is cut", () => {
  const judged = judgeStart({ status: 400, headers: {}, body: fault("x".repeat(9000)) }, aStart(), String);
  assert.ok(judged.outcome === "refused" && judged.message.length === 500);
});

test("a secret within a long reason is hidden before it is cut", () => {
  const hide = (text: string) => text.replaceAll("hunter22", "***");
  for (const status of [200, 400, 500]) {
    const body = fault(`${"x".repeat(494)}hunter22 and more`);
    const judged = judgeStart({ status, headers: {}, body }, aStart(), hide);
    assert.equal("message" in judged && judged.message, `${"x".repeat(494)}*** a…`);
  }
});

test("no answer above 499 and none that cannot be read is ever taken for proof, whatever its body", () => {
  const server = fc.integer({ min: 500, max: 599 });
  fc.assert(
    fc.property(server, fc.jsonValue(), (status, body) => {
      assert.equal(judgeStart({ status, headers: {}, body }, aStart(), String).outcome, "unknown");
    }),
  );
});
