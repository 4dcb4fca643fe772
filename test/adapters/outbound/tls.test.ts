import assert from "node:assert/strict";
import https from "node:https";
import { type TestContext, test } from "node:test";
import tls from "node:tls";
import { httpServer, listening, tcpServer } from "../../support/http-server.ts";
import { selfSigned } from "../../support/self-signed.ts";
import { client } from "./client.ts";

const POST = { method: "POST", path: "/x", body: { a: 1 } } as const;
const UNSENT = { code: "svc.tls", reached: "no", retryable: true };

async function tlsServer(context: TestContext, options: https.ServerOptions) {
  const seen = { requests: 0 };
  const server = https.createServer(options, (_request, response) => {
    seen.requests += 1;
    response.end("secure");
  });
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = await listening(server);
  return { seen, port };
}

test("talks to a server whose own authority is trusted by option", async (t) => {
  const pair = selfSigned();
  const { port } = await tlsServer(t, pair);
  const outbound = client(t, { baseUrl: `https://localhost:${port}`, caPem: pair.cert });
  assert.equal((await outbound.request(POST)).text, "secure");
  assert.equal((await outbound.request(POST)).text, "secure");
});

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  test(`has sent nothing over ${version} when the certificate is not trusted`, async (t) => {
    const { seen, port } = await tlsServer(t, { ...selfSigned(), minVersion: version, maxVersion: version });
    const outbound = client(t, { baseUrl: `https://localhost:${port}` });
    for (let i = 0; i < 20; i++) await assert.rejects(outbound.request(POST), UNSENT);
    assert.equal(seen.requests, 0);
  });
}

test("has sent nothing when the certificate is for another name", async (t) => {
  const pair = selfSigned();
  const { seen, port } = await tlsServer(t, pair);
  const outbound = client(t, { baseUrl: `https://127.0.0.2:${port}`, caPem: pair.cert });
  await assert.rejects(outbound.request(POST), { reached: "no" });
  assert.equal(seen.requests, 0);
});

test("has sent nothing when the server speaks no TLS", async (t) => {
  let requests = 0;
  const server = await httpServer(t, (_request, response) => {
    requests += 1;
    response.end();
  });
  await assert.rejects(client(t, { baseUrl: `https://127.0.0.1:${server.port}` }).request(POST), UNSENT);
  assert.equal(requests, 0);
});

test("has sent nothing when the server has no cipher in common", async (t) => {
  const server = tls.createServer({});
  t.after(() => server.close());
  const { port } = await listening(server);
  await assert.rejects(client(t, { baseUrl: `https://127.0.0.1:${port}` }).request(POST), UNSENT);
});

test("has sent nothing when the server hangs up during the handshake", async (t) => {
  const server = await tcpServer(t, (socket) => socket.once("data", () => socket.destroy()));
  await assert.rejects(client(t, { baseUrl: `https://127.0.0.1:${server.port}` }).request(POST), UNSENT);
});

test("times out as proved unsent when the server never finishes the handshake", async (t) => {
  const server = await tcpServer(t, (socket) => socket.resume());
  const outbound = client(t, { baseUrl: `https://127.0.0.1:${server.port}`, timeoutMs: 40 });
  await assert.rejects(outbound.request(POST), { code: "svc.timeout", reached: "no" });
});

test("has perhaps arrived when the server asks for a certificate and refuses after the handshake", async (t) => {
  const pair = selfSigned();
  const strict = { ...pair, ca: pair.cert, requestCert: true, minVersion: "TLSv1.3" as const };
  const { port } = await tlsServer(t, strict);
  const outbound = client(t, { baseUrl: `https://localhost:${port}`, caPem: pair.cert });
  await assert.rejects(outbound.request(POST), { code: "svc.reset", reached: "maybe" });
});
