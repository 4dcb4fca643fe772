import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ChatOpsError } from "../../../../core/errors.ts";
import type { WhaleEvent } from "../../../../core/events/index.ts";
import type { Archive } from "../../../../core/ports/index.ts";
import { aVerdict, eventAt } from "../../../contract/archive.ts";
import { aRawBody } from "../../../support/builders.ts";
import { START_MS } from "../../../support/clock.ts";
import { type ApiServer, apiServer } from "./api-server.ts";

const ALL = "/api/v1/events";
const VIOLATIONS = [{ path: "detail.usage", message: "高" }];

const EVENTS = [
  eventAt("e_1", 1, { type: "disk.full", title: "内核崩溃", severity: "critical", source: "a" }),
  eventAt("e_2", 2, { type: "disk.full", status: "resolved", severity: "major", source: "b" }),
  eventAt("e_3", 3, {
    type: "net.loss",
    subject: "vm-9",
    incident: "i/3",
    severity: "warning",
    violations: VIOLATIONS,
  }),
  eventAt("e_4", 4, { type: "unmapped", labels: { zone: "hz", team: "a,b=c" }, severity: "info" }),
];
const VERDICTS = [aVerdict("e_1", "r1", { reason: "throttled" }), aVerdict("e_2", "r1", { reason: "stale" })];

async function filled(t: Parameters<typeof apiServer>[0], events: WhaleEvent[] = EVENTS) {
  const api = await apiServer(t);
  await api.archive().write({ events, verdicts: VERDICTS });
  return api;
}

function idsOf(events: { id: string }[]): string {
  return events.map(({ id }) => id.slice(2)).join(" ");
}

async function found(api: ApiServer, query: string, types = ""): Promise<string> {
  const answer = await api.call("GET", `${ALL}?${query}`, { headers: { "x-types": types } });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return idsOf(answer.body.events);
}

const at = (seconds: number) => encodeURIComponent(new Date(START_MS + seconds * 1000).toISOString());
const QUERIES: [query: string, found: string][] = [
  ["", "4 3 2 1"],
  ["order=oldest", "1 2 3 4"],
  [`q=${encodeURIComponent("内核")}`, "1"],
  ["type=disk.full&severity=critical", "1"],
  ["type=disk.full,net.loss", "3 2 1"],
  ["type=net.loss&type=unmapped", "4 3"],
  ["source=b", "2"],
  ["severity=critical,info", "4 1"],
  ["status=resolved", "2"],
  ["subject=vm-9", "3"],
  ["incident=i/3", "3"],
  ["label=zone=hz", "4"],
  ["label=team=a,b=c&label=zone=hz", "4"],
  ["label=zone=hz&label=team=none", ""],
  ["label=__proto__=hz", ""],
  ["label=zone=hz&label=__proto__=[object Object]", ""],
  ["invalid=true", "3"],
  ["rule=r1", "2 1"],
  ["rule=r1&reason=stale", "2"],
  [`from=${at(2)}&to=${at(4)}`, "3 2"],
  ["from=2000-01-01&to=2001-01-01", ""],
  ["type=&source=&q=", "4 3 2 1"],
];

test("finds events by every parameter", async (t) => {
  const api = await filled(t);
  for (const [query, wanted] of QUERIES) assert.equal(await found(api, query), wanted, query);
});

test("takes a time as so long ago", async (t) => {
  const api = await apiServer(t);
  // The clock of the server stands at this instant.
  const nowMs = Date.UTC(2026, 10, 20);
  const ago = (id: string, ms: number) => eventAt(id, 0, { receivedAt: new Date(nowMs - ms).toISOString() });
  const events = [ago("e_1", 3 * 3_600_000), ago("e_2", 3_600_000)];
  await api.archive().write({ events, verdicts: [] });
  assert.equal(await found(api, "from=2h"), "2");
  assert.equal(await found(api, "from=4h&to=2h"), "1");
});

test("finds events by numbers that their types declare, and names those when asked for another", async (t) => {
  const api = await apiServer(t);
  const schema = { properties: { usage: { type: "number" }, host: { type: "string" } } };
  const type = { type: "cpu.high", title: "t", owner: "o", strict: false, schema };
  assert.equal((await api.call("POST", "/api/v1/event-types", { body: type })).status, 201);
  const events = [80, 90, 95.5].map((usage, n) => eventAt(`e_${n}`, n, { detail: { usage } }));
  await api.archive().write({ events, verdicts: [] });
  assert.equal(await found(api, "number=usage=90.."), "2 1");
  assert.equal(await found(api, "number=usage=85..95"), "1");
  const { status, body } = await api.call("GET", `${ALL}?number=host=1..`);
  assert.equal(status, 400);
  assert.match(body.error.message, /numbers\.host.*usage/);
});

