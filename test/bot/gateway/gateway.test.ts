import assert from "node:assert/strict";
import { test } from "node:test";
import { mintedId } from "../../../core/gateway/index.ts";
import type { ActionAlias } from "../../../core/runs/index.ts";
import { reusesName, type Task } from "../../../core/tasks/index.ts";
import type { Seen } from "../../adapters/stackstorm/support.ts";
import { aTask } from "../../support/builders.ts";
import { sendRaw } from "../../support/raw-http.ts";
import { eventually } from "../workers/parts.ts";
import { gatewayServer, KEY } from "./gateway-server.ts";

const ID = "65a1b2c3d4e5f60718293a4b";
const row = (id: string, second: number, more: object = {}) => ({
  ...{
    id,
    status: "running",
    start_timestamp: `2026-11-01T00:00:${String(second).padStart(2, "0")}.000000Z`,
  },
  ...more,
});
const idOf = (n: number) => `65a1b2c3d4e5f607182${String(n).padStart(5, "0")}`;

/** A cluster that has these executions. */
const having =
  (...rows: ReturnType<typeof row>[]) =>
  ({ url }: Seen) => {
    const [, , , , id] = url.pathname.split("/");
    if (id === undefined) {
      const before = url.searchParams.get("timestamp_lt");
      const left = rows.filter((one) => before === null || one.start_timestamp < before);
      const limit = Number(url.searchParams.get("limit") ?? 100);
      const page = left.sort((a, b) => (a.start_timestamp < b.start_timestamp ? 1 : -1)).slice(0, limit);
      return { status: 200, body: page, headers: { "x-total-count": String(rows.length) } };
    }
    const found = rows.find((one) => one.id === id);
    return found ? { status: 200, body: found } : { status: 404, body: { faultstring: "no" } };
  };
/** Ends a test that waits for what never comes. */
const PATIENCE = { timeout: 20_000 };
const down = () => null;
const running = (cluster = "a") =>
  aTask({ state: "running", execution: { id: ID, cluster, status: "running" } });

test("an execution is read from the cluster that has it, and looked for once", async (t) => {
  const world = await gatewayServer(t, {
    clusters: { a: { reply: having() }, b: { reply: having(row(ID, 1)) } },
  });
  for (let i = 0; i < 3; i++) {
    const answer = await world.call(`GET /st2/api/v1/executions/${ID}`);
    assert.deepEqual([answer.status, answer.body.id, answer.headers.get("x-whale-cluster")], [200, ID, "b"]);
  }
  assert.deepEqual([world.seen["a"]?.length, world.seen["b"]?.length], [1, 4]);
});

test("nothing that a client smuggles reaches a cluster, and its own key is the one that does", async (t) => {
  const world = await gatewayServer(t, { clusters: { a: { reply: having(row(ID, 1)) } } });
  const headers = {
    ...{ "st2-context": '{"user":"root"}', "x-forwarded-user": "root", "x-http-method-override": "DELETE" },
    ...{ cookie: "auth-token=x", "St2-Api-Key": "theirs", authorization: "Bearer x" },
  };
  await world.call(`GET /st2/api/v1/executions/${ID}?show_secrets=true&limit=1`, { headers });
  const last = world.seen["a"]?.at(-1);
  assert.equal(last?.headers["st2-api-key"], KEY);
  assert.equal(last?.url.search, "?limit=1");
  assert.equal(last?.method, "GET");
  for (const name of ["st2-context", "x-forwarded-user", "cookie", "x-auth-token", "authorization"]) {
    assert.equal(last?.headers[name], undefined, name);
  }
});

test("paths that two servers could read differently are refused before anything is asked", async (t) => {
  const world = await gatewayServer(t, { clusters: { a: { reply: having(row(ID, 1)) } } });
  for (const path of [
    "executions/..%2fkeys",
    "executions/../keys",
    "executions/%00",
    "/executions",
    "keys/a%5cb",
  ]) {
    const said = await sendRaw(
      world.origin,
      `GET /st2/api/v1/${path} HTTP/1.1\r\nhost: w\r\nx-auth-token: token-of-lisi\r\nconnection: close\r\n\r\n`,
    );
    assert.match(said, /^HTTP\/1.1 400 /, path);
    assert.match(said, /faultstring/);
  }
  assert.equal(world.seen["a"]?.length, 0);
});

