import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatOpsError } from "../../../../core/errors.ts";
import { eventAt } from "../../../contract/archive.ts";
import { type Answer, apiServer } from "./api-server.ts";

const ALL = "/api/v1/event-types";
const NET = { type: "net.loss", title: "丢包", owner: "sre-net" };
const NET_FILE = "event-types/net.loss.yaml";
const AT = new Date(Date.UTC(2026, 10, 20)).toISOString();

/** An answer's status and the code of its error. */
function told({ status, body }: Answer): [number, string] {
  return [status, body.error?.code ?? ""];
}

test("lists every type in force with its version and who changed it last", async (t) => {
  const api = await apiServer(t);
  await api.call("POST", ALL, { body: { ...NET, strict: true }, who: "lisi" });
  const { body } = await api.call("GET", ALL);
  const head = { version: 1, change: "created", at: AT, connections: [] };
  assert.deepEqual(body.eventTypes, [
    { type: "disk.full", ...head, by: "file", title: "磁盘", owner: "sre", strict: false },
    { type: "net.loss", ...head, by: "lisi", title: "丢包", owner: "sre-net", strict: true },
  ]);
});

test("tells of each type what comes from which source, and which types come and are not declared", async (t) => {
  const api = await apiServer(t);
  const violations = [{ path: "detail.usage", message: "高" }];
  const events = [
    eventAt("e_1", 1, { type: "disk.full", source: "open" }),
    eventAt("e_2", 2, { type: "disk.full", source: "open", violations }),
    eventAt("e_3", 3, { type: "disk.full", source: "api" }),
    eventAt("e_4", 4, { type: "unmapped", source: "open" }),
  ];
  await api.archive().write({ events, verdicts: [] });
  const { body } = await api.call("GET", ALL);
  const at = (index: number) => events[index]?.receivedAt;
  assert.deepEqual(body.eventTypes[0].connections, [
    { source: "api", events: 1, invalidShare: 0, lastSeenAt: at(2) },
    { source: "open", events: 2, invalidShare: 0.5, lastSeenAt: at(1) },
  ]);
  const [unmapped, ...others] = body.undeclared;
  assert.deepEqual(unmapped, {
    type: "unmapped",
    connections: [{ source: "open", events: 1, invalidShare: 0, lastSeenAt: at(3) }],
  });
  assert.deepEqual(others, []);
  const limited = await api.call("GET", ALL, { headers: { "x-types": "disk.*" } });
  assert.deepEqual([limited.body.eventTypes.length, limited.body.undeclared], [1, []]);
});

test("creates a type: in force at once, written as its own file, with its first version and an audit entry", async (t) => {
  const api = await apiServer(t);
  assert.equal((await api.post("net.loss", {})).body.error?.code, "unknown_event_type");
  const created = await api.call("POST", ALL, { body: NET });
  assert.deepEqual([created.status, created.etag], [201, '"1"']);
  assert.equal(created.headers.get("location"), `${ALL}/net.loss`);
  const head = { type: "net.loss", version: 1, change: "created", by: "zhangsan", at: AT };
  assert.deepEqual(created.body, { ...head, definition: NET });
  assert.equal(api.file(NET_FILE), "type: net.loss\ntitle: 丢包\nowner: sre-net\n");
  assert.equal((await api.post("net.loss", {})).status, 202);
  const entry = (await api.store().audit.read(0, 100)).at(-1);
  assert.deepEqual([entry?.who, entry?.what, entry?.object], ["zhangsan", "types.create", "net.loss"]);
  assert.equal((await api.store().audit.verify(1)).outcome, "whole");
});

test("refuses to create what exists, and leaves its file alone", async (t) => {
  const api = await apiServer(t);
  const before = api.file("event-types/disk.yaml");
  const answer = await api.call("POST", ALL, { body: { ...NET, type: "disk.full" } });
  assert.deepEqual([...told(answer), answer.etag], [409, "exists", '"1"']);
  assert.equal(api.file("event-types/disk.yaml"), before);
});

