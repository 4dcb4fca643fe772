import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { readStream, type StreamRequest } from "../../../adapters/stackstorm/stream.ts";
import { refusedPort, tcpServer } from "../../support/http-server.ts";
import { anEventText, type StreamConnection, streamServer } from "./sse.ts";

function aRequest(origin: string, overrides: Partial<StreamRequest> = {}): StreamRequest {
  const url = `${origin}/stream/v1/stream`;
  return { url, headers: {}, silenceMs: 30_000, settleMs: 30_000, maxLineBytes: 10_000, ...overrides };
}

interface Heard {
  events: [name: string | undefined, data: string][];
  connected: number;
  onConnected(): void;
  onEvent(name: string | undefined, data: string): void;
}

function ear(): Heard {
  const heard: Heard = {
    events: [],
    connected: 0,
    onConnected: () => {
      heard.connected += 1;
    },
    onEvent: (name, data) => {
      heard.events.push([name, data]);
    },
  };
  return heard;
}

const never = new AbortController().signal;

const ends: [name: string, act: (c: StreamConnection) => void, end: object, connected: number][] = [
  [
    "the retry line of a dead upstream, then a close",
    ({ open, response }) => {
      open("retry: 1000\n\n");
      response.end();
    },
    { reason: "closed", proven: false },
    0,
  ],
  [
    "a close without a byte",
    ({ open, response }) => {
      open();
      response.end();
    },
    { reason: "closed", proven: false },
    0,
  ],
  [
    "a heartbeat, then a close",
    ({ open, response }) => {
      open("\n");
      response.end();
    },
    { reason: "closed", proven: true },
    1,
  ],
  [
    "an event, then a close",
    ({ open, response }) => {
      open(anEventText("x1"));
      response.end();
    },
    { reason: "closed", proven: true },
    1,
  ],
  [
    "an event, then a broken connection",
    ({ open, response, request }) => {
      open(anEventText("x1"));
      response.write("event: half", () => request.socket.destroy());
    },
    { reason: "closed", proven: true },
    1,
  ],
  [
    "refused credentials",
    ({ response }) => response.writeHead(401).end("{}"),
    { reason: "refused", proven: false, status: 401 },
    0,
  ],
  [
    "a web page",
    ({ response }) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
    { reason: "refused", proven: false, status: 200 },
    0,
  ],
  [
    "no content at all",
    ({ response }) => response.writeHead(204).end(),
    { reason: "refused", proven: false, status: 204 },
    0,
  ],
  [
    "a line without end",
    ({ open }) => open(`data: ${"x".repeat(20_000)}`),
    { reason: "oversized", proven: false },
    0,
  ],
];

for (const [name, act, end, connected] of ends) {
  test(`a stream that brings ${name} ends as it should`, async (t) => {
    const server = await streamServer(t, act);
    const heard = ear();
    assert.deepEqual(await readStream(aRequest(server.origin), heard, never), end);
    assert.equal(heard.connected, connected);
  });
}

test("a redirect is not followed, so that the credentials stay where they belong", async (t) => {
  let visits = 0;
  const other = await streamServer(t, ({ open }) => {
    visits += 1;
    open("\n");
  });
  const location = `${other.origin}/stream`;
  const server = await streamServer(t, ({ response }) => response.writeHead(302, { location }).end());
  const end = await readStream(aRequest(server.origin), ear(), never);
  assert.deepEqual(end, { reason: "refused", proven: false, status: 302 });
  assert.equal(visits, 0);
});

test("a stream that nobody serves fails", async () => {
  const request = aRequest(`http://127.0.0.1:${await refusedPort()}`);
  assert.deepEqual(await readStream(request, ear(), never), { reason: "failed", proven: false });
});

test("a stream that says nothing at all is dropped, before its head and after", async (t) => {
  const mute = await tcpServer(t, () => undefined);
  const silent = { reason: "silent", proven: false };
  assert.deepEqual(await readStream(aRequest(mute.origin, { silenceMs: 20 }), ear(), never), silent);
  const server = await streamServer(t, ({ open }) => open());
  assert.deepEqual(await readStream(aRequest(server.origin, { silenceMs: 40 }), ear(), never), silent);
});

test("heartbeats, of which no event is made, keep a stream alive beyond the time of silence", async (t) => {
  const server = await streamServer(t, async ({ open, response }) => {
    open();
    for (let beat = 0; beat < 12; beat++) {
      await pause(100);
      response.write("\n");
    }
    response.end(anEventText("x1"));
  });
  const heard = ear();
  const end = await readStream(aRequest(server.origin, { silenceMs: 1_000 }), heard, never);
  assert.deepEqual(end, { reason: "closed", proven: true });
  assert.equal(heard.events.length, 1);
  assert.equal(heard.connected, 1);
});

test("a quiet stream counts as connected after the settling time but is not proven", async (t) => {
  const server = await streamServer(t, ({ open }) => open());
  const heard = ear();
  const request = aRequest(server.origin, { settleMs: 5, silenceMs: 500 });
  assert.deepEqual(await readStream(request, heard, never), { reason: "silent", proven: false });
  assert.equal(heard.connected, 1);
});

test("an event that comes in pieces, within a character too, is read whole", async (t) => {
  const text = 'event: st2.execution__update\r\ndata: {"id":"磁盘"}\r\n\r\n';
  const server = await streamServer(t, async ({ open, response }) => {
    open();
    for (const byte of Buffer.from(text)) {
      await new Promise((resolve) => response.write(Buffer.of(byte), resolve));
      await pause(0);
    }
    response.end();
  });
  const heard = ear();
  await readStream(aRequest(server.origin), heard, never);
  assert.deepEqual(heard.events, [["st2.execution__update", '{"id":"磁盘"}']]);
});

test("an abort ends a stream at once and closes its connection", async (t) => {
  const controller = new AbortController();
  const closed = Promise.withResolvers<void>();
  const server = await streamServer(t, ({ open, response }) => {
    response.on("close", () => closed.resolve());
    open("\n");
  });
  const heard = ear();
  heard.onConnected = () => controller.abort();
  const end = await readStream(aRequest(server.origin), heard, controller.signal);
  assert.deepEqual(end, { reason: "aborted", proven: true });
  await closed.promise;
});

test("an abort before or during the connecting ends it too", async (t) => {
  const aborted = { reason: "aborted", proven: false };
  assert.deepEqual(await readStream(aRequest("http://127.0.0.1:9"), ear(), AbortSignal.abort()), aborted);
  const controller = new AbortController();
  const mute = await tcpServer(t, (socket) => void once(socket, "data").then(() => controller.abort()));
  assert.deepEqual(await readStream(aRequest(mute.origin), ear(), controller.signal), aborted);
});
