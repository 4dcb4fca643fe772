import assert from "node:assert/strict";
import { test } from "node:test";
import { STACKSTORM_DEFAULTS } from "../../../adapters/stackstorm/index.ts";
import { reconnectDelayMs } from "../../../adapters/stackstorm/watch.ts";
import { refusedPort } from "../../support/http-server.ts";
import { anEventText, streamServer, watching } from "./sse.ts";
import { API_KEY, aClient, aCluster, passwordAuth } from "./support.ts";

const EVERYTHING = { cluster: "hz", executionId: "*", status: "reconnected" };
function unexpected(): void {
  assert.fail("no hint was expected");
}

const fast = { streamBackoffMinMs: 1, streamBackoffMaxMs: 2, streamSettleMs: 5 };

test("a watch asks for executions with the key in a header, tells that it is connected, then what moves", async (t) => {
  const asked: (string | undefined)[] = [];
  const server = await streamServer(t, ({ request, open }) => {
    asked.push(request.url, String(request.headers["st2-api-key"]), String(request.headers["x-request-id"]));
    open(anEventText("x1", "running"), "\n", anEventText("x1", "succeeded"), anEventText("x2", "requested"));
  });
  const { st2 } = aClient(t, [aCluster(server.origin)]);
  const watched = watching(t, st2);
  assert.deepEqual(await watched.atLeast(4), [
    EVERYTHING,
    { cluster: "hz", executionId: "x1", status: "running", requestId: "t_abc-1" },
    { cluster: "hz", executionId: "x1", status: "succeeded", requestId: "t_abc-1" },
    { cluster: "hz", executionId: "x2", status: "requested", requestId: "t_abc-1" },
  ]);
  assert.equal(asked[0], "/stream/v1/stream?events=st2.execution__update,st2.execution__create");
  assert.equal(asked[1], API_KEY);
  assert.match(asked[2] ?? "", /^[0-9a-f-]{36}$/);
  await watched.stop();
});

test("a watch connects again after each end and says each time that everything must be read again", async (t) => {
  const server = await streamServer(t, ({ no, open, response }) => {
    open(anEventText(`x${no}`));
    if (no < 3) response.end();
  });
  const { st2, log } = aClient(t, [aCluster(server.origin)], fast);
  const hints = await watching(t, st2).atLeast(6);
  assert.deepEqual(
    hints.map(({ executionId }) => executionId),
    ["*", "x1", "*", "x2", "*", "x3"],
  );
  assert.equal(log.lines.filter(({ level }) => level === "warn").length, 0);
});

test("a dead upstream never counts as connected, is told once, and the watch recovers when it is back", async (t) => {
  const server = await streamServer(t, ({ no, open, response }) => {
    if (no > 4) return open("\n");
    open("retry: 1000\n\n");
    response.end();
  });
  const { st2, log, metrics } = aClient(t, [aCluster(server.origin)], { ...fast, streamSettleMs: 10_000 });
  const watched = watching(t, st2);
  assert.deepEqual(await watched.atLeast(1), [EVERYTHING]);
  assert.equal(metrics.counted("stackstorm_stream_ends", "closed"), 4);
  assert.equal(log.lines.filter(({ level }) => level === "warn").length, 1);
});

test("a stream that falls silent is replaced", async (t) => {
  const server = await streamServer(t, ({ no, open }) => open(anEventText(`x${no}`)));
  const { st2, metrics } = aClient(t, [aCluster(server.origin)], { ...fast, streamSilenceMs: 40 });
  await watching(t, st2).atLeast(4);
  assert.ok(metrics.counted("stackstorm_stream_ends", "silent") >= 1);
});

test("broken and foreign events are skipped and counted", async (t) => {
  const server = await streamServer(t, ({ open }) =>
    open(
      "event: st2.execution__update\ndata: {broken\n\n",
      "data: no name\n\n",
      "event: st2.execution__update\ndata: {}\n\n",
      anEventText("x9", "running", "st2.liveaction__update"),
      anEventText("x1"),
    ),
  );
  const { st2, metrics } = aClient(t, [aCluster(server.origin)]);
  const hints = await watching(t, st2).atLeast(2);
  assert.deepEqual(
    hints.map(({ executionId }) => executionId),
    ["*", "x1"],
  );
  assert.equal(metrics.counted("stackstorm_stream_events", "malformed"), 2);
  assert.equal(metrics.counted("stackstorm_stream_events", "other"), 2);
});

