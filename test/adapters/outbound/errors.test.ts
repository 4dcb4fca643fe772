import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { httpServer, refusedPort, tcpServer } from "../../support/http-server.ts";
import { client } from "./client.ts";

const GET = { method: "GET", path: "/x" } as const;
const POST = { method: "POST", path: "/x", body: { a: 1 } } as const;

test("is unreachable and proved unsent when the port refuses", async (t) => {
  const outbound = client(t, { baseUrl: `http://127.0.0.1:${await refusedPort()}` });
  const facts = { code: "svc.unreachable", reached: "no", retryable: true, message: /ECONNREFUSED/ };
  await assert.rejects(outbound.request(POST), facts);
});

test("is unreachable and proved unsent when the name is not known", async (t) => {
  const outbound = client(t, { baseUrl: "http://no-such-host.invalid" });
  await assert.rejects(outbound.request(POST), { code: "svc.unreachable", reached: "no", retryable: true });
});

test("times out as perhaps arrived when the server takes the request and says nothing", async (t) => {
  const server = await httpServer(t, () => undefined);
  const outbound = client(t, { baseUrl: server.origin });
  const facts = { code: "svc.timeout", reached: "maybe", retryable: true };
  await assert.rejects(outbound.request({ ...POST, timeoutMs: 30 }), facts);
});

test("times out when the answer only drips, although every chunk comes in time", async (t) => {
  const server = await httpServer(t, (_request, response) => {
    const drip = setInterval(() => response.write("."), 5);
    response.on("close", () => clearInterval(drip));
  });
  const outbound = client(t, { baseUrl: server.origin, timeoutMs: 50 });
  await assert.rejects(outbound.request(GET), { code: "svc.timeout", reached: "maybe" });
});

test("times out as proved unsent while it waits for a free connection", async (t) => {
  let requests = 0;
  const server = await httpServer(t, () => {
    requests += 1;
  });
  const outbound = client(t, { baseUrl: server.origin, maxSockets: 1 });
  const first = assert.rejects(outbound.request({ ...POST, timeoutMs: 50 }), { reached: "maybe" });
  await assert.rejects(outbound.request({ ...POST, timeoutMs: 30 }), { code: "svc.timeout", reached: "no" });
  await first;
  assert.equal(requests, 1);
});

test("works again after a call that timed out", async (t) => {
  let requests = 0;
  const server = await httpServer(t, (_request, response) => {
    requests += 1;
    if (requests > 1) response.end("ok");
  });
  const outbound = client(t, { baseUrl: server.origin, maxSockets: 1 });
  await assert.rejects(outbound.request({ ...GET, timeoutMs: 30 }), { code: "svc.timeout" });
  assert.equal((await outbound.request(GET)).text, "ok");
});

test("is reset and perhaps arrived when the server hangs up without an answer", async (t) => {
  const server = await httpServer(t, (request) => request.socket.destroy());
  const outbound = client(t, { baseUrl: server.origin });
  await assert.rejects(outbound.request(POST), { code: "svc.reset", reached: "maybe", retryable: true });
});

test("is reset and perhaps arrived when a kept connection dies under the next call", async (t) => {
  let requests = 0;
  const server = await httpServer(t, (request, response) => {
    requests += 1;
    if (requests === 1) response.end("first");
    else request.socket.resetAndDestroy();
  });
  const outbound = client(t, { baseUrl: server.origin, maxSockets: 1 });
  await outbound.request(GET);
  await assert.rejects(outbound.request(POST), { code: "svc.reset", reached: "maybe", retryable: true });
});

test("is reset when the server closes in the middle of a body of known length", async (t) => {
  const server = await httpServer(t, (_request, response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write("half", () => response.socket?.destroy());
  });
  await assert.rejects(client(t, { baseUrl: server.origin }).request(GET), {
    code: "svc.reset",
    reached: "maybe",
  });
});