test("changes a type in the file that declares it, whatever that is called, and keeps its comments", async (t) => {
  const text = "# 值班看\ntype: disk.full\ntitle: 磁盘 # 名称\nowner: sre\n";
  const api = await apiServer(t, { files: { "event-types/disk.yaml": text } });
  const body = { type: "disk.full", title: "磁盘满", owner: "sre" };
  const changed = await api.call("PUT", `${ALL}/disk.full`, { body, headers: { "if-match": '"1"' } });
  assert.deepEqual([changed.status, changed.etag, changed.body.version], [200, '"2"', 2]);
  assert.equal(api.file("event-types/disk.yaml"), text.replace("磁盘 #", "磁盘满 #"));
  const shown = await api.call("GET", `${ALL}/disk.full`);
  assert.equal(shown.etag, '"2"');
  assert.deepEqual(
    shown.body.versions.map((one: { version: number; by: string }) => [one.version, one.by]),
    [
      [2, "zhangsan"],
      [1, "file"],
    ],
  );
  const first = await api.call("GET", `${ALL}/disk.full/versions/1`);
  assert.deepEqual([first.body.text, first.body.definition.title], [text, "磁盘"]);
});

test("makes no version of a change that changes nothing", async (t) => {
  const api = await apiServer(t);
  const body = { type: "disk.full", title: "磁盘", owner: "sre" };
  const answer = await api.call("PUT", `${ALL}/disk.full`, { body, headers: { "if-match": '"1"' } });
  assert.deepEqual([answer.status, answer.etag, answer.body.by], [200, '"1"', "file"]);
});

test("asks for the version that is changed, and refuses any but the newest", async (t) => {
  const api = await apiServer(t);
  const body = { type: "disk.full", title: "新", owner: "sre" };
  const put = (headers: Record<string, string>) => api.call("PUT", `${ALL}/disk.full`, { body, headers });
  assert.deepEqual(told(await put({})), [428, "if_match_required"]);
  for (const stale of ['"2"', '"0"', '"01x"', "1", 'W/"1"', "*", '"1", "2"']) {
    const answer = await put({ "if-match": stale });
    assert.deepEqual([...told(answer), answer.etag], [412, "stale", '"1"'], stale);
  }
  assert.equal((await put({ "if-match": '"1"' })).status, 200);
  assert.deepEqual(told(await put({ "if-match": '"1"' })), [412, "stale"]);
});

test("of many who change the same version at once, one succeeds", async (t) => {
  const api = await apiServer(t);
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) => {
      const body = { type: "disk.full", title: `第 ${n} 个`, owner: "sre" };
      return api.call("PUT", `${ALL}/disk.full`, { body, who: `u${n}`, headers: { "if-match": '"1"' } });
    }),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(7).fill(412)]);
  const { body } = await api.call("GET", `${ALL}/disk.full`);
  const won = answers.find(({ status }) => status === 200);
  assert.deepEqual([body.version, body.by], [2, won?.body.by]);
});

test("of many who create the same type at once, one succeeds", async (t) => {
  const api = await apiServer(t);
  const bodies = Array.from({ length: 6 }, () => api.call("POST", ALL, { body: NET }));
  const codes = (await Promise.all(bodies)).map(({ status }) => status).sort();
  assert.deepEqual(codes, [201, 409, 409, 409, 409, 409]);
});

test("refuses to rename a type, and to change one that is not there", async (t) => {
  const api = await apiServer(t);
  const headers = { "if-match": '"1"' };
  assert.deepEqual(told(await api.call("PUT", `${ALL}/disk.full`, { body: NET, headers })), [
    422,
    "type_differs",
  ]);
  const answer = await api.call("PUT", `${ALL}/net.loss`, { body: NET, headers });
  assert.deepEqual(told(answer), [404, "unknown_event_type"]);
});

test("retires a type that nothing uses, keeps its versions, and lets it come back", async (t) => {
  const api = await apiServer(t);
  await api.call("POST", ALL, { body: NET });
  const stale = await api.call("DELETE", `${ALL}/net.loss`, { headers: { "if-match": '"9"' } });
  assert.deepEqual(told(stale), [412, "stale"]);
  const retired = await api.call("DELETE", `${ALL}/net.loss`, { who: "lisi" });
  assert.deepEqual([retired.status, retired.etag, retired.body.change], [200, '"2"', "retired"]);
  assert.throws(() => api.file(NET_FILE), { code: "ENOENT" });
  assert.equal((await api.post("net.loss", {})).body.error?.code, "unknown_event_type");
  const types = async (query: string) => {
    const { body } = await api.call("GET", `${ALL}${query}`);
    return body.eventTypes.map((one: { type: string }) => one.type);
  };
  assert.deepEqual(
    [await types(""), await types("?retired=true")],
    [["disk.full"], ["disk.full", "net.loss"]],
  );
  assert.deepEqual(told(await api.call("DELETE", `${ALL}/net.loss`)), [404, "unknown_event_type"]);
  const back = await api.call("POST", ALL, { body: NET });
  assert.deepEqual([back.status, back.body.version, back.body.change], [201, 3, "created"]);
});

