import assert from "node:assert/strict";
import { test } from "node:test";
import { aRule } from "../../../adapters/files/home-dir.ts";
import { aTake } from "../../../contract/throttle-store.ts";
import { apiServer } from "./api-server.ts";

const at = (key: string) => `/api/v1/throttle/${encodeURIComponent(key)}`;

test("shows a bucket as last judged, whatever its key holds", async (t) => {
  const api = await apiServer(t);
  const key = "r:shop/vm 1?磁盘#%2f:../x";
  await api.store().throttle.take([aTake({ key }), aTake({ key, grantId: "t_2" })]);
  const { status, body } = await api.call("GET", at(key));
  assert.equal(status, 200);
  const { atMs, perMs } = aTake();
  const nextAt = new Date(atMs + perMs).toISOString();
  assert.deepEqual(body, { bucket: { key, tokens: 0, burst: 1, nextAt, held: 1 } });
});

test("says that there is no such bucket", async (t) => {
  const api = await apiServer(t);
  const { status, body } = await api.call("GET", at("r:none"));
  assert.deepEqual([status, body.error.code], [404, "unknown_bucket"]);
});

test("asks for the right to read the rule, and for all rules of a bucket that all share", async (t) => {
  const shared = { throttle: { shared: ["day", "team"] } };
  const throttles = "day: { limit: 1, per: 1h }\nteam: { by: business, limit: 1, per: 1h }\n";
  const api = await apiServer(t, {
    files: { "rules/s.yaml": aRule({ id: "s", ...shared }), "throttles.yaml": throttles },
  });
  assert.equal((await api.call("GET", at("r:x"), { who: "" })).status, 401);
  const limited = { headers: { "x-types": "disk.full" } };
  for (const key of ["@day", "@none", "gone:x"]) {
    assert.equal((await api.call("GET", at(key), limited)).status, 403, key);
  }
  assert.ok(api.asked.every((asked) => asked.includes("rules.read")));
});
