import assert from "node:assert/strict";
import { test } from "node:test";
import { createOutbound, type OutboundRequest } from "../../../adapters/outbound/index.ts";
import { httpServer, refusedPort } from "../../support/http-server.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";

const QUERY = "query-token-7Q";
const HEADER = "header-key/+8R==";
const BODY = "body-password-9S";
const PATH = "path secret&10T";
const ANSWER = "answer-token-11U";
const SECRETS = [QUERY, HEADER, BODY, PATH, ANSWER];

const REQUEST: OutboundRequest = {
  method: "POST",
  path: `/hook/${encodeURIComponent(PATH)}/send`,
  query: { access_token: QUERY },
  headers: { "x-auth-token": HEADER },
  body: { password: BODY },
};

function failing(baseUrl: string) {
  const headers = { authorization: `Bearer ${HEADER}` };
  const limits = { timeoutMs: 5000, maxResponseBytes: 100 };
  return createOutbound({ name: "svc", baseUrl, headers, secrets: [PATH], ...limits });
}

async function assertSilent(baseUrl: string, code: string, request = REQUEST): Promise<void> {
  const outbound = failing(baseUrl);
  await assert.rejects(outbound.request(request), (thrown: Error) => {
    assert.partialDeepStrictEqual({ ...thrown }, { code });
    assertLeaksNoSecret(SECRETS, thrown);
    return true;
  });
  outbound.close();
}

test("leaks nothing when the port refuses", async () => {
  await assertSilent(`http://127.0.0.1:${await refusedPort()}`, "svc.unreachable");
});

test("leaks nothing when the name is not known", async () => {
  await assertSilent("http://no-such-host.invalid", "svc.unreachable");
});

test("leaks nothing when the call times out", async (t) => {
  const server = await httpServer(t, () => undefined);
  await assertSilent(server.origin, "svc.timeout", { ...REQUEST, timeoutMs: 30 });
});

test("leaks nothing when the connection breaks", async (t) => {
  const server = await httpServer(t, (request) => request.socket.destroy());
  await assertSilent(server.origin, "svc.reset");
});

test("leaks nothing of the answer when it breaks off, is too long or is bad JSON", async (t) => {
  const server = await httpServer(t, (request, response) => {
    const length = request.headers["x-long"] ? 2000 : 90;
    response.setHeader("content-type", "application/json");
    response.setHeader("x-token", ANSWER);
    if (request.headers["x-break"]) response.write(ANSWER, () => response.socket?.destroy());
    else response.end(ANSWER.padEnd(length));
  });
  await assertSilent(server.origin, "svc.bad_json");
  await assertSilent(server.origin, "svc.too_large", { ...REQUEST, headers: { "x-long": "1" } });
  await assertSilent(server.origin, "svc.reset", { ...REQUEST, headers: { "x-break": "1" } });
});

test("leaks nothing when the request cannot be sent", async () => {
  await assertSilent("http://127.0.0.1:9", "svc.bad_request", { ...REQUEST, headers: { "a b": HEADER } });
  await assertSilent("http://127.0.0.1:9", "svc.bad_request", { ...REQUEST, path: `../${PATH}` });
  const circular: Record<string, unknown> = { [BODY]: QUERY };
  circular[HEADER] = circular;
  await assertSilent("http://127.0.0.1:9", "svc.bad_request", { ...REQUEST, body: circular });
});

test("leaks no login that stands in the address", async () => {
  const url = `http://whale:${HEADER.replaceAll(/[/+=]/g, "")}@127.0.0.1:${await refusedPort()}/`;
  const outbound = createOutbound({ name: "svc", timeoutMs: 1000, maxResponseBytes: 100 });
  await assert.rejects(outbound.request({ method: "GET", url }), (thrown: Error) => {
    assertLeaksNoSecret([HEADER.replaceAll(/[/+=]/g, ""), "whale:"], thrown);
    return true;
  });
});
