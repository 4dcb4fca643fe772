import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { test } from "node:test";
import { createHttpDuty } from "../../../adapters/rosters/index.ts";
import type { ChatOpsError } from "../../../core/errors.ts";
import { httpServer } from "../../support/http-server.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { client } from "../outbound/client.ts";

const SECRET = "duty-bearer-secret";
type Answering = (request: IncomingMessage, response: ServerResponse) => void;

const json = (value: unknown, status = 200): Answering => {
  return (_, response) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
};

async function asking(t: Parameters<typeof httpServer>[0], answering: Answering) {
  const seen: IncomingMessage[] = [];
  const { origin } = await httpServer(t, (request, response) => {
    seen.push(request);
    answering(request, response);
  });
  const duty = createHttpDuty(client(t, { name: "duty", timeoutMs: 200, maxResponseBytes: 1_000 }));
  const url = `${origin}/now?team=dba&key=in-query`;
  const ask = (users = "{{ data.users }}") => duty.ask({ kind: "http", url, bearer: SECRET, users });
  return { ask, seen };
}

test("asks once, with the bearer, and gives the people on duty", async (t) => {
  const { ask, seen } = await asking(t, json({ users: ["Zhang", "li"] }));
  assert.deepEqual(await ask(), ["zhang", "li"]);
  assert.deepEqual(
    seen.map(({ method, url, headers }) => [method, url, headers.authorization]),
    [["GET", "/now?team=dba&key=in-query", `Bearer ${SECRET}`]],
  );
});

test("reads a plain text too", async (t) => {
  const { ask } = await asking(t, (_, response) => response.end("zhang, li\n"));
  assert.deepEqual(await ask("{{ data }}"), ["zhang", "li"]);
});

const FAILING: [what: string, answering: Answering, code: string, retryable: boolean][] = [
  ["an answer of 503", json({ users: ["li"], echo: SECRET }, 503), "duty.refused", true],
  ["an answer of 403", json({ users: ["li"] }, 403), "duty.refused", false],
  [
    "a redirect, which is not followed",
    (_, response) => response.writeHead(302, { location: "http://169.254.169.254/" }).end(),
    "duty.refused",
    false,
  ],
  ["an answer without users", json({ echo: SECRET }), "duty.unreadable", true],
  ["an answer of somebody who is none", json({ users: [`<${SECRET}>`] }), "duty.unreadable", true],
  ["an answer that is too long", json({ users: ["x".repeat(2_000)] }), "duty.too_large", false],
  ["no answer in time", () => undefined, "duty.timeout", true],
];

for (const [what, answering, code, retryable] of FAILING) {
  test(`fails on ${what}, and tells no secret`, async (t) => {
    const { ask } = await asking(t, answering);
    await assert.rejects(ask(), (error: ChatOpsError) => {
      assert.deepEqual([error.code, error.retryable], [code, retryable]);
      assertLeaksNoSecret([SECRET, "in-query"], error);
      return true;
    });
  });
}