test("refuses to retire a type in use, naming every rule and source that uses it", async (t) => {
  const map = "map: [{ type: disk.full }]";
  const api = await apiServer(t, {
    files: {
      "sources/mapped.yaml": `name: mapped\nkind: generic\nauth: none\n${map}\n`,
      "sources/default.yaml": "name: other\nkind: generic\nauth: none\ndefault: disk.full\n",
    },
  });
  const answer = await api.call("DELETE", `${ALL}/disk.full`);
  assert.deepEqual(told(answer), [409, "in_use"]);
  assert.deepEqual(answer.body.error.uses, [
    { kind: "source", name: "other", file: "sources/default.yaml" },
    { kind: "source", name: "mapped", file: "sources/mapped.yaml" },
    { kind: "rule", name: "r", file: "rules/r.yaml" },
  ]);
  assert.equal((await api.post("disk.full", {})).status, 202);
});

test("refuses what would not load, naming file, field, value and reason in both languages", async (t) => {
  const api = await apiServer(t);
  const body = { ...NET, colour: "red", schema: { type: "objekt" }, subject: "{{ detail.host" };
  const answer = await api.call("POST", ALL, { body });
  assert.deepEqual(told(answer), [422, "invalid"]);
  const fields = answer.body.error.problems.map((one: { field: string }) => one.field).sort();
  assert.deepEqual(fields, ["colour", "schema.type", "subject"]);
  for (const problem of answer.body.error.problems) {
    assert.equal(problem.file, NET_FILE);
    assert.ok(problem.message.length > 0 && problem.messageEn.length > 0 && problem.line > 0);
  }
  assert.throws(() => api.file(NET_FILE), { code: "ENOENT" });
  assert.equal((await api.call("GET", `${ALL}/net.loss`)).status, 404);
});

test("refuses every name that is no name, and writes nothing outside its folder", async (t) => {
  const api = await apiServer(t);
  const names = [
    "../x",
    "..",
    ".hidden",
    "a/b",
    "a\\b",
    "a\u0000b",
    "",
    " a",
    "unmapped",
    "whale.x",
    "a".repeat(101),
  ];
  for (const type of [...names, "a%2Fb", "-a", "磁盘", 7, null, ["a"]]) {
    const answer = await api.call("POST", ALL, { body: { ...NET, type } });
    assert.deepEqual(told(answer), [422, "invalid"], String(type));
  }
  for (const path of ["..%2F..%2Frules%2Fr", "%2e%2e%2frules%2fr.yaml", "disk.full%00", "disk%2efull%2F.."]) {
    for (const method of ["GET", "PUT", "DELETE"]) {
      const type = decodeURIComponent(path);
      const given = method === "PUT" ? { body: { ...NET, type }, headers: { "if-match": '"1"' } } : {};
      const { status } = await api.call(method, `${ALL}/${path}`, given);
      assert.ok([404, 422].includes(status), `${method} ${path}: ${status}`);
    }
  }
  assert.match(api.file("rules/r.yaml"), /"id":"r"/);
});

test("refuses a body that is too large, no JSON, too deep, or sent as something else", async (t) => {
  const api = await apiServer(t);
  const large = JSON.stringify({ ...NET, title: "x".repeat(2 * 1_048_576) });
  assert.deepEqual(told(await api.call("POST", ALL, { body: large })), [413, "too_large"]);
  for (const body of ["{", "", "[]", "7", "[".repeat(10_000), '"text"']) {
    assert.deepEqual(told(await api.call("POST", ALL, { body })), [400, "bad_json"], body.slice(0, 9));
  }
  const form = await api.call("POST", ALL, { body: "{}", headers: { "content-type": "text/plain" } });
  assert.deepEqual(told(form), [415, "unsupported_media_type"]);
  const proto = await api.call("POST", ALL, { body: `{"__proto__":{"a":1},${JSON.stringify(NET).slice(1)}` });
  assert.deepEqual([proto.status, proto.body.definition], [201, NET]);
});

test("lets nobody read the environment through a type", async (t) => {
  const api = await apiServer(t);
  const title = ["$", "{WECOM_SECRET}"].join("");
  const answer = await api.call("POST", ALL, { body: { ...NET, title } });
  assert.deepEqual(told(answer), [422, "invalid"]);
  assert.equal(answer.body.error.problems[0].field, "title");
});