const BAD: [query: string, parameter: string][] = [
  ["number=usage", "number"],
  ["number=usage=high", "number"],
  ["number=usage=1..2..3", "number"],
  ["number=nothing=1..", "query"],
  ["severity=loud", "severity"],
  ["status=Firing", "status"],
  ["reason=because", "reason"],
  ["invalid=yes", "invalid"],
  ["limit=0", "limit"],
  ["limit=501", "limit"],
  ["limit=1e2", "limit"],
  ["order=best", "order"],
  ["from=yesterday", "from"],
  ["from=1", "from"],
  ["to=2026-11-20T08:00:00", "to"],
  ["from=999999999d", "from"],
  ["label=prod", "label"],
  ["label==prod", "label"],
  ["label=a=1&label=a=2", "label"],
  ["q=a&q=b", "q"],
  ["tpye=disk.full", "tpye"],
  ["after=!", "query"],
  [`q=${"x".repeat(1001)}`, "query"],
];

test("refuses a query that it cannot answer, naming the parameter", async (t) => {
  const api = await filled(t);
  for (const [query, parameter] of BAD) {
    const { status, body } = await api.call("GET", `${ALL}?${query}`);
    assert.deepEqual([status, body.error.code], [400, "bad_query"], query);
    assert.deepEqual(
      body.error.parameters.map(({ name }: { name: string }) => name),
      [parameter],
    );
  }
  const both = await api.call("GET", `${ALL}?severity=x&from=y`);
  assert.equal(both.body.error.parameters.length, 2);
  assert.deepEqual(
    api.log.lines.filter(({ level }) => level === "error"),
    [],
  );
});

const HOSTILE = [
  `' OR 1=1 --`,
  `"; DROP TABLE events; --`,
  `e_1" OR type:"x`,
  `NEAR(a b, 3)`,
  `*`,
  `%`,
  `\uE100t`,
  `{{ x }}`,
  `__proto__`,
  `constructor`,
  `zz\u0000yy`,
  `$(id)`,
  `\uD800`,
  `../../etc/passwd`,
];

test("takes what would be syntax somewhere as plain text that is not there", async (t) => {
  const api = await filled(t);
  const names = ["q", "type", "source", "subject", "incident", "rule", "label"];
  for (const text of HOSTILE) {
    for (const name of names) {
      const value = new URLSearchParams({ [name]: name === "label" ? `${text}x=${text}` : text });
      const { status, body } = await api.call("GET", `${ALL}?${value}`);
      // A text without any word asks nothing.
      const wanted = name === "q" && body.events?.length === 4 ? "4 3 2 1" : "";
      assert.equal(status, 200, `${name} ${text}: ${JSON.stringify(body)}`);
      assert.equal(idsOf(body.events), wanted, `${name} ${text}`);
    }
    const after = new URLSearchParams({ after: text });
    assert.equal((await api.call("GET", `${ALL}?${after}`)).status, 400, text);
    const id = await api.call("GET", `${ALL}/${encodeURIComponent(text.toWellFormed())}`);
    assert.ok(id.status === 404 || id.status === 400, `${text} ${id.status}`);
  }
  assert.equal(await found(api, ""), "4 3 2 1");
});

test("an event is found by the beginning of its id, where that is one event's alone", async (t) => {
  const api = await filled(t, [eventAt("e_abcd1", 1), eventAt("e_abcd2", 2), eventAt("e_wxyz", 3)]);
  const look = async (id: string) => {
    const { status, body } = await api.call("GET", `${ALL}/${id}`);
    return [status, status === 200 ? body.event.id : body.error?.code];
  };
  assert.deepEqual(await look("e_wxy"), [404, "unknown_event"], "too short to mean one");
  assert.deepEqual(await look("wxyz"), [200, "e_wxyz"]);
  assert.deepEqual(await look("e_abcd2"), [200, "e_abcd2"]);
  assert.deepEqual(await look("e_abcd"), [409, "ambiguous_event"]);
  assert.equal((await api.call("GET", `${ALL}/e_abcd/raw`)).status, 409);
});

