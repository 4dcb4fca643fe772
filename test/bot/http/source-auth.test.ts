import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";
import { callerOf } from "../../../bot/http/caller.ts";
import { sameSecret } from "../../../bot/http/same-secret.ts";
import { checkCaller } from "../../../bot/http/source-auth.ts";

const BEARER = { kind: "bearer", token: "hook-token-1" } as const;

/** Who sends a request from an address with these Authorization headers. */
function caller(remoteAddress: string, ...authorization: string[]) {
  const headersDistinct = authorization.length > 0 ? { authorization } : {};
  const request = { headersDistinct, socket: { remoteAddress } } as unknown as IncomingMessage;
  return callerOf(request, {}, 0);
}

const ADDRESSES: [address: string, letIn: boolean][] = [
  ["127.0.0.1", true],
  ["127.8.9.1", true],
  ["::1", true],
  ["::ffff:127.0.0.1", true],
  ["10.20.3.17", false],
  ["::ffff:10.20.3.17", false],
  ["fe80::1", false],
  ["128.0.0.1", false],
  ["0.0.0.0", false],
  ["", false],
];

for (const [address, letIn] of ADDRESSES) {
  test(`a source without authentication is ${letIn ? "open" : "closed"} to ${address || "an unknown peer"}`, () => {
    const wanted = letIn ? { outcome: "let_in" } : { outcome: "refused", reason: "open_only_to_loopback" };
    assert.deepEqual(checkCaller({ auth: { kind: "none" } }, caller(address)), wanted);
  });
}

test("a source without authentication is open to this machine by an address of its own, past no proxy", () => {
  const socket = { remoteAddress: "10.20.3.17", localAddress: "10.20.3.17" };
  const judged = (headersDistinct: Record<string, string[]>, own: typeof socket) => {
    const request = { headersDistinct, socket: own } as unknown as IncomingMessage;
    return checkCaller({ auth: { kind: "none" } }, callerOf(request, {}, 0)).outcome;
  };
  assert.equal(judged({}, socket), "let_in");
  assert.equal(judged({}, { ...socket, remoteAddress: "10.20.3.18" }), "refused");
  assert.equal(judged({}, { remoteAddress: "", localAddress: "" }), "refused");
  assert.equal(judged({ "x-forwarded-for": ["10.20.3.17"] }, socket), "refused");
  assert.equal(judged({ forwarded: ["for=10.20.3.17"] }, socket), "refused");
});

const PAGES: [headers: Record<string, string[]>, outcome: string][] = [
  [{ "sec-fetch-site": ["none"] }, "let_in"],
  [{ "sec-fetch-site": ["same-origin"], origin: ["http://127.0.0.1:3000"] }, "let_in"],
  [{ origin: ["http://127.0.0.1:3000"] }, "let_in"],
  [{ "sec-fetch-site": ["cross-site"] }, "foreign_page"],
  [{ "sec-fetch-site": ["same-site"] }, "foreign_page"],
  [{ "sec-fetch-site": ["none", "cross-site"] }, "foreign_page"],
  [{ origin: ["https://evil.example"] }, "foreign_page"],
  [{ origin: ["http://127.0.0.1:3001"] }, "foreign_page"],
  [{ origin: ["http://127.0.0.1:3000", "https://evil.example"] }, "foreign_page"],
  [{ origin: ["null"] }, "foreign_page"],
  [{ origin: [""] }, "foreign_page"],
];

const OPEN: Parameters<typeof checkCaller>[0] = { auth: { kind: "none" } };

/** What a source answers to a request from this machine with these headers. */
function answered(headers: Record<string, string[]>, method = "POST", source = OPEN): string {
  const headersDistinct = { host: ["127.0.0.1:3000"], ...headers };
  const socket = { remoteAddress: "127.0.0.1" };
  const request = { method, headersDistinct, socket } as unknown as IncomingMessage;
  const judged = checkCaller(source, callerOf(request, {}, 0));
  return judged.outcome === "refused" ? judged.reason : judged.outcome;
}

for (const [headers, outcome] of PAGES) {
  test(`a source without authentication answers a browser's ${JSON.stringify(headers)} with ${outcome}`, () => {
    assert.equal(answered(headers), outcome);
  });
}

const LOCAL_HOSTS = [
  "127.0.0.1",
  "127.0.0.1:8080",
  "[::1]:8080",
  "10.20.3.17:8080",
  "localhost",
  "LOCALHOST:8080",
];

for (const host of [...LOCAL_HOSTS, "whale.localhost:8080"]) {
  test(`a source without authentication is asked as ${host}, by pages of its own too`, () => {
    for (const method of ["POST", "GET"]) {
      assert.equal(answered({ host: [host] }, method), "let_in");
      assert.equal(answered({ host: [host], origin: [`http://${host}`] }, method), "let_in");
    }
  });
}

for (const host of [
  "evil.example:8080",
  "127.0.0.1.evil.example",
  "localhost.evil.example",
  "1.2.3",
  "[::1",
  "",
]) {
  test(`a page can be brought to this machine under the name ${JSON.stringify(host)}, so that its requests are refused`, () => {
    assert.equal(answered({ host: [host], origin: [`http://${host}`] }), "foreign_page");
    const allow = [{ address: "127.0.0.0", prefix: 8, family: "ipv4" as const }];
    assert.equal(
      answered({ host: [host], origin: [`http://${host}`] }, "POST", { ...OPEN, allow }),
      "foreign_page",
    );
    // A browser says with no GET where it comes from.
    assert.equal(answered({ host: [host] }, "GET"), "foreign_page");
  });
}

test("who is no browser posts to a source without authentication under any name of its machine", () => {
  assert.equal(answered({ host: ["whale.monitoring.svc:8080"] }), "let_in");
  const allow = [{ address: "127.0.0.0", prefix: 8, family: "ipv4" as const }];
  assert.equal(answered({ host: ["whale.monitoring.svc:8080"] }, "GET", { ...OPEN, allow }), "let_in");
  assert.equal(answered({ host: ["whale:8080"] }, "GET"), "let_in");
});

const HEADERS: [authorization: string[], outcome: string][] = [
  [["Bearer hook-token-1"], "let_in"],
  [["bearer   hook-token-1"], "let_in"],
  [[], "no_credentials"],
  [[""], "no_credentials"],
  [["Bearer"], "no_credentials"],
  [["Bearer hook-token-1 more"], "no_credentials"],
  [["hook-token-1"], "no_credentials"],
  [["Basic hook-token-1"], "no_credentials"],
  [["Bearer hook-token-1", "Bearer hook-token-1"], "repeated_credentials"],
  [["Bearer hook-token-2"], "bad_credentials"],
  [["Bearer hook-token-11"], "bad_credentials"],
  [["Bearer HOOK-TOKEN-1"], "bad_credentials"],
];

for (const [authorization, outcome] of HEADERS) {
  test(`answers the header ${JSON.stringify(authorization)} with ${outcome}`, () => {
    const judged = checkCaller({ auth: BEARER }, caller("10.0.0.1", ...authorization));
    assert.equal(judged.outcome === "refused" ? judged.reason : judged.outcome, outcome);
  });
}

test("an empty secret matches nothing, not even itself", () => {
  assert.equal(sameSecret("", ""), false);
  assert.equal(sameSecret("a", "a"), true);
  assert.equal(sameSecret("a", "aa"), false);
});
