import assert from "node:assert/strict";
import { test } from "node:test";
import { aRule } from "../../../adapters/files/home-dir.ts";
import { apiServer } from "./api-server.ts";

const RELOAD = "/api/v1/config/reload";

test("takes edited files, and gives each a version of an unknown hand", async (t) => {
  const api = await apiServer(t);
  api.edit("event-types/disk.yaml", "type: disk.full\ntitle: 手改\nowner: sre\n");
  api.edit("rules/new.yaml", aRule({ id: "new" }));
  const answer = await api.call("POST", RELOAD);
  assert.deepEqual(answer.body, {
    versions: [
      { kind: "event-type", name: "disk.full", version: 2, change: "changed" },
      { kind: "rule", name: "new", version: 1, change: "created" },
    ],
  });
  const { body } = await api.call("GET", "/api/v1/event-types/disk.full");
  assert.deepEqual([body.by, body.definition.title], ["file", "手改"]);
  assert.equal(api.inForce().current().rules.length, 2);
  const deeds = (await api.store().audit.read(0, 100)).slice(-3);
  assert.deepEqual(
    deeds.map(({ who, what }) => [who, what]),
    [
      ["file", "config.edit"],
      ["file", "config.edit"],
      ["zhangsan", "config.reload"],
    ],
  );
});

test("gives a version to what was edited, and one of its end to what was removed, while nothing ran", async (t) => {
  const files = { "event-types/old.yaml": "type: old\ntitle: a\nowner: b\n" };
  const api = await apiServer(t, { files });
  api.edit("event-types/old.yaml", null);
  api.edit("event-types/disk.yaml", "type: disk.full\ntitle: 手改\nowner: sre\n");
  await api.restart();
  const latest = await api.store().configs.latest("event-type");
  assert.deepEqual(
    latest.map(({ name, no, change, by }) => [name, no, change, by]),
    [
      ["disk.full", 2, "changed", "file"],
      ["old", 2, "retired", "file"],
    ],
  );
});

test("keeps no version of sources, clusters and groups, whose files may hold secrets", async (t) => {
  const api = await apiServer(t);
  const kinds = (await api.store().audit.read(0, 100)).map(({ detail }) => detail["kind"]);
  assert.deepEqual([...new Set(kinds)].sort(), ["event-type", "policy", "rule"]);
});

test("refused files leave the configuration before in force, with all problems told, until they are right", async (t) => {
  const api = await apiServer(t);
  const before = api.inForce().current();
  api.edit("rules/r.yaml", aRule({ on: ["disk.ful"], action: "none" }));
  const answer = await api.call("POST", RELOAD);
  assert.deepEqual([answer.status, answer.body.error.code], [422, "invalid"]);
  assert.deepEqual(answer.body.error.problems.map((one: { field: string }) => one.field).sort(), [
    "action",
    "on[0]",
  ]);
  assert.equal(api.inForce().current(), before);
  const [warning] = api.keeper().warnings();
  assert.match(warning?.message ?? "", /2 处错误.*rules\/r\.yaml:1:\d+/);
  const line = api.log.lines.find(({ level }) => level === "error");
  assert.equal(Array.isArray(line?.fields["problems"]) && line.fields["problems"].length, 2);
  api.edit("rules/r.yaml", aRule());
  assert.equal((await api.call("POST", RELOAD)).status, 200);
  assert.deepEqual(api.keeper().warnings(), []);
});

test("a folder that cannot be read is told, and changes nothing", async (t) => {
  const api = await apiServer(t);
  const before = api.inForce().current();
  api.loop("rules");
  const answer = await api.call("POST", RELOAD);
  assert.deepEqual([answer.status, answer.body.error.code], [500, "internal"]);
  assert.match(api.keeper().warnings()[0]?.message ?? "", /ELOOP/);
  assert.equal(api.inForce().current(), before);
});

test("a change over REST is refused while other files are wrong, and says which", async (t) => {
  const api = await apiServer(t);
  api.edit("rules/r.yaml", "{");
  const body = { type: "net.loss", title: "丢包", owner: "sre" };
  const answer = await api.call("POST", "/api/v1/event-types", { body });
  assert.equal(answer.status, 422);
  assert.equal(answer.body.error.problems[0].file, "rules/r.yaml");
});

test("changed clusters wait for a restart, and a warning says so", async (t) => {
  const api = await apiServer(t);
  const { clusters } = api.inForce().current();
  api.edit("clusters/hz.yaml", "name: hz\napi: http://127.0.0.1:9102/api\nauth: { apiKey: other-key }\n");
  assert.equal((await api.call("POST", RELOAD)).status, 200);
  assert.deepEqual(api.inForce().current().clusters, clusters);
  assert.deepEqual(
    api
      .inForce()
      .current()
      .warnings.map(({ about }) => about),
    ["clusters"],
  );
});

test("reloads at the same time are done one after the other, and leave one set of versions", async (t) => {
  const api = await apiServer(t);
  api.edit("event-types/disk.yaml", "type: disk.full\ntitle: 手改\nowner: sre\n");
  const reloads = await Promise.all([1, 2, 3].map(() => api.keeper().reload("zhangsan")));
  const counts = reloads.map((one) => (one.outcome === "loaded" ? one.versions.length : -1));
  assert.deepEqual(counts, [1, 0, 0]);
});