describe("a caller who may read some types", { concurrency: 2 }, () => {
  test("finds, counts and exports nothing else", async (t) => {
    const api = await filled(t);
    assert.equal(await found(api, "", "disk.*"), "2 1");
    assert.equal(await found(api, "type=disk.full,unmapped", "disk.*"), "2 1");
    assert.equal(await found(api, "type=unmapped", "disk.*"), "");
    assert.equal(await found(api, "", "none.*"), "");
    assert.equal(await found(api, "", "net.loss unm*"), "4 3");
    const headers = { "x-types": "net.loss" };
    const counts = await api.call("GET", `${ALL}/aggregate?by=type`, { headers });
    assert.deepEqual(counts.body.buckets, [{ key: "net.loss", events: 1 }]);
    const none = await api.call("GET", `${ALL}/aggregate?by=type`, { headers: { "x-types": "no" } });
    assert.deepEqual(none.body, { buckets: [], others: { keys: 0, events: 0 }, events: 0 });
    const exported = await fetch(`${api.origin()}${ALL}/export`, { headers: { "x-who": "a", ...headers } });
    assert.deepEqual(
      (await exported.text())
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).id),
      ["e_3"],
    );
  });

  test("sees no other event, and no body, which may hold others", async (t) => {
    const api = await filled(t);
    const headers = { "x-types": "disk.*" };
    const status = async (path: string) => (await api.call("GET", path, { headers })).status;
    assert.equal(await status(`${ALL}/e_1`), 200);
    assert.equal(await status(`${ALL}/e_3`), 403);
    assert.equal(await status(`${ALL}/e_1/raw`), 403);
    assert.equal(await status("/api/v1/refusals"), 403);
    assert.equal(await status("/api/v1/refusals/sha256:00/raw"), 403);
  });
});

test("behind a beginning, events that the caller may not read are as if they were not there", async (t) => {
  const api = await apiServer(t);
  const event = (id: string, type: string) => eventAt(`e_${id}`, 0, { type });
  const events = [event("aaaa1", "disk.full"), event("aaaa2", "net.loss"), event("bbbb1", "net.loss")];
  await api.archive().write({ events, verdicts: [] });
  const answered = async (path: string) => {
    const { status, body } = await api.call("GET", `${ALL}/${path}`, { headers: { "x-types": "disk.*" } });
    return [status, (body.event ?? body.error)[status === 200 ? "id" : "code"]];
  };
  for (const more of ["", "/explain"]) {
    assert.deepEqual(await answered(`aaaa${more}`), [200, "e_aaaa1"]);
    assert.deepEqual(await answered(`bbbb${more}`), [404, "unknown_event"]);
    assert.deepEqual(await answered(`e_bbbb1${more}`), [403, "outside_scope"]);
  }
});

test("asks the guard before anything else, for the right to read events", async (t) => {
  const api = await apiServer(t);
  const paths = ["", "/export", "/aggregate", "/e_1", "/e_1/raw"].map((path) => `${ALL}${path}`);
  for (const path of [...paths, "/api/v1/refusals", "/api/v1/refusals/x/raw"]) {
    assert.equal((await api.call("GET", `${path}?bad=1`, { who: "" })).status, 401, path);
  }
  assert.ok(api.asked.every((line) => line.startsWith(" events.read")));
});

test("counts by key and time", async (t) => {
  const api = await filled(t);
  const { body } = await api.call("GET", `${ALL}/aggregate?by=type&interval=hour&limit=1`);
  assert.deepEqual([body.events, body.others], [4, { keys: 2, events: 2 }]);
  assert.deepEqual([body.buckets.length, body.buckets[0].key, body.buckets[0].events], [1, "disk.full", 2]);
  const label = await api.call("GET", `${ALL}/aggregate?by=label:zone&status=firing`);
  assert.deepEqual(label.body.buckets, [{ key: "hz", events: 1 }]);
  for (const by of ["", "by=title", "by=label:"]) {
    assert.equal((await api.call("GET", `${ALL}/aggregate?${by}`)).status, 400);
  }
});

test("shows one event with its verdicts and its incident", async (t) => {
  const events = [
    eventAt("e_1", 1, { type: "disk.full", incident: "i", source: "a" }),
    eventAt("e_2", 2, { type: "disk.full", incident: "i", source: "a", status: "resolved" }),
    eventAt("e_3", 3, { type: "disk.full", incident: "i", source: "b" }),
  ];
  const api = await filled(t, events);
  const { status, body } = await api.call("GET", `${ALL}/e_1`);
  assert.equal(status, 200);
  assert.deepEqual(body.event, events[0]);
  assert.deepEqual(body.verdicts, VERDICTS.slice(0, 1));
  assert.deepEqual([body.incident.key, idsOf(body.incident.events)], ["i", "2 1"]);
  const unknown = await api.call("GET", `${ALL}/e_9`);
  assert.deepEqual([unknown.status, unknown.body.error.code], [404, "unknown_event"]);
});