test("a listener that throws does not cost the stream", async (t) => {
  const server = await streamServer(t, ({ open }) => open(anEventText("x1"), anEventText("x2")));
  const { st2, log } = aClient(t, [aCluster(server.origin)]);
  const controller = new AbortController();
  t.after(() => controller.abort());
  const seen: string[] = [];
  const ended = st2.watch(
    "hz",
    ({ executionId }) => {
      seen.push(executionId);
      if (executionId === "x2") controller.abort();
      throw new Error("listener at fault");
    },
    controller.signal,
  );
  await ended;
  assert.deepEqual(seen, ["*", "x1", "x2"]);
  assert.equal(log.lines.filter(({ level }) => level === "error").length, 3);
});

test("a refused token is replaced before the stream is opened again", async (t) => {
  let logins = 0;
  const tokens: unknown[] = [];
  const server = await streamServer(t, ({ request, response, open }) => {
    if (request.url === "/auth/v1/tokens") {
      const body = JSON.stringify({ token: `tok-${++logins}` });
      return void response.writeHead(201, { "content-type": "application/json" }).end(body);
    }
    tokens.push(request.headers["x-auth-token"]);
    if (tokens.length === 1) return void response.writeHead(401).end();
    return open("\n");
  });
  const { st2 } = aClient(t, [aCluster(server.origin, { auth: passwordAuth })], fast);
  await watching(t, st2).atLeast(1);
  assert.deepEqual(tokens, ["tok-1", "tok-2"]);
});

test("a watch survives a login that fails", async (t) => {
  let logins = 0;
  const server = await streamServer(t, ({ request, response, open }) => {
    if (request.url !== "/auth/v1/tokens") return open("\n");
    const status = ++logins < 3 ? 503 : 201;
    return void response.writeHead(status, { "content-type": "application/json" }).end('{"token":"tok"}');
  });
  const { st2, metrics } = aClient(t, [aCluster(server.origin, { auth: passwordAuth })], fast);
  assert.deepEqual(await watching(t, st2).atLeast(1), [EVERYTHING]);
  assert.equal(metrics.counted("stackstorm_stream_ends", "login_failed"), 2);
});

test("a watch whose signal was aborted before returns without a request", async (t) => {
  const { st2 } = aClient(t, [aCluster(`http://127.0.0.1:${await refusedPort()}`)]);
  await st2.watch("hz", unexpected, AbortSignal.abort());
});

test("a watch ends during its pause as soon as the signal aborts", async (t) => {
  const options = { streamBackoffMinMs: 60_000, streamBackoffMaxMs: 60_000 };
  const { st2, log } = aClient(t, [aCluster(`http://127.0.0.1:${await refusedPort()}`)], options);
  const watched = watching(t, st2);
  while (!log.lines.some(({ level }) => level === "warn")) await new Promise(setImmediate);
  await watched.stop();
  assert.deepEqual(watched.hints, []);
});

test("closing the client ends every watch", async (t) => {
  const server = await streamServer(t, ({ open }) => open("\n"));
  const { st2 } = aClient(t, [aCluster(server.origin)]);
  const watched = watching(t, st2);
  await watched.atLeast(1);
  st2.close();
  await watched.ended;
});

test("a watch of a cluster that is not configured says so and waits for its end", async (t) => {
  const { st2, log } = aClient(t, []);
  const watched = watching(t, st2, "nowhere");
  await watched.stop();
  assert.equal(log.lines[0]?.level, "error");
  await st2.watch("nowhere", unexpected, AbortSignal.abort());
});

const delays: [failures: number, random: number, ms: number][] = [
  [0, 0, 1_000],
  [0, 0.999, 1_000],
  [1, 0, 1_000],
  [1, 0.999, 1_999],
  [3, 0, 4_000],
  [3, 0.999, 7_996],
  [6, 0, 30_000],
  [6, 0.999, 59_970],
  [1_000, 0, 30_000],
  [1_000, 0.999, 59_970],
];

for (const [failures, random, ms] of delays) {
  test(`after ${failures} connections without life and a random ${random} the pause is ${ms} ms`, () => {
    assert.equal(reconnectDelayMs(failures, STACKSTORM_DEFAULTS, random), ms);
  });
}