test("who is not known is told in StackStorm's form, and a token in the query is nobody's", async (t) => {
  const world = await gatewayServer(t, { clusters: { a: { reply: having(row(ID, 1)) } } });
  const nobody = await world.call("GET /st2/api/v1/user", { headers: { "x-auth-token": "wrong" } });
  assert.equal(nobody.status, 401);
  assert.match(nobody.body.faultstring, /Unauthorized/);
  assert.equal((await world.call("GET /st2/api/v1/user?x-auth-token=token-of-lisi")).status, 401);
  assert.equal(world.seen["a"]?.length, 0);
});

test("a token of Whale logs in, as the password of its user alone", async (t) => {
  const world = await gatewayServer(t, { clusters: {} });
  const login = (user: string, password: string) => {
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    return world.call("POST /st2/auth/v1/tokens", { body: {}, headers: { authorization } });
  };
  const good = await login("LiSi", "token-of-lisi");
  assert.deepEqual([good.status, good.body.user, good.body.token], [201, "lisi", "token-of-lisi"]);
  assert.equal((await login("root", "token-of-lisi")).status, 401);
  assert.equal((await login("lisi", "other")).status, 401);
  const valid = (token: string) => world.call("POST /st2/auth/v1/tokens/validate", { body: { token } });
  assert.deepEqual((await valid("token-of-lisi")).body, { valid: true });
  assert.deepEqual((await valid("x")).body, { valid: false });
  const user = await world.call("GET /st2/api/v1/user", {
    headers: { authorization: "Bearer token-of-lisi" },
  });
  assert.deepEqual([user.body.username, user.body.rbac.is_admin], ["lisi", false]);
});

test("a list holds the rows of all clusters in the order of time, with one count", async (t) => {
  const odd = Array.from({ length: 150 }, (_, i) => row(idOf(2 * i), 0, { start_timestamp: stamp(2 * i) }));
  const even = Array.from({ length: 30 }, (_, i) =>
    row(idOf(2 * i + 1), 0, { start_timestamp: stamp(2 * i + 1) }),
  );
  const world = await gatewayServer(t, {
    clusters: { a: { reply: having(...odd) }, b: { reply: having(...even) } },
  });
  const answer = await world.call("GET /st2/api/v1/executions?limit=20&offset=110");
  const all = [...odd, ...even].map(({ id, start_timestamp }) => `${start_timestamp} ${id}`);
  const wanted = all.sort().reverse().slice(110, 130);
  assert.deepEqual(
    answer.body.map((one: (typeof odd)[0]) => `${one?.start_timestamp} ${one?.id}`),
    wanted,
  );
  assert.deepEqual([answer.headers.get("x-total-count"), answer.headers.get("x-limit")], ["180", "20"]);
});

test("of what lies before a deep page no more is read than puts it in its place, and rows that come meanwhile shift nothing", async (t) => {
  const rows = Array.from({ length: 450 }, (_, i) =>
    row(idOf(i), 0, { start_timestamp: stamp(i), result: "x" }),
  );
  let come = 450;
  const reply = (seen: Seen) => {
    // A new one with each request, as on a cluster that works.
    rows.push(row(idOf(come), 0, { start_timestamp: stamp(come++) }));
    return having(...rows)(seen);
  };
  const world = await gatewayServer(t, { clusters: { a: { reply } } });
  const answer = await world.call(
    "GET /st2/api/v1/executions?limit=50&offset=300&exclude_attributes=trigger_instance",
  );
  const first = Number(answer.body[0].id.slice(-5));
  assert.deepEqual(
    answer.body.map(({ id, result }: { id: string; result: string }) => [id, result]),
    Array.from({ length: 50 }, (_, i) => [idOf(first - i), "x"]),
  );
  assert.equal(first, 450 - 300, "the first request saw one row more than was there");
  const asked = (world.seen["a"] ?? []).map(({ url }) => url.searchParams);
  assert.deepEqual(
    asked.map((query) => query.get("include_attributes")),
    [...Array.from({ length: 4 }, () => "start_timestamp,id,context"), null],
  );
  assert.equal(asked.at(-1)?.get("exclude_attributes"), "trigger_instance");
  assert.ok(asked.slice(0, -1).every((query) => !query.has("exclude_attributes")));
  assert.equal((await world.call("GET /st2/api/v1/executions?offset=5001")).status, 400);
});