test("shows what a rule said of an event to whoever may read the rule", async (t) => {
  const api = await filled(t);
  const ruled = async (rights: string) => {
    const { status, body } = await api.call("GET", `${ALL}/e_1`, { headers: { "x-rights": rights } });
    assert.equal(status, 200);
    return body.verdicts.map(({ ruleId }: { ruleId: string }) => ruleId);
  };
  assert.deepEqual(await ruled("events.read"), []);
  assert.deepEqual(await ruled("events.read rules.read"), ["r1"]);
});

test("shows an event that the archive has not yet", async (t) => {
  const api = await apiServer(t);
  const posted = await api.post("disk.full", { a: 1 });
  const [{ eventId }] = posted.body.events;
  const { status, body } = await api.call("GET", `${ALL}/${eventId}`);
  assert.deepEqual([status, body.event.id, body.verdicts], [200, eventId, []]);
});

test("gives the body as it came, so that no browser shows it", async (t) => {
  const api = await apiServer(t);
  const sent = '{"event_type":"disk.full", "title": "<script>alert(1)</script>"}';
  const posted = await api.call("POST", "/hooks/open", {
    body: sent,
    headers: { "content-type": "text/html" },
  });
  const [{ eventId }] = posted.body.events;
  const url = `${api.origin()}${ALL}/${eventId}/raw`;
  const answer = await fetch(url, { headers: { "x-who": "a" } });
  assert.equal(await answer.text(), sent);
  assert.equal(answer.headers.get("content-type"), "application/octet-stream");
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  assert.match(answer.headers.get("content-disposition") ?? "", /^attachment; filename="[0-9a-f]{16}\.txt"$/);
  const none = await api.call("GET", `${ALL}/e_none/raw`);
  assert.deepEqual([none.status, none.body.error.code], [404, "unknown_event"]);
});

test("lists refused bodies, the newest first, and gives them", async (t) => {
  const api = await apiServer(t);
  await api.call("POST", "/hooks/open", { body: "{bad" });
  await api.call("POST", "/hooks/open", { body: "{bad" });
  await api.call("POST", "/hooks/open", { body: '{"event_type":"none"}' });
  const { body } = await api.call("GET", "/api/v1/refusals");
  const told = body.refusals.map((one: { reason: string; count: number }) => [one.reason, one.count]);
  assert.deepEqual(told.toSorted(), [
    ["bad_json", 2],
    ["unknown_event_type", 1],
  ]);
  const bad = body.refusals.find((one: { reason: string }) => one.reason === "bad_json");
  assert.equal(new Date(bad.at).toISOString(), bad.at);
  const url = `${api.origin()}/api/v1/refusals/${bad.rawRef}/raw`;
  const raw = await fetch(url, { headers: { "x-who": "a" } });
  assert.equal(await raw.text(), "{bad");
  assert.equal((await api.call("GET", `/api/v1/refusals/${aRawBody("x").ref}/raw`)).status, 404);
  assert.equal((await api.call("GET", "/api/v1/refusals?limit=x")).status, 400);
});

/** So many events, many of them of one millisecond. */
function many(count: number): WhaleEvent[] {
  return Array.from({ length: count }, (_, i) => {
    return eventAt(`e_${String(i).padStart(5, "0")}`, Math.floor(i / 7), { type: "disk.full" });
  });
}

test("goes from page to page and shows each event once, while others come", async (t) => {
  const api = await filled(t, many(700));
  const seen: string[] = [];
  let after = "";
  for (let page = 0; page < 100; page++) {
    const { body } = await api.call("GET", `${ALL}?limit=33${after}`);
    seen.push(...body.events.map(({ id }: { id: string }) => id));
    const later = eventAt(`e_later${page}`, 1_000_000 + page, { type: "disk.full" });
    await api.archive().write({ events: [later], verdicts: [] });
    if (body.next === null) break;
    after = `&after=${encodeURIComponent(body.next)}`;
  }
  assert.equal(seen.length, 700);
  assert.equal(new Set(seen).size, 700);
});

