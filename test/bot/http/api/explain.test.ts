import assert from "node:assert/strict";
import { test } from "node:test";
import { RUN_REQUESTED_TYPE } from "../../../../core/runs/index.ts";
import { OWN_SOURCE } from "../../../../core/tasks/index.ts";
import { aRule } from "../../../adapters/files/home-dir.ts";
import { aVerdict } from "../../../contract/archive.ts";
import { anEvent } from "../../../support/builders.ts";
import { aMadeTask } from "../../../support/tasks.ts";
import { apiServer } from "./api-server.ts";

const EVENT = anEvent({ id: `e_${"a".repeat(52)}`, type: "disk.full", labels: { env: "test" } });
const OTHER = anEvent({ ...EVENT, id: `e_${"b".repeat(52)}` });
const FILES = {
  "rules/r.yaml": aRule({ features: [{ path: "labels.env", op: "equals", value: "prod" }] }),
  "rules/s.yaml": aRule({ id: "s" }),
};

test("each rule of the type is explained, the nearest first; one alone where it is asked for", async (t) => {
  const api = await apiServer(t, { files: FILES });
  await api.archive().write({ events: [EVENT], verdicts: [] });
  const all = await api.call("GET", "/api/v1/events/aaaaaa/explain");
  assert.equal(all.status, 200);
  assert.equal(all.body.event.id, EVENT.id);
  const told = (rules: { ruleId: string; verdict: { reason: string } }[]) =>
    rules.map(({ ruleId, verdict }) => [ruleId, verdict.reason]);
  assert.deepEqual(told(all.body.rules), [
    ["s", "fired"],
    ["r", "feature_failed"],
  ]);
  const gate = {
    zh: "需 1 人（zhangsan）批准；一人拒绝即不执行；30m 无人应答即不执行",
    en: "needs 1 (zhangsan); one rejection ends it; silence for 30m means no",
  };
  assert.deepEqual(
    all.body.rules.map(({ approval }: { approval?: object }) => approval),
    [gate, undefined],
  );
  const one = await api.call("GET", `/api/v1/events/${EVENT.id}/explain?rule=r`);
  assert.deepEqual(told(one.body.rules), [["r", "feature_failed"]]);
});

test("the task that a person has asked for is told with its event, to whoever may read tasks", async (t) => {
  const api = await apiServer(t, { files: FILES });
  const task = aMadeTask();
  const request = { type: RUN_REQUESTED_TYPE, source: OWN_SOURCE, incident: task.id };
  const event = anEvent({ ...EVENT, ...request });
  await api.store().tasks.make({ task: { ...task, revision: 1 }, outbox: [] });
  await api.archive().write({ events: [event, OTHER], verdicts: [] });
  const { body } = await api.call("GET", `/api/v1/events/${event.id}/explain`);
  assert.deepEqual(body.asked, [{ task: task.id, state: task.state, reason: task.reason }]);
  assert.deepEqual(body.rules, []);
  assert.deepEqual((await api.call("GET", `/api/v1/events/${OTHER.id}/explain`)).body.asked, []);
});

test("tasks, those that a rule made too, are told only to whoever may read them", async (t) => {
  const api = await apiServer(t, { files: FILES });
  const made = { ...aMadeTask(), revision: 1 };
  const verdict = { ...aVerdict(EVENT.id, "s", { reason: "fired" }), taskId: made.id };
  const asked = { ...aMadeTask({ rule: { id: "asked" } }), revision: 1 };
  const request = anEvent({ ...OTHER, type: RUN_REQUESTED_TYPE, source: OWN_SOURCE, incident: asked.id });
  for (const task of [made, asked]) await api.store().tasks.make({ task, outbox: [] });
  await api.archive().write({ events: [EVENT, request], verdicts: [verdict] });
  const tasksTold = async (rights: string) => {
    const headers = { "x-rights": rights };
    const ofRule = await api.call("GET", `/api/v1/events/${EVENT.id}/explain?rule=s`, { headers });
    const ofRequest = await api.call("GET", `/api/v1/events/${request.id}/explain`, { headers });
    const told = [...(ofRule.body.rules[0].tasks ?? []), ...ofRequest.body.asked];
    return told.map(({ task }: { task: string }) => task);
  };
  assert.deepEqual(await tasksTold("events.read rules.read"), []);
  assert.deepEqual(await tasksTold("events.read rules.read tasks.read"), [made.id, asked.id]);
});

test("an unknown event, an unknown rule and a beginning of two ids are told apart", async (t) => {
  const api = await apiServer(t, { files: FILES });
  const other = anEvent({ ...EVENT, id: `e_aaaaaa${"b".repeat(46)}` });
  await api.archive().write({ events: [EVENT, other], verdicts: [] });
  const refused = async (path: string) => {
    const { status, body } = await api.call("GET", `/api/v1/events/${path}`);
    return [status, body.error.code];
  };
  assert.deepEqual(await refused("e_none/explain"), [404, "unknown_event"]);
  assert.deepEqual(await refused("aaaaaa/explain"), [409, "ambiguous_event"]);
  assert.deepEqual(await refused(`${EVENT.id}/explain?rule=gone`), [404, "unknown_rule"]);
});

test("needs the rights to read the event and its rules", async (t) => {
  const api = await apiServer(t, { files: FILES });
  await api.archive().write({ events: [EVENT], verdicts: [] });
  const path = `/api/v1/events/${EVENT.id}/explain`;
  assert.equal((await api.call("GET", path, { who: "" })).status, 401);
  assert.equal((await api.call("GET", path, { headers: { "x-types": "else" } })).status, 403);
  // Who may read this type alone may read no rule by its business.
  const bounded = { headers: { "x-types": "disk.full" } };
  assert.deepEqual((await api.call("GET", path, bounded)).body.rules, []);
  assert.equal((await api.call("GET", `${path}?rule=r`, bounded)).status, 403);
  assert.ok(api.asked.some((asked) => asked.includes("rules.read")));
});