test("a deep page of which a cluster goes silent, or a row is gone meanwhile, says that it is not whole", async (t) => {
  const rows = Array.from({ length: 150 }, (_, i) => row(idOf(i), 0, { start_timestamp: stamp(i) }));
  let isGone = false;
  const clusters = {
    a: {
      reply: (seen: Seen) =>
        seen.url.searchParams.has("include_attributes")
          ? having(...rows)(seen)
          : isGone
            ? having()(seen)
            : null,
    },
    b: { reply: having(row(idOf(999), 0, { start_timestamp: stamp(1) })) },
  };
  const world = await gatewayServer(t, { clusters });
  const silent = await world.call("GET /st2/api/v1/executions?limit=50&offset=120");
  assert.deepEqual([silent.status, silent.headers.get("x-whale-clusters-missing")], [200, "a"]);
  assert.deepEqual(
    silent.body.map(({ id }: { id: string }) => id),
    [idOf(999)],
  );
  isGone = true;
  const gone = await world.call("GET /st2/api/v1/executions?limit=50&offset=120");
  assert.match(gone.headers.get("warning") ?? "", /incomplete: 30 rows have changed/);
});

test("who may see few of very many rows is told that not all were looked at", async (t) => {
  const rows = Array.from({ length: 5_200 }, (_, i) => row(idOf(i), 0, { start_timestamp: stamp(i) }));
  const clusters = { a: { businesses: ["shop", "pay"], reply: having(...rows) } };
  const world = await gatewayServer(t, { clusters, role: { on: { businesses: ["shop"] } } });
  const answer = await world.call("GET /st2/api/v1/executions");
  assert.deepEqual(answer.body, []);
  assert.match(answer.headers.get("warning") ?? "", /no more than 5000 rows.*timestamp_lt/);
});

const stamp = (n: number) =>
  `2026-11-01T${String(Math.floor(n / 3600)).padStart(2, "0")}:${String(Math.floor(n / 60) % 60).padStart(2, "0")}:${String(n % 60).padStart(2, "0")}.000000Z`;

test("with a cluster down a list says that it is not whole, and an unknown id is not called unknown", async (t) => {
  const world = await gatewayServer(t, {
    clusters: { a: { reply: having(row(ID, 1)) }, b: { reply: down } },
  });
  const list = await world.call("GET /st2/api/v1/executions");
  assert.deepEqual(
    [list.status, list.body.length, list.headers.get("x-whale-clusters-missing")],
    [200, 1, "b"],
  );
  assert.match(list.headers.get("warning") ?? "", /no answer from b/);
  assert.equal((await world.call(`GET /st2/api/v1/executions/${idOf(1)}`)).status, 503);
  assert.equal((await world.call(`GET /st2/api/v1/executions/${ID}`)).status, 200);
  assert.equal((await world.call("GET /st2/api/v1/executions?limit=-1")).status, 403);
});

