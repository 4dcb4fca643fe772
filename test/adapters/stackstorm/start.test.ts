import assert from "node:assert/strict";
import { test } from "node:test";
import { httpServer, refusedPort, tcpServer } from "../../support/http-server.ts";
import {
  API_KEY,
  aClient,
  aCluster,
  aRow,
  aStart,
  EXECUTION_ID,
  fakeSt2,
  passwordAuth,
  REQUEST_ID,
} from "./support.ts";

test("a start sends the action, its parameters and our context, with the key in a header", async (t) => {
  const fake = await fakeSt2(t, () => ({ status: 201, body: aRow() }));
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  const outcome = await st2.start(aStart({ approvedBy: ["lisi", "zhangsan"] }));

  assert.ok(outcome.outcome === "started");
  assert.equal(outcome.execution.id, EXECUTION_ID);
  assert.equal(outcome.execution.requestId, REQUEST_ID);
  const [seen] = fake.seen;
  assert.equal(`${seen?.method} ${seen?.url.pathname}${seen?.url.search}`, "POST /api/v1/executions");
  assert.equal(seen?.headers["st2-api-key"], API_KEY);
  assert.equal(seen?.headers["x-request-id"], REQUEST_ID);
  assert.deepEqual(JSON.parse(seen?.body ?? ""), {
    action: "disk.cleanup",
    parameters: { host: "vm-1", paths: ["/var/log"] },
    context: {
      whale: { request_id: REQUEST_ID, task_id: "t_abc", approved_by: ["lisi", "zhangsan"] },
      trace_context: { trace_tag: `whale:${REQUEST_ID}` },
    },
  });
});

test("a start whose parameters hold a template is refused, naming the parameter, and nothing is sent", async (t) => {
  const fake = await fakeSt2(t, () => ({ status: 201, body: aRow() }));
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  const parameters = { host: "vm-1", paths: ["/var/log", "{{ st2kv.system.token | decrypt_kv }}"] };
  const outcome = await st2.start(aStart({ parameters }));

  assert.equal(outcome.outcome, "refused");
  assert.match("message" in outcome ? outcome.message : "", /paths\.1/);
  assert.equal(fake.seen.length, 0);
});

for (const requestId of ["a b", "a..b", ""]) {
  test(`a start with the request id "${requestId}", which cannot be searched for, is not sent`, async (t) => {
    const fake = await fakeSt2(t, () => ({ status: 201, body: aRow() }));
    const { st2 } = aClient(t, [aCluster(fake.origin)]);
    assert.equal((await st2.start(aStart({ requestId }))).outcome, "refused");
    assert.equal(fake.seen.length, 0);
  });
}

test("a start is sent once whatever the server answers", async (t) => {
  for (const status of [302, 400, 401, 403, 404, 429, 500, 503]) {
    const fake = await fakeSt2(t, () => ({ status, headers: { location: "/elsewhere" } }));
    const { st2 } = aClient(t, [aCluster(fake.origin)]);
    assert.notEqual((await st2.start(aStart())).outcome, "started");
    assert.equal(fake.seen.length, 1, `status ${status}`);
  }
});

test("a start whose connection breaks before the answer is unknown", async (t) => {
  const fake = await fakeSt2(t, () => null);
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  assert.equal((await st2.start(aStart())).outcome, "unknown");
  assert.equal(fake.seen.length, 1);
});

test("a start whose answer does not come in time is unknown", async (t) => {
  const silent = await tcpServer(t, () => undefined);
  const { st2 } = aClient(t, [aCluster(silent.origin)], { startTimeoutMs: 150 });
  assert.equal((await st2.start(aStart())).outcome, "unknown");
});

test("a start whose answer says JSON and is not is unknown", async (t) => {
  const headers = { "content-type": "application/json" };
  const fake = await fakeSt2(t, () => ({ status: 201, body: "<html>", headers }));
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  assert.equal((await st2.start(aStart())).outcome, "unknown");
});

test("a start to a port where nobody listens is not sent", async (t) => {
  const { st2 } = aClient(t, [aCluster(`http://127.0.0.1:${await refusedPort()}`)]);
  const outcome = await st2.start(aStart());
  assert.ok(outcome.outcome === "not_sent" && outcome.isAnswered === undefined);
});

test("a start on a cluster that is not configured is not sent", async (t) => {
  const { st2 } = aClient(t, []);
  const outcome = await st2.start(aStart({ cluster: "nowhere" }));
  assert.deepEqual(outcome, {
    outcome: "not_sent",
    message: "no cluster is configured under the name nowhere",
  });
});

test("starts never travel on a connection that was used before", async (t) => {
  const ports = new Set<number | undefined>();
  const server = await httpServer(t, (request, response) => {
    ports.add(request.socket.remotePort);
    response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify({ id: "x1" }));
  });
  const { st2 } = aClient(t, [aCluster(server.origin)]);
  for (let n = 0; n < 3; n++) assert.equal((await st2.start(aStart())).outcome, "started");
  assert.equal(ports.size, 3);
});

