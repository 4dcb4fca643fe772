import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import type { WhaleEvent } from "../../../../core/events/index.ts";
import { type ApiServer, apiServer } from "./api-server.ts";

const ALL = "/api/v1/events";
const NET_FILE = "type: net.loss\ntitle: 丢包\nowner: sre\nstrict: true\nschema: { required: [host] }\n";
const FILES = { "event-types/net.yaml": NET_FILE };
const DISK = { event_type: "disk.full", title: "满了", detail: { host: "vm-1" } };
const CLOUD = { specversion: "1.0", id: "1", source: "/ci", type: "disk.full", data: { host: "vm-2" } };

function send(api: ApiServer, body: unknown, headers: Record<string, string> = {}) {
  return api.call("POST", ALL, { body, headers });
}

async function stored(api: ApiServer, answer: { body: { events: { eventId: string }[] } }) {
  const ids = answer.body.events.map(({ eventId }) => eventId);
  const events = await Promise.all(ids.map((id) => api.store().journal.event(id)));
  return events as WhaleEvent[];
}

async function refusedBodies(api: ApiServer): Promise<number> {
  return (await api.store().journal.refusals(100)).length;
}

test("takes one event, stores it durably, and tells its id", async (t) => {
  const api = await apiServer(t);
  const answer = await send(api, DISK);
  assert.equal(answer.status, 202);
  const [event] = await stored(api, answer);
  assert.deepEqual(
    [event?.type, event?.source, event?.title, event?.detail],
    ["disk.full", "api", "满了", DISK.detail],
  );
  const again = await send(api, DISK);
  assert.deepEqual(again.body.events, [{ eventId: event?.id, outcome: "duplicate" }]);
  assert.deepEqual(api.asked.slice(0, 1), ["zhangsan events.send -"]);
});

test("takes a list, and tells what of it was refused", async (t) => {
  const api = await apiServer(t, { files: FILES });
  const answer = await send(api, [DISK, { event_type: "net.loss", detail: {} }, { event_type: "none" }]);
  assert.equal(answer.status, 202);
  assert.equal(answer.body.events.length, 1);
  const told = answer.body.refused.map((one: { index: number; reason: string }) => [one.index, one.reason]);
  assert.deepEqual(told, [
    [1, "strict_schema"],
    [2, "unknown_event_type"],
  ]);
});

test("takes CloudEvents in each of their modes, their type being the event type", async (t) => {
  const api = await apiServer(t);
  const structured = await send(api, CLOUD, {
    "content-type": "application/cloudevents+json; charset=utf-8",
  });
  const batch = [
    { ...CLOUD, id: "2" },
    { ...CLOUD, id: "3" },
  ];
  const batched = await send(api, batch, { "content-type": "application/cloudevents-batch+json" });
  const attributes = { "ce-specversion": "1.0", "ce-id": "4", "ce-source": "/ci", "ce-type": "disk.full" };
  const binary = await send(api, CLOUD.data, attributes);
  for (const [answer, count] of [
    [structured, 1],
    [batched, 2],
    [binary, 1],
  ] as const) {
    assert.equal(answer.status, 202);
    const events = await stored(api, answer);
    assert.equal(events.length, count);
    for (const { type, source, detail } of events) {
      assert.deepEqual([type, source, detail], ["disk.full", "api", { host: "vm-2" }]);
    }
  }
  const unknown = await send(
    api,
    { ...CLOUD, type: "none" },
    { "content-type": "application/cloudevents+json" },
  );
  assert.deepEqual([unknown.status, unknown.body.error.code], [422, "unknown_event_type"]);
});

test("two callers who number their events alike do not send the same ones", async (t) => {
  const api = await apiServer(t);
  const body = { ...DISK, id: "1" };
  const outcomes = async (who: string) => {
    const answer = await api.call("POST", ALL, { body, who });
    return answer.body.events[0].outcome;
  };
  assert.notEqual(await outcomes("zhangsan"), "duplicate");
  assert.notEqual(await outcomes("lisi"), "duplicate");
  assert.equal(await outcomes("zhangsan"), "duplicate");
});

test("stores nothing of a batch that holds a type which the caller may not send", async (t) => {
  const api = await apiServer(t, { files: FILES });
  const headers = { "x-types": "disk.*" };
  const net = { event_type: "net.loss", detail: { host: "a" } };
  const answer = await send(api, [DISK, net, { event_type: "whale.task.ended" }], headers);
  assert.deepEqual([answer.status, answer.body.error.code], [403, "outside_scope"]);
  assert.deepEqual(answer.body.error.types, ["net.loss", "whale.task.ended"]);
  assert.equal(await refusedBodies(api), 0);
  const alone = await send(api, DISK, headers);
  assert.notEqual(alone.body.events[0].outcome, "duplicate");
  const cloud = { "content-type": "application/cloudevents+json" };
  assert.equal((await send(api, { ...CLOUD, type: "net.loss" }, { ...headers, ...cloud })).status, 403);
  assert.equal((await send(api, CLOUD, { ...headers, ...cloud })).status, 202);
});

test("refuses Whale's own types to everybody", async (t) => {
  const api = await apiServer(t);
  for (const type of ["whale.task.ended", "unmapped", "__proto__"]) {
    const answer = await send(api, { event_type: type });
    assert.deepEqual([answer.status, answer.body.error.code], [422, "unknown_event_type"], type);
  }
});

test("keeps what it cannot read, with the reason, and answers as the hooks do", async (t) => {
  const api = await apiServer(t);
  const answers: [body: string, headers: Record<string, string>, status: number, code: string][] = [
    ["{bad", {}, 400, "bad_json"],
    ["[]", {}, 400, "empty"],
    ['{"title":"x"}', {}, 400, "bad_shape"],
    ['{"id":"x"}', { "content-type": "application/cloudevents+json" }, 400, "bad_shape"],
    ["{}", { "content-encoding": "gzip" }, 415, "compressed"],
  ];
  for (const [body, headers, status, code] of answers) {
    const answer = await send(api, body, headers);
    assert.deepEqual([answer.status, answer.body.error.code], [status, code], body);
  }
  assert.equal(await refusedBodies(api), answers.length);
  const packed = await fetch(`${api.origin()}${ALL}`, {
    ...{ method: "POST", body: new Uint8Array(gzipSync("{}")) },
    headers: { "x-who": "a", "content-encoding": "gzip" },
  });
  assert.equal(packed.status, 415);
});

test("refuses a body that is too large, and keeps nothing of it", async (t) => {
  const api = await apiServer(t);
  const answer = await send(api, JSON.stringify({ ...DISK, title: "x".repeat(70_000) }));
  assert.deepEqual([answer.status, answer.body.error.code], [413, "too_large"]);
  assert.equal(await refusedBodies(api), 0);
});

test("asks the guard before it reads the body", async (t) => {
  const api = await apiServer(t);
  const answer = await api.call("POST", ALL, { body: "{bad", who: "" });
  assert.equal(answer.status, 401);
  assert.equal(await refusedBodies(api), 0);
});