test("a type made strict refuses at once what does not fit, without a restart", async (t) => {
  const schema = { type: "object", required: ["host"] };
  const api = await apiServer(t);
  assert.equal((await api.post("disk.full", {})).status, 202);
  const body = { type: "disk.full", title: "磁盘", owner: "sre", schema, strict: true };
  await api.call("PUT", `${ALL}/disk.full`, { body, headers: { "if-match": '"1"' } });
  assert.deepEqual(told(await api.post("disk.full", {})), [422, "strict_schema"]);
  assert.equal((await api.post("disk.full", { host: "vm-1" })).status, 202);
});

test("asks the guard for the right before anything else, and does nothing when it has answered", async (t) => {
  const api = await apiServer(t);
  const given = { who: "", body: "no JSON", headers: { "if-match": '"1"' } };
  const calls: [string, string, string][] = [
    ["GET", ALL, "types.read -"],
    ["GET", `${ALL}/disk.full`, "types.read disk.full"],
    ["GET", `${ALL}/disk.full/versions/1`, "types.read disk.full"],
    ["POST", ALL, "types.write -"],
    ["PUT", `${ALL}/disk.full`, "types.write disk.full"],
    ["DELETE", `${ALL}/disk.full`, "types.write disk.full"],
    ["POST", "/api/v1/config/reload", "config.reload whole"],
  ];
  for (const [method, path] of calls) {
    const { status } = await api.call(method, path, method === "GET" ? { who: "" } : given);
    assert.equal(status, 401, `${method} ${path}`);
  }
  assert.deepEqual(
    api.asked,
    calls.map(([, , right]) => ` ${right}`),
  );
});

test("versions outlive a restart", async (t) => {
  const api = await apiServer(t);
  await api.call("POST", ALL, { body: NET, who: "lisi" });
  await api.restart();
  const { body, etag } = await api.call("GET", `${ALL}/net.loss`);
  assert.deepEqual([etag, body.by, body.versions.length], ['"1"', "lisi", 1]);
  const { body: list } = await api.call("GET", ALL);
  assert.deepEqual(
    list.eventTypes.map((one: { version: number }) => one.version),
    [1, 1],
  );
});

test("does not write over what somebody edits by hand, until that was loaded", async (t) => {
  const api = await apiServer(t);
  const edited = "type: disk.full\ntitle: 手改\nowner: sre\n";
  api.edit("event-types/disk.yaml", edited);
  const put = (version: number) => {
    const body = { type: "disk.full", title: "REST", owner: "sre" };
    return api.call("PUT", `${ALL}/disk.full`, { body, headers: { "if-match": `"${version}"` } });
  };
  assert.deepEqual(told(await put(1)), [409, "edited_by_hand"]);
  assert.equal(api.file("event-types/disk.yaml"), edited);
  api.edit("event-types/net.loss.yaml", "type: net.other\ntitle: a\nowner: b\n");
  assert.deepEqual(told(await api.call("POST", ALL, { body: NET })), [409, "edited_by_hand"]);
  await api.call("POST", "/api/v1/config/reload");
  assert.deepEqual(told(await put(1)), [412, "stale"]);
  assert.equal((await put(2)).status, 200);
});

test("answers 503 and leaves the file as it was when the change cannot be recorded", async (t) => {
  const full = new ChatOpsError("the disk is full", { code: "store.write_failed", retryable: true });
  let fails = false;
  const api = await apiServer(t, {
    configs: (own) => ({ ...own, record: (change) => (fails ? Promise.reject(full) : own.record(change)) }),
  });
  const before = api.file("event-types/disk.yaml");
  fails = true;
  const put = () => {
    const body = { type: "disk.full", title: "新", owner: "sre", strict: true, schema: { required: ["a"] } };
    return api.call("PUT", `${ALL}/disk.full`, { body, headers: { "if-match": '"1"' } });
  };
  const answer = await put();
  assert.deepEqual([...told(answer), answer.headers.get("retry-after")], [503, "store.write_failed", "5"]);
  assert.equal(api.file("event-types/disk.yaml"), before);
  assert.equal((await api.post("disk.full", {})).status, 202);
  assert.deepEqual(told(await api.call("POST", ALL, { body: NET })), [503, "store.write_failed"]);
  assert.throws(() => api.file(NET_FILE), { code: "ENOENT" });
  fails = false;
  assert.equal((await put()).status, 200);
});