test("exports 5,000 events as JSON lines, oldest first, or as many as are asked for", async (t) => {
  const api = await filled(t, many(5000));
  const lines = async (query: string) => {
    const answer = await fetch(`${api.origin()}${ALL}/export?${query}`, { headers: { "x-who": "a" } });
    assert.equal(answer.headers.get("content-type"), "application/x-ndjson; charset=utf-8");
    const text = await answer.text();
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as WhaleEvent).id);
  };
  const wanted = many(5000).map(({ id }) => id);
  assert.deepEqual(await lines(""), wanted);
  assert.deepEqual(await lines("limit=501"), wanted.slice(0, 501));
  assert.deepEqual(await lines("q=nothing"), []);
  assert.equal((await api.call("GET", `${ALL}/export?after=x`)).status, 400);
});

test("exports nothing for a text that holds no word, and for a label that no event can have", async (t) => {
  const api = await filled(t);
  for (const text of ["？！", "-", "\u200B", "  "]) {
    const { status, body } = await api.call("GET", `${ALL}/export?q=${encodeURIComponent(text)}`);
    assert.deepEqual([status, body.error?.code], [422, "bad_query"], JSON.stringify(text));
    assert.deepEqual(
      body.error.parameters.map(({ name }: { name: string }) => name),
      ["q"],
    );
  }
  const labelled = await fetch(`${api.origin()}${ALL}/export?label=__proto__=hz`, {
    headers: { "x-who": "a" },
  });
  assert.deepEqual([labelled.status, await labelled.text()], [200, ""]);
});

/** An archive whose pages are counted, and of which all after so many fail. */
function counting(pages: { read: number; good: number }) {
  return (own: Archive): Archive => ({
    ...own,
    search: async (query) => {
      if (++pages.read > pages.good) throw new ChatOpsError("broken", { code: "archive.failed" });
      return own.search(query);
    },
  });
}

test("an export that cannot go on breaks off, so that nobody takes it for the whole", async (t) => {
  const pages = { read: 0, good: 2 };
  const api = await apiServer(t, { archive: counting(pages) });
  await api.archive().write({ events: many(2000), verdicts: [] });
  const answer = await fetch(`${api.origin()}${ALL}/export`, { headers: { "x-who": "a" } });
  assert.equal(answer.status, 200);
  await assert.rejects(answer.text());
  assert.ok(api.log.lines.some(({ message }) => message === "export broke off"));
  const never = await api.call("GET", `${ALL}/export`);
  assert.equal(never.status, 500);
});

test("an export reads no further than its reader", async (t) => {
  const pages = { read: 0, good: 1000 };
  const api = await apiServer(t, { archive: counting(pages) });
  const labels = { long: "x".repeat(4000) };
  const events = many(8000).map((event) => ({ ...event, labels }));
  await api.archive().write({ events, verdicts: [] });
  const answer = await fetch(`${api.origin()}${ALL}/export`, { headers: { "x-who": "a" } });
  const reader = answer.body?.getReader();
  await reader?.read();
  // Another answer comes after whatever the first could have read meanwhile.
  for (let i = 0; i < 50; i++) await api.call("GET", `${ALL}/e_1`);
  assert.ok(pages.read < 12, `${pages.read} pages of 16`);
  await reader?.cancel();
});

/** Of a verdict tell whatever events it finds, their number, and the number of events by it. */
const TELLING = ["rule=r1", "reason=stale", "rule=r1&reason=stale"];
const SILENT = ["", "type=disk.full", "invalid=true"];

test("finds and counts by verdicts only for who may read the rules that said them", async (t) => {
  const api = await filled(t);
  const status = async (path: string, rights: string) => {
    const headers = { "x-who": "zhangsan", "x-rights": rights };
    return (await fetch(`${api.origin()}${ALL}${path}`, { headers })).status;
  };
  const both = "events.read rules.read";
  for (const query of TELLING) {
    for (const path of [`?${query}`, `/export?${query}`, `/aggregate?by=type&${query}`]) {
      assert.equal(await status(path, "events.read"), 403, path);
      assert.equal(await status(path, both), 200, path);
    }
  }
  for (const by of ["rule", "reason"]) {
    assert.equal(await status(`/aggregate?by=${by}`, "events.read"), 403, by);
    assert.equal(await status(`/aggregate?by=${by}`, both), 200, by);
  }
  for (const query of SILENT) assert.equal(await status(`?${query}`, "events.read"), 200, query);
});

test("a wrong query by verdicts is told as such before it is known who may ask it", async (t) => {
  const api = await filled(t);
  const headers = { "x-rights": "events.read" };
  assert.equal((await api.call("GET", `${ALL}?rule=r1&limit=0`, { headers })).status, 400);
});