test("a cluster that is known to be down is not waited for, and what may lie on it is not called unknown", async (t) => {
  const hangs = () => new Promise<never>(() => undefined) as never;
  const clusters = { a: { reply: hangs }, b: { reply: having(row(ID, 1)) } };
  const world = await gatewayServer(t, { clusters, down: ["a"] });
  assert.equal((await world.call(`GET /st2/api/v1/executions/${ID}`)).status, 200);
  const list = await world.call("GET /st2/api/v1/executions");
  assert.deepEqual([list.body.length, list.headers.get("x-whale-clusters-missing")], [1, "a"]);
  const other = await world.call(`GET /st2/api/v1/executions/${idOf(7)}`);
  assert.deepEqual([other.status, other.headers.get("x-whale-clusters-missing")], [503, "a"]);
  assert.equal(world.seen["a"]?.length, 0);
});

test("what is no id of an execution is not there, and no cluster is asked for it", async (t) => {
  const world = await gatewayServer(t, { clusters: { a: { reply: having(row(ID, 1)) } } });
  for (const name of ["last", "views", "65A1B2C3D4E5F60718293A4B", "x".repeat(300), "1,2"]) {
    assert.equal((await world.call(`GET /st2/api/v1/executions/${name}`)).status, 404, name);
    assert.equal((await world.call(`GET /st2/api/v1/executions/${name}/output`)).status, 404, name);
  }
  assert.equal(world.seen["a"]?.length, 0);
});

test("a body that says nothing of its size is read no further than the limit", async (t) => {
  const world = await gatewayServer(t, { clusters: { a: { reply: having() } } });
  const piece = new Uint8Array(65_536).fill(32);
  let sent = 0;
  const body = new ReadableStream({
    pull: (controller) => {
      sent += piece.length;
      if (sent > 64 * 1024 * 1024) controller.close();
      else controller.enqueue(piece);
    },
  });
  const headers = { "x-auth-token": "token-of-lisi", "content-type": "application/json" };
  const init = { method: "POST", body, headers, duplex: "half" } as RequestInit;
  const status = await fetch(`${world.origin}/st2/api/v1/executions`, init).then(
    (answer) => answer.status,
    () => "cut off",
  );
  assert.ok(status === 413 || status === "cut off", String(status));
  assert.ok(sent < 16 * 1024 * 1024, String(sent));
  assert.deepEqual(world.asked, []);
});

test("what lies on a cluster of another business is not there", async (t) => {
  const clusters = {
    a: { businesses: ["pay"], reply: having(row(ID, 1)) },
    b: { businesses: ["shop"], reply: having(row(idOf(1), 1)) },
  };
  const world = await gatewayServer(t, { clusters, role: { on: { businesses: ["shop"] } } });
  assert.equal((await world.call(`GET /st2/api/v1/executions/${ID}`)).status, 404);
  assert.equal((await world.call(`GET /st2/api/v1/executions/${ID}?cluster=a`)).status, 404);
  assert.deepEqual((await world.call("GET /st2/api/v1/executions")).body.length, 1);
  assert.equal(world.seen["a"]?.length, 0);
});

test("on a shared cluster only the executions of one's own tasks are there", async (t) => {
  const task = running();
  const mine = row(ID, 1, { context: { whale: { task_id: task.id } } });
  const clusters = { a: { businesses: ["shop", "pay"], reply: having(mine, row(idOf(1), 2)) } };
  const world = await gatewayServer(t, { clusters, tasks: [task], role: { on: { businesses: ["shop"] } } });
  assert.deepEqual(
    (await world.call("GET /st2/api/v1/executions")).body.map((one: { id: string }) => one.id),
    [ID],
  );
  assert.equal((await world.call(`GET /st2/api/v1/executions/${ID}`)).status, 200);
  assert.equal((await world.call(`GET /st2/api/v1/executions/${idOf(1)}`)).status, 404);
});

