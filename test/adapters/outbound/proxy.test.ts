import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { type TestContext, test } from "node:test";
import { httpServer, listening, refusedPort } from "../../support/http-server.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { type SelfSigned, selfSigned } from "../../support/self-signed.ts";
import { client } from "./client.ts";

const POST = { method: "POST", path: "/x", body: { a: 1 } } as const;

/** A proxy that opens a tunnel to this port whatever name is asked for, or answers with a status of its own. */
async function tunnelProxy(context: TestContext, target: { port: number } | { status: string } | "silent") {
  const asked: (string | undefined)[] = [];
  const sockets = new Set<net.Socket>();
  const proxy = http.createServer();
  proxy.on("connect", (request, socket: net.Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    asked.push(request.url);
    if (target === "silent") return;
    if ("status" in target) {
      socket.end(`HTTP/1.1 ${target.status}\r\n\r\n`);
      return;
    }
    const onward = net.connect(target.port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    sockets.add(onward);
  });
  context.after(() => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = await listening(proxy);
  return { asked, proxyUrl: `http://whale:hunter22@127.0.0.1:${port}` };
}

const answer: http.RequestListener = (_request, response) => response.end("through");

async function tlsServer(context: TestContext, pair: SelfSigned, handler = answer) {
  const server = https.createServer(pair, handler);
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return listening(server);
}

test("sends plain requests to the proxy with the full address", async (t) => {
  const proxy = await httpServer(t, (request, response) => {
    response.end(`${request.url} ${request.headers["proxy-authorization"]}`);
  });
  const proxyUrl = `http://whale:pw@127.0.0.1:${proxy.port}`;
  const outbound = client(t, { baseUrl: "http://st2.example:8080/api", proxyUrl });
  const { text } = await outbound.request({ method: "GET", path: "/v1", query: { a: "1" } });
  const login = Buffer.from("whale:pw").toString("base64");
  assert.equal(text, `http://st2.example:8080/api/v1?a=1 Basic ${login}`);
});

test("goes through a tunnel to a secure address and uses it again", async (t) => {
  const pair = selfSigned();
  const { port } = await tlsServer(t, pair);
  const { asked, proxyUrl } = await tunnelProxy(t, { port });
  const outbound = client(t, { baseUrl: `https://localhost:${port}`, proxyUrl, caPem: pair.cert });
  assert.equal((await outbound.request(POST)).text, "through");
  assert.equal((await outbound.request(POST)).text, "through");
  assert.deepEqual(asked, [`localhost:${port}`]);
});

test("never takes a proxy's refusal for the service's answer", async (t) => {
  const { proxyUrl } = await tunnelProxy(t, { status: "404 Not Found" });
  const outbound = client(t, { baseUrl: "https://st2.example", proxyUrl });
  await assert.rejects(outbound.request(POST), (thrown: Error) => {
    assert.partialDeepStrictEqual({ ...thrown }, { code: "svc.unreachable", reached: "no" });
    assertLeaksNoSecret(["hunter22"], thrown);
    return true;
  });
});

test("is unreachable and proved unsent when the proxy itself is down", async (t) => {
  const proxyUrl = `http://whale:hunter22@127.0.0.1:${await refusedPort()}`;
  for (const baseUrl of ["https://st2.example", "http://st2.example"]) {
    const outbound = client(t, { baseUrl, proxyUrl });
    await assert.rejects(outbound.request(POST), { code: "svc.unreachable", reached: "no" });
  }
});

test("times out as proved unsent when the proxy never opens the tunnel", async (t) => {
  const { proxyUrl } = await tunnelProxy(t, "silent");
  const outbound = client(t, { baseUrl: "https://st2.example", proxyUrl, timeoutMs: 40 });
  await assert.rejects(outbound.request(POST), { reached: "no", retryable: true });
});

test("has sent nothing when the certificate behind the tunnel is not trusted", async (t) => {
  const { port } = await tlsServer(t, selfSigned());
  const { proxyUrl } = await tunnelProxy(t, { port });
  const outbound = client(t, { baseUrl: `https://localhost:${port}`, proxyUrl });
  await assert.rejects(outbound.request(POST), { code: "svc.tls", reached: "no" });
});

test("has perhaps arrived when the service hangs up on a request that came through the tunnel", async (t) => {
  const pair = selfSigned();
  const { port } = await tlsServer(t, pair, (request) => request.socket.destroy());
  const { proxyUrl } = await tunnelProxy(t, { port });
  const outbound = client(t, { baseUrl: `https://localhost:${port}`, proxyUrl, caPem: pair.cert });
  await assert.rejects(outbound.request(POST), { code: "svc.reset", reached: "maybe" });
});
