import assert from "node:assert/strict";
import { test } from "node:test";
import { aRule } from "../../../adapters/files/home-dir.ts";
import { apiServer } from "./api-server.ts";

const ALL = "/api/v1/stops";
const files = { "rules/s.yaml": aRule({ id: "s" }) };

test("stops everything once, shows who did, and lets it go on", async (t) => {
  const api = await apiServer(t, { files });
  const order = { stop: "everything", why: " fire " };
  const first = await api.call("POST", ALL, { body: order, who: "user:a" });
  assert.deepEqual(
    [first.status, first.body.stop, first.body.by, first.body.why],
    [201, "everything", "user:a", "fire"],
  );
  const again = await api.call("POST", ALL, { body: order, who: "user:b" });
  assert.deepEqual([again.status, again.body.by], [200, "user:a"]);
  assert.deepEqual((await api.call("GET", ALL)).body, { stops: [first.body] });
  assert.equal((await api.call("DELETE", `${ALL}/everything`)).status, 204);
  const gone = await api.call("DELETE", `${ALL}/everything`);
  assert.deepEqual([gone.status, gone.body.error.code], [404, "not_stopped"]);
  const entries = await api.store().audit.read(0, 100);
  const deeds = entries.map(({ what }) => what).filter((what) => what.startsWith("stop."));
  assert.deepEqual(deeds, ["stop.order", "stop.lift"]);
});

test("refuses an order that says no reason, or that would stop nothing", async (t) => {
  const api = await apiServer(t, { files });
  const table: [body: object, code: string][] = [
    [{ stop: "everything" }, "no_reason"],
    [{ stop: "everything", why: " " }, "no_reason"],
    [{ stop: "cluster", why: "w" }, "bad_stop"],
    [{ stop: "cluster:", why: "w" }, "bad_stop"],
    [{ why: "w" }, "bad_stop"],
    [{ stop: "rule:gone", why: "w" }, "unknown_scope"],
  ];
  for (const [body, code] of table) {
    const answer = await api.call("POST", ALL, { body });
    assert.deepEqual([answer.status, answer.body.error.code], [422, code], JSON.stringify(body));
  }
  assert.deepEqual((await api.call("GET", ALL)).body, { stops: [] });
});

test("asks for the right to stop what is stopped, and everything for everything", async (t) => {
  const api = await apiServer(t, { files });
  const body = { stop: "everything", why: "w" };
  assert.equal((await api.call("POST", ALL, { body, who: "" })).status, 401);
  const limited = { headers: { "x-types": "disk.full" } };
  assert.equal((await api.call("POST", ALL, { body, ...limited })).status, 403);
  assert.equal((await api.call("DELETE", `${ALL}/rule%3As`, limited)).status, 403);
  assert.ok(api.asked.every((asked) => asked.includes("stops.write")));
});