test("a start becomes a task, delayed until it runs, and is known by its first id for ever", async (t) => {
  const task = aTask();
  const minted = mintedId(task.id);
  const tasks = [task];
  const clusters = { a: { reply: having(row(ID, 1, { parent: ID })) } };
  const world = await gatewayServer(t, { clusters, tasks, desk: () => ({ outcome: "made", task }) });
  const body = { action: "core.local", parameters: { cmd: "id" }, context: { user: "root" } };
  const made = await world.call("POST /st2/api/v1/executions", { body });
  assert.deepEqual([made.status, made.body.id, made.body.status], [201, minted, "delayed"]);
  assert.match(made.headers.get("warning") ?? "", /context\.user/);
  assert.deepEqual(
    world.asked.map(({ by, via, action }) => [by, via, action]),
    [["lisi", "gateway", "core.local"]],
  );
  const waiting = await world.call(`GET /st2/api/v1/executions/${minted}`);
  assert.deepEqual([waiting.body.id, waiting.body.status], [minted, "delayed"]);
  tasks[0] = { ...task, ...running() };
  const runs = await world.call(`GET /st2/api/v1/executions/${minted}`);
  assert.deepEqual([runs.body.id, runs.body.parent, runs.body.status], [minted, minted, "running"]);
  assert.equal((await world.call(`GET /st2/api/v1/executions/${ID}`)).body.id, ID);
  const listed = await world.call(`GET /st2/api/v1/executions?id=${minted}`);
  assert.deepEqual(
    listed.body.map((one: { id: string }) => one.id),
    [minted],
  );
});

test("a start that waits is in lists, unless they ask for something else or are another's", async (t) => {
  const gatewayTask = { ...aTask(), origin: RUN };
  const mine = mintedId(gatewayTask.id);
  const clusters = { a: { reply: having(row(ID, 1)) } };
  const world = await gatewayServer(t, { clusters, tasks: [gatewayTask] });
  const idsIn = async (query: string) => {
    const { body } = await world.call(`GET /st2/api/v1/executions${query}`);
    return body.map(({ id }: { id: string }) => id).filter((id: string) => id === mine);
  };
  for (const query of ["", `?action=${gatewayTask.action}`, "?status=delayed&parent=null"])
    assert.deepEqual(await idsIn(query), [mine], query);
  for (const query of [
    "?action=core.other",
    "?status=running",
    `?parent=${ID}`,
    "?timestamp_gt=2100-01-01T00:00:00Z",
    "?runner=x",
  ])
    assert.deepEqual(await idsIn(query), [], query);
  const other = await gatewayServer(t, {
    clusters,
    tasks: [gatewayTask],
    role: { rights: ["tasks.read"], on: { businesses: ["other"] } },
  });
  const { body } = await other.call("GET /st2/api/v1/executions");
  assert.ok(!JSON.stringify(body).includes(mine));
});

const RUN: Task["origin"] = {
  ...{ kind: "run", by: "lisi", via: "gateway", key: "gateway:lisi:1", asked: "", grant: "look" },
};

const SHOW: ActionAlias = {
  ...{ ref: "disk.show", action: "disk.show", description: "", immutable: { depth: 2 } },
  formats: [{ display: "show disk of {{host}}", representations: ["show disk of {{host}}"] }],
};

test("what is ordered is part of its key, so that one Idempotency-Key is of one order", async (t) => {
  const task = running();
  const mine = row(ID, 1, { context: { whale: { task_id: task.id } } });
  const world = await gatewayServer(t, { clusters: { a: { reply: having(mine) } }, tasks: [task] });
  const headers = { "idempotency-key": "k1" };
  for (const status of ["pausing", "pausing", "canceling"])
    await world.call(`PUT /st2/api/v1/executions/${ID}`, { headers, body: { status } });
  const [first, again, other] = world.keys;
  assert.equal(again, first);
  assert.notEqual(other, first);
  assert.ok(reusesName(first ?? "", other ?? ""));
});

test("a command of chat becomes a task, whether its alias is named or found", async (t) => {
  const task = aTask();
  const desk = () => ({ outcome: "made" as const, task });
  const world = await gatewayServer(t, { clusters: {}, aliases: [SHOW], tasks: [task], desk });
  const text = { command: "Show disk of vm-1", source_channel: "ops" };
  const found = await world.call("POST /st2/api/v1/aliasexecution/match_and_execute", {
    body: { ...text, user: "x" },
  });
  assert.deepEqual([found.status, found.body.results[0].execution.id], [201, mintedId(task.id)]);
  const named = { ...text, name: "show", format: "show disk of {{host}}" };
  const known = await world.call("POST /st2/api/v1/aliasexecution", { body: named });
  assert.deepEqual([known.status, known.body.actionalias.ref], [201, "disk.show"]);
  const parameters = { host: "vm-1", depth: 2 };
  assert.deepEqual(
    world.asked.map(({ by, action, command, parameters }) => ({ by, action, command, parameters })),
    Array(2).fill({ by: "lisi", action: "disk.show", command: text.command, parameters }),
  );
});

