import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";
import fc from "fast-check";
import { callerOf } from "../../../bot/http/caller.ts";
import { isAmong } from "../../../bot/http/networks.ts";
import { checkCaller, withoutCredentials } from "../../../bot/http/source-auth.ts";
import { type Network, type SourceAuth, secretsOfAuth } from "../../../core/events/index.ts";

interface Sent {
  from?: string;
  headers?: Record<string, string[]>;
  query?: Record<string, string | string[]>;
  hops?: number;
}

function caller({ from = "10.0.0.1", headers = {}, query = {}, hops = 0 }: Sent) {
  const request = { headersDistinct: headers, socket: { remoteAddress: from } };
  return callerOf(request as unknown as IncomingMessage, query, hops);
}

function judge(auth: SourceAuth, sent: Sent, allow?: Network[]): string {
  const judged = checkCaller({ auth, ...(allow ? { allow } : {}) }, caller(sent));
  return judged.outcome === "refused" ? judged.reason : judged.outcome;
}

const BASIC: SourceAuth = { kind: "basic", user: "n9e", password: "p:ss 密码" };
const QUERY: SourceAuth = { kind: "query", name: "token", token: "query-token-1" };
const HEADER: SourceAuth = { kind: "header", name: "x-bk-fta-token", value: "header-token-1" };

function basic(text: string): Sent {
  return { headers: { authorization: [`Basic ${Buffer.from(text).toString("base64")}`] } };
}

const CASES: [name: string, auth: SourceAuth, sent: Sent, outcome: string][] = [
  ["the right user and password", BASIC, basic("n9e:p:ss 密码"), "let_in"],
  ["a wrong password", BASIC, basic("n9e:pass"), "bad_credentials"],
  ["a wrong user", BASIC, basic("n8e:p:ss 密码"), "bad_credentials"],
  ["user and password swapped", BASIC, basic("p:ss 密码:n9e"), "bad_credentials"],
  ["the user alone", BASIC, basic("n9e:"), "bad_credentials"],
  ["nothing of the basic scheme", BASIC, {}, "no_credentials"],
  ["an empty basic header", BASIC, { headers: { authorization: ["Basic "] } }, "no_credentials"],
  ["a bearer token for basic", BASIC, { headers: { authorization: ["Bearer n9e"] } }, "no_credentials"],
  [
    "two Authorization headers",
    BASIC,
    { headers: { authorization: ["Basic eA==", "Basic eA=="] } },
    "repeated_credentials",
  ],
  ["the right token in the query", QUERY, { query: { token: "query-token-1" } }, "let_in"],
  ["a wrong token in the query", QUERY, { query: { token: "query-token-2" } }, "bad_credentials"],
  ["an empty token in the query", QUERY, { query: { token: "" } }, "no_credentials"],
  ["no token in the query", QUERY, { query: { tokens: "query-token-1" } }, "no_credentials"],
  [
    "the token twice in the query",
    QUERY,
    { query: { token: ["query-token-1", "query-token-1"] } },
    "repeated_credentials",
  ],
  ["the query's token in a header", QUERY, { headers: { token: ["query-token-1"] } }, "no_credentials"],
  ["the right header", HEADER, { headers: { "x-bk-fta-token": ["header-token-1"] } }, "let_in"],
  ["a wrong header", HEADER, { headers: { "x-bk-fta-token": ["header-token-11"] } }, "bad_credentials"],
  ["an empty header", HEADER, { headers: { "x-bk-fta-token": [""] } }, "no_credentials"],
  ["no header", HEADER, {}, "no_credentials"],
  [
    "the right header beside another",
    HEADER,
    { headers: { "x-bk-fta-token": ["x", "header-token-1"] } },
    "repeated_credentials",
  ],
  [
    "the header's value in the query",
    HEADER,
    { query: { "x-bk-fta-token": "header-token-1" } },
    "no_credentials",
  ],
];

for (const [name, auth, sent, outcome] of CASES) {
  test(`answers ${name} with ${outcome}`, () => {
    assert.equal(judge(auth, sent), outcome);
  });
}

test("never lets in what is not the secret, whatever it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      fc.pre(text !== "query-token-1" && text !== "header-token-1" && text !== "n9e:p:ss 密码");
      assert.notEqual(judge(QUERY, { query: { token: text } }), "let_in");
      assert.notEqual(judge(HEADER, { headers: { "x-bk-fta-token": [text] } }), "let_in");
      assert.notEqual(judge(BASIC, basic(text)), "let_in");
    }),
  );
});

test("an empty secret lets nobody in", () => {
  assert.notEqual(judge({ ...QUERY, token: "" }, { query: { token: "" } }), "let_in");
  assert.notEqual(judge({ ...HEADER, value: "" }, { headers: { "x-bk-fta-token": [""] } }), "let_in");
  assert.notEqual(
    judge({ kind: "bearer", token: "" }, { headers: { authorization: ["Bearer "] } }),
    "let_in",
  );
});