test("is reset when the server closes in the middle of a chunked body", async (t) => {
  const server = await httpServer(t, (_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write('{"result":', () => response.socket?.destroy());
  });
  await assert.rejects(client(t, { baseUrl: server.origin }).request(GET), {
    code: "svc.reset",
    reached: "maybe",
  });
});

test("is reset when the answer is not HTTP", async (t) => {
  const server = await tcpServer(t, (socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"));
  await assert.rejects(client(t, { baseUrl: server.origin }).request(GET), {
    code: "svc.reset",
    reached: "maybe",
  });
});

test("is reset when a compressed answer is damaged", async (t) => {
  const server = await httpServer(t, (_request, response) => {
    response.setHeader("content-encoding", "gzip");
    response.end("this is not gzip");
  });
  await assert.rejects(client(t, { baseUrl: server.origin }).request(GET), {
    code: "svc.reset",
    reached: "maybe",
  });
});

test("is too large when the answer passes the limit, whether or not it says its length", async (t) => {
  const server = await httpServer(t, (request, response) => {
    if (request.url === "/told") response.setHeader("content-length", "101");
    response.write("x".repeat(50));
    response.end("x".repeat(51));
  });
  const outbound = client(t, { baseUrl: server.origin, maxResponseBytes: 100 });
  const facts = { code: "svc.too_large", reached: "maybe", retryable: false };
  await assert.rejects(outbound.request({ ...GET, path: "/told" }), facts);
  await assert.rejects(outbound.request({ ...GET, path: "/chunked" }), facts);
});

test("is too large when a small compressed answer unfolds beyond the limit", async (t) => {
  const server = await httpServer(t, (_request, response) => {
    response.setHeader("content-encoding", "gzip");
    response.end(gzipSync(Buffer.alloc(5_000_000)));
  });
  await assert.rejects(client(t, { baseUrl: server.origin }).request(GET), { code: "svc.too_large" });
});

test("is too large and proved unsent when the request's body passes its limit", async (t) => {
  let requests = 0;
  const server = await httpServer(t, (_request, response) => {
    requests += 1;
    response.end();
  });
  const outbound = client(t, { baseUrl: server.origin, maxRequestBytes: 20 });
  const request = { ...POST, body: { text: "磁盘磁盘磁" } };
  await assert.rejects(outbound.request(request), { code: "svc.too_large", reached: "no", retryable: false });
  assert.equal(requests, 0);
});

test("is bad JSON and perhaps arrived when the answer says JSON and is not", async (t) => {
  const server = await httpServer(t, (_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end('{"errcode":0');
  });
  const facts = { code: "svc.bad_json", reached: "maybe", message: /status 200/ };
  await assert.rejects(client(t, { baseUrl: server.origin }).request(POST), facts);
});

const UNSENDABLE = [
  ["a path that climbs out of the base", { path: "/v1/actions/../../auth" }],
  ["a path that climbs out in disguise", { path: "/v1/%2e%2E/x" }],
  ["an id that is two dots", { path: `/v1/actions/${encodeURIComponent("..")}` }],
  ["an address of another protocol", { url: "file:///etc/passwd" }],
  ["an address that is none", { url: "nowhere" }],
  ["a header with a line break in its name", { path: "/", headers: { "x\ny": "1" } }],
  ["a body that holds a bigint", { path: "/", body: { n: 1n } }],
] as const;

for (const [name, request] of UNSENDABLE) {
  test(`refuses ${name} before anything is sent`, async (t) => {
    let requests = 0;
    const server = await httpServer(t, (_request, response) => {
      requests += 1;
      response.end();
    });
    const outbound = client(t, { baseUrl: `${server.origin}/api` });
    const facts = { code: "svc.bad_request", reached: "no", retryable: false };
    await assert.rejects(outbound.request({ method: "GET", ...request }), facts);
    assert.equal(requests, 0);
  });
}

test("refuses a path when there is no base address", async (t) => {
  await assert.rejects(client(t, {}).request(GET), { code: "svc.bad_request", reached: "no" });
});
