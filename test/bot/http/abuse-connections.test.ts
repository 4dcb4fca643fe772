import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { rawConnection, rawPost, sendRaw, statusAndCode } from "../../support/raw-http.ts";
import { metric, until } from "../../support/world.ts";
import { type HookServer, type HookServerOptions, hookServer, jsonPost, receiptsOf } from "./hook-server.ts";

const BODY = '{"event_type":"disk.full","id":"a"}';
const POST = "POST /hooks/open HTTP/1.1\r\nhost: whale\r\n";
/** Short, so that nobody waits; the process's own are seconds. */
const SHORT = { headersTimeoutMs: 100, requestTimeoutMs: 200, checkEveryMs: 10, closeTimeoutMs: 100 };

const open = (t: TestContext, connections: NonNullable<HookServerOptions["connections"]> = {}) =>
  hookServer(t, { sources: { open: { auth: "none" } }, connections });

async function staysWell(server: HookServer): Promise<void> {
  const [receipt] = await receiptsOf(server.send("open", jsonPost(BODY)));
  assert.match(receipt?.eventId ?? "", /^e_/);
  const errors = server.lines.filter((line) => line.includes('"level":"error"'));
  assert.deepEqual(errors, [], "nobody has to act for what a stranger does");
}

interface Broken {
  name: string;
  bytes: string | Buffer;
  status: number;
  code: string;
}

const many = (count: number, line: string) => line.repeat(count);

const BROKEN: readonly Broken[] = [
  {
    name: "five thousand headers",
    bytes: `${POST}${many(5000, "h: v\r\n")}\r\n`,
    ...{ status: 431, code: "headers_too_large" },
  },
  {
    name: "a header of 20 kB",
    bytes: `${POST}a: ${"x".repeat(20_000)}\r\n\r\n`,
    ...{ status: 431, code: "headers_too_large" },
  },
  {
    name: "an address of 20 kB",
    bytes: rawPost(`/hooks/${"a".repeat(20_000)}`, "{}"),
    ...{ status: 431, code: "headers_too_large" },
  },
  {
    name: "five thousand trailers",
    bytes: `${POST}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n${many(5000, "t: x\r\n")}\r\n`,
    ...{ status: 431, code: "headers_too_large" },
  },
  {
    name: "an extension of a chunk of 20 kB",
    bytes: `${POST}transfer-encoding: chunked\r\n\r\n2;${"x".repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
    ...{ status: 413, code: "too_large" },
  },
  {
    name: "two lengths",
    bytes: `${POST}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`,
    ...{ status: 400, code: "bad_request" },
  },
  {
    name: "a length and chunks",
    bytes: `${POST}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    ...{ status: 400, code: "bad_request" },
  },
  {
    name: "a negative length",
    bytes: `${POST}content-length: -1\r\n\r\n`,
    ...{ status: 400, code: "bad_request" },
  },
  {
    name: "a chunk whose size is no number",
    bytes: `${POST}transfer-encoding: chunked\r\n\r\nZZ\r\n`,
    ...{ status: 400, code: "bad_request" },
  },
  {
    name: "lines that end in a bare line feed",
    bytes: POST.replaceAll("\r", ""),
    ...{ status: 400, code: "bad_request" },
  },
  { name: "noise", bytes: Buffer.from([0, 1, 2, 255, 13, 10]), status: 400, code: "bad_request" },
  {
    name: "the beginning of TLS",
    bytes: Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1]),
    ...{ status: 400, code: "bad_request" },
  },
  {
    name: "an address that is no ASCII",
    bytes: Buffer.from("POST /hooks/\xff HTTP/1.1\r\n\r\n", "latin1"),
    ...{ status: 400, code: "bad_request" },
  },
];

for (const { name, bytes, status, code } of BROKEN) {
  test(`answers ${name} with ${status}, closes, counts and logs it as ${code}`, async (t) => {
    const server = await open(t);
    assert.deepEqual(statusAndCode(await sendRaw(server.url(), bytes)), [status, code]);
    assert.equal(await metric(server, "whale_events_total", { source: "-", outcome: code }), 1);
    const told = server.lines.filter((line) => line.includes(`"code":"${code}"`));
    assert.equal(told.length, 1);
    await staysWell(server);
  });
}

test("a body that is packed by its transfer encoding is answered with 415, and kept", async (t) => {
  const server = await open(t);
  const packed = `${POST}connection: close\r\ntransfer-encoding: gzip, chunked\r\n\r\n2\r\nzz\r\n0\r\n\r\n`;
  assert.deepEqual(statusAndCode(await sendRaw(server.url(), packed)), [415, "compressed"]);
  const [refusal] = await server.store().journal.refusals(10);
  const raw = await server.store().journal.raw(refusal?.rawRef ?? "");
  assert.equal(Buffer.from(raw?.bytes ?? []).toString(), "zz");
});

