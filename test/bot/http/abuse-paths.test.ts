import assert from "node:assert/strict";
import { test } from "node:test";
import { rawPost, sendRaw, statusAndCode } from "../../support/raw-http.ts";
import { metric } from "../../support/world.ts";
import { hookServer } from "./hook-server.ts";

const BODY = '{"event_type":"disk.full","id":"a"}';
const TOKEN = "token-of-the-paths-0001";

/** What no source can be meant by. */
const UNKNOWN: readonly string[] = [
  ...["/hooks/%2e%2e", "/hooks/..%2fopen", "/hooks/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/hooks/..%5copen"],
  ...["/hooks/%00", "/hooks/open%00", "/hooks/open%20", "/hooks/open;a=b", "/hooks/open%3Fa", "/hooks/Open"],
  ...[
    "/hooks/__proto__",
    "/hooks/constructor",
    "/hooks/toString",
    "/hooks/%E4%B8",
    "/hooks/%",
    "/hooks/%u0041",
  ],
  ...[`/hooks/${"a".repeat(8_000)}`, `/hooks/${"%2e".repeat(4_000)}`, "/hooks/%C0%AE%C0%AE", "/hooks/*"],
];

/** What no route takes. */
const NO_ROUTE: readonly string[] = [
  ...[
    "/hooks/../x",
    "/hooks/./open",
    "/hooks/../hooks/open",
    "/hooks",
    "/hooks/",
    "/hooks//open",
    "//hooks/open",
  ],
  ...["/hooks/open/more", "*", "/%68ooks/open", "/hooks\\open", "/", "/metrics", "/wecom/../hooks/open"],
];

/** Other spellings of the source's own address: the query means nothing where nobody asks for it. */
const TAKEN: readonly string[] = [
  ...["/hooks/open?", "/hooks/open?%", "/hooks/open?a=%ff&a[b]=1&=&&&__proto__=1&constructor[prototype]=1"],
  ...[
    "/hooks/open?%00=%00",
    `/hooks/open?${"a=1&".repeat(3_000)}`,
    "/hooks/open?'%20OR%201=1;--",
    "/hooks/open#x",
  ],
  ...["/hooks/%6fpen", "/hooks/open/", "http://other.example/hooks/open"],
];

test("an address is a source's, or is answered with 404 and told; it never leads elsewhere", async (t) => {
  const server = await hookServer(t, { sources: { open: { auth: "none" } } });
  const posted = async (path: string) => statusAndCode(await sendRaw(server.url(), rawPost(path, BODY)));
  for (const path of UNKNOWN)
    assert.deepEqual(await posted(path), [404, "unknown_source"], path.slice(0, 80));
  for (const path of NO_ROUTE) assert.ok([404, 405].includes((await posted(path))[0]), path);
  const labels = { source: "-", outcome: "unknown_source" };
  assert.equal(await metric(server, "whale_events_total", labels), UNKNOWN.length);
  assert.equal(await server.store().journal.lag("rules"), 0);
  for (const path of TAKEN) assert.deepEqual(await posted(path), [202, "-"], path.slice(0, 80));
  assert.equal(await server.store().journal.lag("rules"), 1);
  // A name that a stranger made up is told short.
  const told = server.lines.filter((line) => line.includes("unknown_source"));
  assert.equal(told.length, UNKNOWN.length);
  assert.ok(told.every((line) => line.length < 1_000));
});

test("a token in the query counts only when it stands there once and whole", async (t) => {
  const server = await hookServer(t, { sources: { keyed: { auth: { query: { token: TOKEN } } } } });
  const posted = async (query: string) =>
    statusAndCode(await sendRaw(server.url(), rawPost(`/hooks/keyed?${query}`, BODY)));
  const CASES: readonly [query: string, status: number, code: string][] = [
    [`token=${TOKEN}`, 202, "-"],
    [`a=%ff&token=${TOKEN}&b`, 202, "-"],
    [`%74oken=${TOKEN.replace("t", "%74")}`, 202, "-"],
    [`token=${TOKEN}&token=${TOKEN}`, 401, "repeated_credentials"],
    [`token=${TOKEN}&%74oken=x`, 401, "repeated_credentials"],
    [`token[]=${TOKEN}`, 401, "no_credentials"],
    [`token[0]=${TOKEN}`, 401, "no_credentials"],
    [`Token=${TOKEN}`, 401, "no_credentials"],
    [`__proto__[token]=${TOKEN}`, 401, "no_credentials"],
    ["token=", 401, "no_credentials"],
    [`token=${TOKEN}%00`, 401, "bad_credentials"],
    [`token=${TOKEN}%20`, 401, "bad_credentials"],
    [`token=${TOKEN};x`, 401, "bad_credentials"],
    ["token=%ff%fe", 401, "bad_credentials"],
    ["token=%", 401, "bad_credentials"],
    [`${"a&".repeat(2_000)}token=${TOKEN}`, 202, "-"],
  ];
  for (const [query, status, code] of CASES) {
    assert.deepEqual(await posted(query), [status, code], query.slice(0, 80));
  }
});