test("a command that means nothing, several things, or what its alias fixes makes no task", async (t) => {
  const twin = { ...SHOW, ref: "other.show", action: "other.show" };
  const world = await gatewayServer(t, { clusters: {}, aliases: [SHOW, twin] });
  const at = "POST /st2/api/v1/aliasexecution";
  const refusals: [path: string, body: object, says: RegExp][] = [
    ["/match_and_execute", { command: "make coffee" }, /matched no alias/],
    ["/match_and_execute", { command: "show disk of vm-1" }, /more than 1 alias/],
    ["/match_and_execute", {}, /command/],
    ["", { name: "disk.show", format: "another", command: "show disk of vm-1" }, /matched no alias/],
    [
      "",
      { name: "disk.show", format: "show disk of {{host}}", command: "show disk of vm-1 depth=9" },
      /depth/,
    ],
    ["", { name: "disk.show", command: "show disk of vm-1" }, /format/],
  ];
  for (const [path, body, says] of refusals) {
    const answer = await world.call(`${at}${path}`, { body });
    assert.equal(answer.status, 400, JSON.stringify(body));
    assert.match(answer.body.faultstring, says);
  }
  assert.equal(world.asked.length, 0);
});

test("what the run desk refuses, and who may not run, is told so", async (t) => {
  const world = await gatewayServer(t, { clusters: { a: { reply: having() } } });
  const body = { action: "core.local" };
  const refused = await world.call("POST /st2/api/v1/executions", { body });
  assert.deepEqual([refused.status, refused.body], [403, { faultstring: "nobody may" }]);
  const reader = await gatewayServer(t, { clusters: {}, role: { rights: ["tasks.read"] } });
  assert.equal((await reader.call("POST /st2/api/v1/executions", { body })).status, 403);
  assert.equal(reader.asked.length, 0);
});

test("a cancel goes to the task where Whale started it, else to the cluster, and is recorded", async (t) => {
  const task = running();
  const mine = row(ID, 1, { context: { whale: { task_id: task.id } } });
  const world = await gatewayServer(t, {
    clusters: { a: { reply: having(mine, row(idOf(1), 2)) } },
    tasks: [task],
  });
  const ours = await world.call(`DELETE /st2/api/v1/executions/${ID}`);
  assert.deepEqual([ours.status, ours.body.status], [200, "canceling"]);
  assert.deepEqual(world.orders, [[task.id, "cancel", "lisi"]]);
  assert.ok(world.seen["a"]?.every(({ method }) => method === "GET"));
  await world.call(`DELETE /st2/api/v1/executions/${idOf(1)}`);
  assert.deepEqual(
    world.facts.map(({ who, what, object }) => [who, what, object]),
    [["user:lisi", "task.order", `execution:${idOf(1)}`]],
  );
  assert.ok(world.seen["a"]?.some(({ method }) => method === "DELETE"));
});

test("no other status is ever written", async (t) => {
  const world = await gatewayServer(t, { clusters: { a: { reply: having(row(ID, 1)) } } });
  for (const body of [{ status: "succeeded" }, { status: "canceled", result: {} }, {}]) {
    assert.equal((await world.call(`PUT /st2/api/v1/executions/${ID}`, { body })).status, 400);
  }
  assert.equal(world.seen["a"]?.length, 0);
});