test("headers that never end are cut off with 408, though bytes keep coming", async (t) => {
  const server = await open(t, SHORT);
  const { socket, answer } = rawConnection(server.url());
  socket.write(POST);
  const drip = setInterval(() => socket.write("a: b\r\n"), 20);
  assert.deepEqual(statusAndCode(await answer), [408, "too_slow"]);
  clearInterval(drip);
  assert.equal(await metric(server, "whale_events_total", { source: "-", outcome: "too_slow" }), 1);
  await staysWell(server);
});

test("a body that never ends is cut off with 408, and nothing of it is kept", async (t) => {
  const server = await open(t, SHORT);
  const { socket, answer } = rawConnection(server.url());
  socket.write(`${POST}content-length: 1000\r\n\r\n{`);
  const drip = setInterval(() => socket.write(" "), 20);
  assert.deepEqual(statusAndCode(await answer), [408, "too_slow"]);
  clearInterval(drip);
  await staysWell(server);
  assert.deepEqual(await server.store().journal.refusals(10), []);
});

test("two hundred slow senders hold up nobody, and all of them are cut off", async (t) => {
  const server = await open(t, SHORT);
  const slow = Array.from({ length: 200 }, (_, n) => {
    const { socket, answer } = rawConnection(server.url());
    socket.write(n % 2 === 0 ? POST : `${POST}content-length: 1000\r\n\r\n{`);
    return answer;
  });
  await staysWell(server);
  const codes = (await Promise.all(slow)).map((answer) => statusAndCode(answer)[1]);
  assert.deepEqual([...new Set(codes)], ["too_slow"]);
  assert.equal(await metric(server, "whale_events_total", { source: "-", outcome: "too_slow" }), 200);
});

test("a sender that waits does not hold up the end of the process", async (t) => {
  const server = await open(t, { ...SHORT, headersTimeoutMs: 60_000, requestTimeoutMs: 60_000 });
  const { socket, answer } = rawConnection(server.url());
  socket.write(`${POST}expect: 100-continue\r\ncontent-length: 1000\r\n\r\n{`);
  // Its request is under way once the server has asked for the body.
  await new Promise((resolve) => socket.once("data", resolve));
  await server.restart();
  assert.match(await answer, /^HTTP\/1\.1 100 /);
  await staysWell(server);
});

test("twenty requests in one write are answered in their order", async (t) => {
  const server = await open(t);
  const one = (n: number) => {
    const body = `{"event_type":"disk.full","id":"${n}"}`;
    return `${POST}content-length: ${body.length}\r\n\r\n${body}`;
  };
  const requests = Array.from({ length: 20 }, (_, n) => one(n % 10)).join("");
  const answers = await sendRaw(server.url(), requests + rawPost("/hooks/open", BODY).toString());
  const ids = [...answers.matchAll(/"eventId":"(\w+)","outcome":"(\w+)"/g)].map(([, id]) => id);
  assert.equal(ids.length, 21);
  assert.deepEqual(ids.slice(0, 10), ids.slice(10, 20));
  assert.equal(new Set(ids).size, 11);
});

test("bodies that nobody ends hold no more memory than they may, and keep no whole body out", async (t) => {
  const server = await hookServer(t, {
    sources: { open: { auth: "none" } },
    limits: { maxInFlightBytes: 4_000 },
  });
  const begun = Array.from({ length: 10 }, () => {
    const connection = rawConnection(server.url());
    connection.socket.write(`${POST}content-length: 900\r\n\r\n${"x".repeat(800)}`);
    return connection;
  });
  const answers: string[] = [];
  for (const { answer } of begun) void answer.then((one) => answers.push(one));
  await until({ lines: [] }, "eight to be turned away", () => answers.length === 8);
  for (const answer of answers) assert.deepEqual(statusAndCode(answer), [503, "overloaded"]);
  assert.equal(await metric(server, "whale_intake_shed_total", { reason: "bodies_in_flight" }), 8);
  await staysWell(server);
  for (const { socket } of begun) socket.destroy();
  await Promise.all(begun.map(({ answer }) => answer));
  const whole = JSON.stringify({ event_type: "disk.full", id: "b", text: "x".repeat(1_500) });
  const [receipt] = await receiptsOf(server.send("open", jsonPost(whole)));
  assert.match(receipt?.eventId ?? "", /^e_/);
});