const V4: Network = { address: "10.1.0.0", prefix: 16, family: "ipv4" };
const V6: Network = { address: "fd00::", prefix: 8, family: "ipv6" };
const NONE: SourceAuth = { kind: "none" };

const AMONG: [address: string, among: boolean][] = [
  ["10.1.0.0", true],
  ["10.1.255.255", true],
  ["10.2.0.0", false],
  ["11.1.0.1", false],
  ["fd12:3456::1", true],
  ["fe00::1", false],
  ["127.0.0.1", false],
  ["::1", false],
  ["", false],
];

for (const [address, among] of AMONG) {
  test(`${address || "no address"} is ${among ? "" : "not "}among the networks`, () => {
    assert.equal(isAmong([V4, V6], address), among);
  });
}

test("a source that names networks takes from them alone, even from this machine", () => {
  assert.equal(judge(NONE, { from: "10.1.2.3" }, [V4]), "let_in");
  assert.equal(judge(NONE, { from: "::ffff:10.1.2.3" }, [V4]), "let_in");
  assert.equal(judge(NONE, { from: "127.0.0.1" }, [V4]), "address_not_allowed");
  assert.equal(
    judge(QUERY, { from: "10.2.0.1", query: { token: "query-token-1" } }, [V4]),
    "address_not_allowed",
  );
  assert.equal(judge(QUERY, { from: "10.1.0.1", query: { token: "wrong" } }, [V4]), "bad_credentials");
});

const FORWARDED: [name: string, sent: Sent, address: string, local: boolean][] = [
  [
    "believes the socket without proxies",
    { headers: { "x-forwarded-for": ["10.1.2.3"] } },
    "10.0.0.1",
    false,
  ],
  [
    "takes the entry of one proxy",
    { headers: { "x-forwarded-for": ["6.6.6.6, 10.1.2.3"] }, hops: 1 },
    "10.1.2.3",
    false,
  ],
  [
    "reads entries spread over headers",
    { headers: { "x-forwarded-for": ["6.6.6.6", "10.1.2.3", "10.9.9.9"] }, hops: 2 },
    "10.1.2.3",
    false,
  ],
  ["takes the socket when a proxy sent nothing", { hops: 1 }, "10.0.0.1", false],
  [
    "tells no address from an entry that is none",
    { headers: { "x-forwarded-for": ["unknown"] }, hops: 1 },
    "",
    false,
  ],
  ["is local from this machine", { from: "127.0.0.1" }, "127.0.0.1", true],
  [
    "is not local when a proxy on this machine brought it from elsewhere",
    { from: "127.0.0.1", headers: { "x-forwarded-for": ["8.8.8.8"] } },
    "127.0.0.1",
    false,
  ],
  [
    "is not local because somebody far away says so",
    { from: "8.8.8.8", headers: { "x-forwarded-for": ["127.0.0.1"] }, hops: 1 },
    "127.0.0.1",
    false,
  ],
  [
    "is not local behind a proxy of the newer header",
    { from: "::1", headers: { forwarded: ["for=_x"] } },
    "::1",
    false,
  ],
];

for (const [name, sent, address, local] of FORWARDED) {
  test(`a caller's address: ${name}`, () => {
    const found = caller(sent);
    assert.deepEqual([found.address, found.local], [address, local]);
  });
}

test("adapters see neither query token, credential header, Authorization nor cookies", () => {
  const query = { token: "query-token-1", metric: "cpu" };
  const headers = { authorization: "a", cookie: "c", "x-bk-fta-token": "header-token-1", "ce-id": "1" };
  assert.deepEqual(withoutCredentials(QUERY, { query, headers: {} }), {
    query: { metric: "cpu" },
    headers: {},
  });
  assert.deepEqual(withoutCredentials(HEADER, { query: {}, headers }).headers, { "ce-id": "1" });
  const raw = { "x-amz-sns-rawdelivery": "true" };
  const sns: SourceAuth = { kind: "sns", topics: ["t"], windowSeconds: 1 };
  assert.deepEqual(withoutCredentials(sns, { query: {}, headers: raw }).headers, {});
});

test("every secret of every form is known to the log", () => {
  const hmac = { secret: "h", signatureHeader: "s", windowSeconds: 1 };
  assert.deepEqual(secretsOfAuth(BASIC), ["p:ss 密码", Buffer.from("n9e:p:ss 密码").toString("base64")]);
  assert.deepEqual(secretsOfAuth(QUERY), ["query-token-1"]);
  assert.deepEqual(secretsOfAuth(HEADER), ["header-token-1"]);
  assert.deepEqual(secretsOfAuth({ kind: "bearer", token: "b" }), ["b"]);
  assert.deepEqual(secretsOfAuth({ kind: "grafana", ...hmac }), ["h"]);
  assert.deepEqual(
    secretsOfAuth({ kind: "hmac", ...hmac, algorithm: "sha256", encoding: "hex", signed: "body" }),
    ["h"],
  );
  assert.deepEqual(secretsOfAuth(NONE), []);
});
