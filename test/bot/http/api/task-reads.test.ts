import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv } from "ajv";
import { apiDocument } from "../../../../bot/http/index.ts";
import type { Task } from "../../../../core/tasks/index.ts";
import { START_MS } from "../../../support/clock.ts";
import { aMadeTask } from "../../../support/tasks.ts";
import { type ApiServer, apiServer } from "./api-server.ts";

const ALL = "/api/v1/tasks";
const idOf = (n: number) => `t_${"abcdefgh"[n]?.repeat(52)}`;

function task(n: number, overrides: Partial<Task> = {}): Task {
  return { ...aMadeTask(), id: idOf(n), createdAtMs: START_MS + n * 1000, ...overrides };
}

const TASKS = [
  task(0, { ruleId: "r1", business: "shop" }),
  task(1, { ruleId: "r2", business: "pay", state: "failed", dueAtMs: null }),
  task(2, { ruleId: "r1", business: "shop", state: "running" }),
  task(3, { ruleId: "r1", business: "shop", event: { ...aMadeTask().event, source: "zabbix" } }),
];

async function filled(t: Parameters<typeof apiServer>[0], tasks = TASKS): Promise<ApiServer> {
  const api = await apiServer(t);
  for (const one of tasks) await api.store().tasks.make({ task: one, outbox: [] });
  return api;
}

function lettersOf(tasks: readonly { task: string }[]): string {
  return tasks.map(({ task: id }) => id.slice(2, 3)).join("");
}

async function found(api: ApiServer, query: string, headers: Record<string, string> = {}): Promise<string> {
  const { status, body } = await api.call("GET", `${ALL}?${query}`, { headers });
  assert.equal(status, 200, JSON.stringify(body));
  return lettersOf(body.tasks);
}

function faultsOf(path: string, value: unknown): string {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(apiDocument, "api");
  const at = `api#/paths/${path.replaceAll("/", "~1").replaceAll("{", "%7B").replaceAll("}", "%7D")}`;
  const validate = ajv.compile({ $ref: `${at}/get/responses/200/content/application~1json/schema` });
  return validate(value) ? "" : JSON.stringify(validate.errors);
}

test("lists tasks newest first, by state, rule, source and business", async (t) => {
  const api = await filled(t);
  const queries: [query: string, letters: string][] = [
    ["", "dcba"],
    ["state=open", "dca"],
    ["state=ended", "b"],
    ["state=running,failed", "cb"],
    ["rule=r2", "b"],
    ["rule=r1&state=running", "c"],
    ["source=zabbix", "d"],
    ["business=pay&business=shop", "dcba"],
    ["business=none", ""],
  ];
  for (const [query, letters] of queries) assert.equal(await found(api, query), letters, query);
  assert.equal(faultsOf(ALL, (await api.call("GET", ALL)).body), "");
});

test("pages end where there are no more, also of what fits alone", async (t) => {
  const api = await filled(t);
  const page = async (query: string) => (await api.call("GET", `${ALL}?${query}`)).body;
  const first = await page("limit=2&rule=r1");
  assert.equal(lettersOf(first.tasks), "dc");
  const second = await page(`limit=2&rule=r1&after=${first.next}`);
  assert.deepEqual([lettersOf(second.tasks), second.next], ["a", null]);
  assert.equal((await page("limit=4")).next, null);
});

test("a page that looked at as many tasks as it may is not the last, though none fits", async (t) => {
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  const idAt = (n: number) =>
    `t_${[n >> 10, n >> 5, n].map((part) => letters[part & 31]).join("")}${"z".repeat(49)}`;
  const others = Array.from({ length: 2_100 }, (_, n) => task(0, { id: idAt(n), ruleId: "other" }));
  const api = await filled(t, [task(0, { createdAtMs: START_MS - 1 }), ...others]);
  const page = async (query: string) => (await api.call("GET", `${ALL}?rule=vm-disk-cleanup&${query}`)).body;
  const first = await page("");
  assert.deepEqual(first.tasks, []);
  const second = await page(`after=${first.next}`);
  assert.deepEqual([lettersOf(second.tasks), second.next], ["a", null]);
});

test("tells all that is wrong with a question", async (t) => {
  const api = await filled(t, []);
  for (const query of ["state=asleep", "limit=0", "limit=501", "after=1", "after=x.t_y", "rules=r1"]) {
    assert.equal((await api.call("GET", `${ALL}?${query}`)).status, 400, query);
  }
});

test("shows one task by its id or the beginning of it, with its parameters masked", async (t) => {
  const params = { host: "vm-1", password: "hunter22" };
  const secret = task(0, { title: "pw hunter22", params, secretParams: ["password"] });
  const api = await filled(t, [secret, task(1), task(2, { id: `t_bbbb${"z".repeat(48)}` })]);
  const look = async (id: string) => {
    const { status, body } = await api.call("GET", `${ALL}/${id}`);
    return [status, status === 200 ? body.task.task : body.error?.code];
  };
  const { body } = await api.call("GET", `${ALL}/${idOf(0)}`);
  assert.deepEqual(body.task.params, { host: "vm-1", password: "********" });
  assert.equal(faultsOf(`${ALL}/{id}`, body), "");
  assert.ok(!JSON.stringify([body, (await api.call("GET", ALL)).body]).includes("hunter22"));
  assert.deepEqual(await look("aaaa"), [200, idOf(0)]);
  assert.deepEqual(await look("t_aaaa"), [200, idOf(0)]);
  assert.deepEqual(await look("bbbb"), [409, "ambiguous_task"]);
  for (const id of ["aaa", "cccc", "t_none", idOf(5)]) {
    assert.deepEqual(await look(id), [404, "unknown_task"], id);
  }
  const short = await api.call("GET", `${ALL}/t_aa`);
  assert.match(short.body.error.message, /前 4 位.*first 4 characters/);
});

test("behind a beginning, tasks that the caller may not read are as if they were not there", async (t) => {
  const api = await filled(t, [
    task(0, { business: "shop" }),
    task(1, { business: "pay" }),
    task(2, { id: `t_bbbb${"z".repeat(48)}`, business: "shop" }),
  ]);
  const statuses = async (...ids: string[]) => {
    const asked = ids.map((id) => api.call("GET", `${ALL}/${id}`, { headers: { "x-businesses": "shop" } }));
    return (await Promise.all(asked)).map(({ status }) => status);
  };
  assert.deepEqual(await statuses("aaaa", "bbbb", "bbbbb", idOf(1)), [200, 200, 404, 403]);
});

test("tells nobody of tasks that they may not read", async (t) => {
  const api = await filled(t);
  assert.equal((await api.call("GET", ALL, { who: "" })).status, 401);
  assert.equal((await api.call("GET", ALL, { headers: { "x-rights": "events.read" } })).status, 403);
  // A role that is bounded by something that tasks do not have reads none of them.
  assert.equal(await found(api, "", { "x-types": "vm.*" }), "");
  assert.equal((await api.call("GET", `${ALL}/${idOf(0)}`, { headers: { "x-types": "vm.*" } })).status, 403);
  assert.ok(api.asked.every((asked) => asked.endsWith("tasks.read -")));
});
