import assert from "node:assert/strict";
import { type IncomingMessage, request } from "node:http";
import { test } from "node:test";
import { holdInForce, type InForce } from "../../bot/in-force.ts";
import { apiServer } from "./http/api/api-server.ts";

test("gives out the configuration that was put in force last", () => {
  const [first, second] = [{ warnings: [] }, { warnings: [] }] as unknown as [InForce, InForce];
  const holder = holdInForce(first);
  assert.equal(holder.current(), first);
  holder.replace(second);
  assert.equal(holder.current(), second);
});

test("a body that was on its way when a type became strict is read by the configuration it came under", async (t) => {
  const api = await apiServer(t);
  const body = JSON.stringify({ event_type: "disk.full", title: "t", detail: {} });
  const slow = request(`${api.origin()}/hooks/open`, {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": body.length },
  });
  const answered = new Promise<IncomingMessage>((resolve) => slow.once("response", resolve));
  slow.write(body.slice(0, 5));
  await api.sourcesAsked();
  const strict = {
    type: "disk.full",
    title: "磁盘",
    owner: "sre",
    strict: true,
    schema: { required: ["a"] },
  };
  await api.call("PUT", "/api/v1/event-types/disk.full", { body: strict, headers: { "if-match": '"1"' } });
  slow.end(body.slice(5));
  assert.equal((await answered).statusCode, 202);
  assert.equal((await api.post("disk.full", {})).status, 422);
});

test("warns of numeric fields beyond those that can be searched, naming them", async (t) => {
  const fields = Array.from({ length: 51 }, (_, n) => [`n${n}`, { type: "number" }]);
  const type = { type: "many", title: "t", owner: "o", schema: { properties: Object.fromEntries(fields) } };
  const api = await apiServer(t, { files: { "event-types/many.yaml": JSON.stringify(type) } });
  const { numericFields, warnings } = api.inForce().current();
  assert.equal(numericFields.length, 50);
  assert.equal(warnings[0]?.about, "event types");
  assert.match(warnings[0]?.message ?? "", /at most 50 .*: n50 \(这些数字字段/);
});