test("what would run actions past the approval is refused with what to do instead", async (t) => {
  const world = await gatewayServer(t, { clusters: { a: { reply: having() } } });
  const lines = [
    "POST rules",
    "POST webhooks/a/b",
    "POST packs/install",
    "PUT keys/x",
    `POST triggerinstances/${ID}/re_emit`,
  ];
  for (const line of lines) {
    const answer = await world.call(line.replace(" ", " /st2/api/v1/"), { body: {} });
    assert.equal(answer.status, 403, line);
    assert.match(answer.body.faultstring, /\(.+\)$/, line);
  }
  assert.equal((await world.call("PATCH /st2/api/v1/executions")).status, 405);
  assert.equal(world.seen["a"]?.length, 0);
});

test("an answer that is none of StackStorm becomes a fault, and a large one is passed on whole", async (t) => {
  const html = () => ({ status: 502, body: "<html>", headers: { "content-type": "text/html" } });
  const world = await gatewayServer(t, { clusters: { a: { reply: html } } });
  const bad = await world.call("GET /st2/api/v1/actions/core.local");
  assert.deepEqual([bad.status, typeof bad.body.faultstring], [503, "string"]);
  const big = row(ID, 1, { result: { stdout: "x".repeat(4_000_000) } });
  const other = await gatewayServer(t, { clusters: { a: { reply: having(big) } } });
  assert.equal((await other.call(`GET /st2/api/v1/executions/${ID}`)).body.result.stdout.length, 4_000_000);
});

test("one cluster's own things need its name where there are several", async (t) => {
  const reply = () => ({ status: 200, body: [] });
  const world = await gatewayServer(t, { clusters: { a: { reply }, b: { reply } } });
  assert.equal((await world.call("GET /st2/api/v1/keys")).status, 400);
  assert.equal((await world.call("GET /st2/api/v1/keys?cluster=a")).status, 200);
  assert.equal((await world.call("GET /st2/clusters/b/api/v1/keys")).status, 200);
  assert.equal((await world.call("GET /st2/api/v1/keys?cluster=a&scope=user&user=root")).status, 403);
});

test("the events of all clusters come in one stream, by the first id, and a dead cluster ends nothing", async (t) => {
  const retry = { kind: "retry", of: "t_x", by: "lisi", key: "gateway:user:lisi:1" } as const;
  const task = { ...running(), origin: retry };
  const event = (id: string, context = {}) =>
    `event: st2.execution__update\ndata: ${JSON.stringify({ id, context })}\n\n`;
  const stream = (body: string) => () => ({
    status: 200,
    body,
    headers: { "content-type": "text/event-stream" },
  });
  const clusters = {
    a: { reply: stream(event(ID, { whale: { task_id: task.id } })) },
    b: { reply: stream(event(idOf(1))) },
    c: { reply: down },
  };
  const world = await gatewayServer(t, { clusters, tasks: [task] });
  const closing = new AbortController();
  const headers = { "x-auth-token": "token-of-lisi" };
  const answer = await fetch(`${world.origin}/st2/stream/v1/stream`, { headers, signal: closing.signal });
  const ids: string[] = [];
  for await (const chunk of answer.body ?? []) {
    for (const [, id = ""] of Buffer.from(chunk)
      .toString()
      .matchAll(/"id":"(\w+)"/g))
      ids.push(id);
    if (ids.length >= 2) break;
  }
  closing.abort();
  assert.deepEqual(ids.sort(), [idOf(1), mintedId(task.id)].sort());
});

/** Reads a stream until it holds a text, or ends. */
async function heard(url: string, wanted: string, signal = AbortSignal.timeout(20_000)): Promise<string> {
  const answer = await fetch(url, { headers: { "x-auth-token": "token-of-lisi" }, signal });
  let text = "";
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes(wanted)) break;
  }
  return text;
}

