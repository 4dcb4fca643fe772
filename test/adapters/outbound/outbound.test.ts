import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { httpServer } from "../../support/http-server.ts";
import { client } from "./client.ts";

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

test("sends method, path below the base, query, headers and JSON body as given", async (t) => {
  const seen: Record<string, unknown>[] = [];
  const server = await httpServer(t, async (request, response) => {
    const { method, url, headers } = request;
    seen.push({ method, url, key: headers["st2-api-key"], type: headers["content-type"] });
    seen.push({ body: await textOf(request) });
    response.end();
  });
  const outbound = client(t, { baseUrl: `${server.origin}/api/`, headers: { "St2-Api-Key": "k" } });
  const query = { limit: 5, q: "磁盘 a&b", on: true, skip: undefined, id: ["1", 2] };
  await outbound.request({ method: "POST", path: "/v1/executions", query, body: { 名: [1, null] } });
  assert.deepEqual(seen[0], {
    method: "POST",
    url: "/api/v1/executions?limit=5&q=%E7%A3%81%E7%9B%98+a%26b&on=true&id=1&id=2",
    key: "k",
    type: "application/json",
  });
  assert.deepEqual(seen[1], { body: '{"名":[1,null]}' });
});

test("lets a request's header win over the client's", async (t) => {
  const server = await httpServer(t, (request, response) => response.end(request.headers["x-auth-token"]));
  const outbound = client(t, { baseUrl: server.origin, headers: { "X-Auth-Token": "old" } });
  const { text } = await outbound.request({ method: "GET", path: "/", headers: { "x-auth-token": "new" } });
  assert.equal(text, "new");
});

test("sends no body and no content type when there is no body", async (t) => {
  const server = await httpServer(t, async (request, response) => {
    response.end(`${request.headers["content-type"]}|${await textOf(request)}`);
  });
  const outbound = client(t, {});
  const { text } = await outbound.request({ method: "POST", url: `${server.origin}/x` });
  assert.equal(text, "undefined|");
});

test("parses the answer when its content type says JSON", async (t) => {
  const server = await httpServer(t, (request, response) => {
    response.setHeader(
      "content-type",
      request.url === "/a" ? "application/json" : "application/problem+json; a=b",
    );
    response.end('{"a":1}');
  });
  const outbound = client(t, { baseUrl: server.origin });
  assert.deepEqual((await outbound.request({ method: "GET", path: "a" })).body, { a: 1 });
  assert.deepEqual((await outbound.request({ method: "GET", path: "b" })).body, { a: 1 });
});

test("leaves the body undefined and gives the text when the answer is a page of HTML", async (t) => {
  const server = await httpServer(t, (_request, response) => {
    response.writeHead(502, { "content-type": "text/html; charset=utf-8" });
    response.end("<h1>网关错误</h1>");
  });
  const answer = await client(t, { baseUrl: server.origin }).request({ method: "GET", path: "/" });
  assert.deepEqual([answer.status, answer.body, answer.text], [502, undefined, "<h1>网关错误</h1>"]);
});

test("gives JSON as text alone when text is asked for", async (t) => {
  const server = await httpServer(t, (_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end("{not json");
  });
  const outbound = client(t, { baseUrl: server.origin });
  const answer = await outbound.request({ method: "GET", path: "/", responseType: "text" });
  assert.deepEqual([answer.body, answer.text], [undefined, "{not json"]);
});

test("takes an empty answer that says JSON as one without body", async (t) => {
  const server = await httpServer(t, (_request, response) => {
    response.writeHead(204, { "content-type": "application/json" });
    response.end();
  });
  const answer = await client(t, { baseUrl: server.origin }).request({ method: "DELETE", path: "/" });
  assert.deepEqual([answer.status, answer.body, answer.text], [204, undefined, ""]);
});

test("returns every status instead of throwing", async (t) => {
  const server = await httpServer(t, (request, response) => {
    response.statusCode = Number(request.url?.slice(1));
    response.end();
  });
  const outbound = client(t, { baseUrl: server.origin });
  for (const status of [200, 201, 304, 400, 401, 404, 409, 429, 500, 503]) {
    assert.equal((await outbound.request({ method: "GET", path: `/${status}` })).status, status);
  }
});

test("returns a redirect instead of following it", async (t) => {
  const paths: (string | undefined)[] = [];
  const server = await httpServer(t, (request, response) => {
    paths.push(request.url);
    response.writeHead(302, { location: "/elsewhere" });
    response.end();
  });
  const answer = await client(t, { baseUrl: server.origin }).request({ method: "GET", path: "/here" });
  assert.deepEqual([answer.status, answer.headers.location, paths], [302, "/elsewhere", ["/here"]]);
});

test("gives headers in lower case and joins those that came twice", async (t) => {
  const server = await httpServer(t, (_request, response) => {
    response.setHeader("X-Total-Count", "7");
    response.setHeader("Set-Cookie", ["a=1", "b=2"]);
    response.end();
  });
  const { headers } = await client(t, { baseUrl: server.origin }).request({ method: "GET", path: "/" });
  assert.deepEqual([headers["x-total-count"], headers["set-cookie"]], ["7", "a=1, b=2"]);
});

test("uses one connection again for calls that follow each other", async (t) => {
  const ports = new Set<number | undefined>();
  const server = await httpServer(t, (request, response) => {
    ports.add(request.socket.remotePort);
    response.end("x".repeat(500));
  });
  const outbound = client(t, { baseUrl: server.origin });
  for (let i = 0; i < 5; i++) await outbound.request({ method: "GET", path: "/" });
  assert.equal(ports.size, 1);
});

test("opens no more connections than allowed and lets the other calls wait", async (t) => {
  const ports = new Set<number | undefined>();
  const server = await httpServer(t, (request, response) => {
    ports.add(request.socket.remotePort);
    setImmediate(() => response.end());
  });
  const outbound = client(t, { baseUrl: server.origin, maxSockets: 2 });
  await Promise.all(Array.from({ length: 10 }, () => outbound.request({ method: "GET", path: "/" })));
  assert.equal(ports.size, 2);
});

test("reads a compressed answer", async (t) => {
  const server = await httpServer(t, (_request, response) => {
    response.setHeader("content-encoding", "gzip");
    response.end(gzipSync("鲸".repeat(1000)));
  });
  const { text } = await client(t, { baseUrl: server.origin }).request({ method: "GET", path: "/" });
  assert.equal(text, "鲸".repeat(1000));
});

test("answers a call of 1 byte below the limit and exactly at it", async (t) => {
  const server = await httpServer(t, (request, response) =>
    response.end("x".repeat(Number(request.url?.slice(1)))),
  );
  const outbound = client(t, { baseUrl: server.origin, maxResponseBytes: 100 });
  assert.equal((await outbound.request({ method: "GET", path: "/99" })).text.length, 99);
  assert.equal((await outbound.request({ method: "GET", path: "/100" })).text.length, 100);
});

test("ignores a proxy that stands in the environment", async (t) => {
  const before = { ...process.env };
  t.after(() => {
    process.env = before;
  });
  process.env = {
    ...before,
    HTTP_PROXY: "http://127.0.0.1:9",
    http_proxy: "http://127.0.0.1:9",
    NO_PROXY: "",
  };
  const server = await httpServer(t, (_request, response) => response.end("direct"));
  const { text } = await client(t, { baseUrl: server.origin }).request({ method: "GET", path: "/" });
  assert.equal(text, "direct");
});