test("a start is logged and counted by its outcome", async (t) => {
  const fake = await fakeSt2(t, () => ({ status: 400, body: { faultstring: "no such action" } }));
  const { st2, log, metrics } = aClient(t, [aCluster(fake.origin)]);
  await st2.start(aStart());
  assert.equal(metrics.counted("stackstorm_starts", "refused"), 1);
  assert.equal(metrics.counted("stackstorm_requests", "http_400"), 1);
  const line = log.lines.find(({ message }) => message === "start not taken");
  assert.equal(line?.fields["requestId"], REQUEST_ID);
});

test("a start that the cluster judged is logged by its status: its words may repeat a secret parameter", async (t) => {
  for (const status of [400, 500]) {
    const faultstring = "'hunter2-secret' is not of type 'integer'";
    const fake = await fakeSt2(t, () => ({ status, body: { faultstring } }));
    const { st2, log } = aClient(t, [aCluster(fake.origin)]);
    const outcome = await st2.start(aStart({ parameters: { password: "hunter2-secret" } }));
    assert.ok("message" in outcome && outcome.message === faultstring);
    const line = log.lines.find(({ message }) => message === "start not taken");
    assert.deepEqual([line?.fields["status"], line?.fields["message"]], [status, undefined]);
    assert.doesNotMatch(JSON.stringify(log.lines), /hunter2/);
  }
});

test("a start that says nothing of its parameters is logged with its words", async (t) => {
  const fake = await fakeSt2(t, () => ({ status: 403, body: { faultstring: "it may not run this" } }));
  const { st2, log } = aClient(t, [aCluster(fake.origin)]);
  await st2.start(aStart());
  const line = log.lines.find(({ message }) => message === "start not taken");
  assert.equal(line?.fields["message"], "it may not run this");
});

test("a start after a login that is refused is not sent, and says why", async (t) => {
  const body = { faultstring: "Invalid or missing credentials" };
  const fake = await fakeSt2(t, () => ({ status: 401, body }));
  const { st2 } = aClient(t, [aCluster(fake.origin, { auth: passwordAuth })]);
  const outcome = await st2.start(aStart());
  assert.ok(outcome.outcome === "not_sent" && outcome.isAnswered);
  assert.match(
    "message" in outcome ? outcome.message : "",
    /clusters\/hz.yaml.*Invalid or missing credentials/,
  );
  assert.deepEqual(
    fake.seen.map(({ url }) => url.pathname),
    ["/auth/v1/tokens"],
  );
});

test("a start while the login cannot be reached is not sent", async (t) => {
  for (const reply of [{ status: 503 }, null]) {
    const fake = await fakeSt2(t, () => reply);
    const { st2 } = aClient(t, [aCluster(fake.origin, { auth: passwordAuth })]);
    assert.equal((await st2.start(aStart())).outcome, "not_sent");
    assert.deepEqual(
      fake.seen.map(({ url }) => url.pathname),
      ["/auth/v1/tokens"],
    );
  }
});

test("a start refused for its token is sent once more after one new login", async (t) => {
  let logins = 0;
  const fake = await fakeSt2(t, ({ url, headers }) => {
    if (url.pathname === "/auth/v1/tokens") return { status: 201, body: { token: `token-${++logins}` } };
    return headers["x-auth-token"] === "token-2" ? { status: 201, body: aRow() } : { status: 401 };
  });
  const { st2 } = aClient(t, [aCluster(fake.origin, { auth: passwordAuth })]);
  assert.equal((await st2.start(aStart())).outcome, "started");
  assert.equal(fake.seen.filter(({ url }) => url.pathname === "/api/v1/executions").length, 2);
});

test("a start whose token is refused twice is proved not sent after two requests", async (t) => {
  const fake = await fakeSt2(t, ({ url }) =>
    url.pathname === "/auth/v1/tokens" ? { status: 201, body: { token: "t" } } : { status: 401 },
  );
  const { st2 } = aClient(t, [aCluster(fake.origin, { auth: passwordAuth })]);
  assert.equal((await st2.start(aStart())).outcome, "not_sent");
  assert.equal(fake.seen.filter(({ url }) => url.pathname === "/api/v1/executions").length, 2);
});

test("whom StackStorm itself is to tell goes along, and a start whose telling holds a template does not", async (t) => {
  const fake = await fakeSt2(t, () => ({ status: 201, body: aRow() }));
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  const notify = { "on-complete": { routes: ["hubot"] } };
  await st2.start(aStart({ notify }));
  assert.deepEqual(JSON.parse(fake.seen[0]?.body ?? "").notify, notify);
  const outcome = await st2.start(aStart({ notify: { "on-failure": { message: "{{ x }}" } } }));
  assert.ok(outcome.outcome === "refused");
  assert.match(outcome.message, /notify\.on-failure\.message/);
  assert.equal(fake.seen.length, 1);
});
