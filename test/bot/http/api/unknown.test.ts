import assert from "node:assert/strict";
import { test } from "node:test";
import { apiServer } from "./api-server.ts";

const UNKNOWN = [
  "/api/v1/nothing",
  "/api/v1/events/e_1/nothing",
  "/api/v1/",
  "/api/v1",
  "/api/v2/events",
  "/api",
];

test("what is no address of the API is answered as its errors are", async (t) => {
  const api = await apiServer(t);
  for (const path of UNKNOWN) {
    for (const method of ["GET", "POST", "DELETE"]) {
      const { status, body } = await api.call(method, path, { who: "" });
      assert.deepEqual([status, body.error?.code], [404, "unknown_path"], `${method} ${path}`);
      assert.match(body.error.message, /openapi\.json/);
    }
  }
  const elsewhere = await api.call("GET", "/apix");
  assert.deepEqual([elsewhere.status, elsewhere.body], [404, "Not Found"]);
});

test("a method that an address does not take is answered with those that it takes", async (t) => {
  const api = await apiServer(t);
  const { status, body, headers } = await api.call("DELETE", "/api/v1/events");
  assert.deepEqual([status, body.error?.code], [405, "method_not_allowed"]);
  assert.equal(headers.get("allow"), "GET, HEAD, POST");
  assert.match(body.error.message, /GET, HEAD, POST/);
  assert.equal((await api.call("OPTIONS", "/api/v1/events/e_1")).headers.get("allow"), "GET, HEAD");
});

test("what a route itself answers with 404 stays as it is", async (t) => {
  const api = await apiServer(t);
  assert.equal((await api.call("GET", "/api/v1/events/e_none")).body.error.code, "unknown_event");
  const odd = await api.call("GET", "/api/v1/events/%ff");
  assert.ok([400, 404].includes(odd.status) && odd.body.error?.code !== undefined, JSON.stringify(odd));
});