test("the output of a start that waits is silent until it runs, and is then that of its run", async (t) => {
  const task = aTask();
  const tasks = [task];
  const piece = (id: string) => `event: st2.execution.output__create\ndata: {"execution_id":"${id}"}\n\n`;
  const a = { reply: () => ({ status: 200, body: `${piece(ID)}event: EOF\ndata: ''\n\n` }) };
  const world = await gatewayServer(t, { clusters: { a }, tasks });
  const minted = mintedId(task.id);
  const hearing = heard(`${world.origin}/st2/stream/v1/executions/${minted}/output`, "EOF");
  tasks[0] = { ...task, ...running() };
  assert.ok((await hearing).includes(piece(minted)));
  assert.match(world.seen["a"]?.at(-1)?.url.pathname ?? "", new RegExp(`/${ID}/output$`));
});

test("the output of what ended without running is over", async (t) => {
  const task = aTask({ state: "rejected", dueAtMs: null });
  const world = await gatewayServer(t, { clusters: { a: { reply: down } }, tasks: [task] });
  const url = `${world.origin}/st2/stream/v1/executions/${mintedId(task.id)}/output`;
  assert.match(await heard(url, "EOF"), /event: EOF/);
});

test(
  "a stream that somebody hears is cut when the process ends, which does not wait for it",
  PATIENCE,
  async (t) => {
    // As long as it would wait for answers under way.
    const limits = { closeTimeoutMs: 3 * PATIENCE.timeout };
    const world = await gatewayServer(t, { clusters: { a: { reply: down } }, limits });
    const hearing = heard(`${world.origin}/st2/stream/v1/stream`, "never");
    const refused = assert.rejects(hearing);
    await eventually("the stream to be open", () => world.seen["a"]?.length === 1);
    await world.server.close();
    await refused;
  },
);

test("a run once more is asked of its task, with what the client wants of it", async (t) => {
  const task = { ...running(), state: "failed" as const };
  const mine = row(ID, 1, { status: "failed", context: { whale: { task_id: task.id } } });
  const clusters = { a: { reply: having(mine, row(idOf(1), 2)) } };
  const world = await gatewayServer(t, { clusters, tasks: [task] });
  const again = (id: string, body: object) =>
    world.call(`POST /st2/api/v1/executions/${id}/re_run`, { body });
  assert.equal((await again(ID, { tasks: ["copy"], reset: ["copy"] })).status, 201);
  assert.equal((await again(ID, { parameters: { cmd: "id" } })).status, 201);
  assert.deepEqual(world.wishes, [
    { rerun: "failed", steps: ["copy"], reset: ["copy"] },
    { parameters: { cmd: "id" } },
  ]);
  assert.equal((await again(ID, { tasks: ["copy"], parameters: { cmd: "id" } })).status, 400);
  assert.equal((await again(idOf(1), {})).status, 403);
  assert.equal(world.wishes.length, 2);
  assert.ok(world.seen["a"]?.every(({ method }) => method === "GET"));
});

test("a run once more that cannot be is told why", async (t) => {
  const task = { ...running(), state: "failed" as const };
  const clusters = { a: { reply: having(row(ID, 1, { context: { whale: { task_id: task.id } } })) } };
  const world = await gatewayServer(t, {
    ...{ clusters, tasks: [task], retry: { outcome: "refused", reason: "steps_not_failed" } },
  });
  const body = { tasks: ["none"] };
  const refused = await world.call(`POST /st2/api/v1/executions/${ID}/re_run`, { body });
  assert.equal(refused.status, 400);
  assert.match(refused.body.faultstring, /失败的步骤.*has not failed/s);
});

test("whom StackStorm is to tell goes along with a start, and what it would render does not", async (t) => {
  const task = aTask();
  const clusters = { a: { reply: having() } };
  const world = await gatewayServer(t, { clusters, desk: () => ({ outcome: "made", task }) });
  const start = (notify: object) =>
    world.call("POST /st2/api/v1/executions", { body: { action: "core.local", notify } });
  const told = { "on-complete": { routes: ["hubot"] } };
  assert.equal((await start(told)).status, 201);
  assert.deepEqual(world.asked[0]?.notify, told);
  assert.equal((await start({ "on-complete": { message: "{{ 1 }}" } })).status, 400);
  assert.equal(world.asked.length, 1);
});
