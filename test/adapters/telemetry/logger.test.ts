import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger, type LoggerOptions } from "../../../adapters/telemetry/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { Logger } from "../../../core/ports/index.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";

interface Kept {
  log: Logger;
  lines: string[];
  last(): Record<string, unknown>;
}

function keptLog(options: Partial<LoggerOptions> = {}): Kept {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  const log = createLogger({ level: "debug", destination, ...options });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? "null") };
}

test("writes one JSON line with level, time, message and fields", () => {
  const { log, lines, last } = keptLog();
  log.warn({ ruleId: "vm-disk", reason: "throttled" }, "rule throttled");
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /^\{.*\}\n$/);
  const { time, ...rest } = last();
  assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual(rest, { level: "warn", ruleId: "vm-disk", reason: "throttled", msg: "rule throttled" });
});

test("drops lines below its level, and every line when silent", () => {
  const { log, lines } = keptLog({ level: "warn" });
  log.info({}, "no");
  log.error({}, "yes");
  assert.equal(lines.length, 1);
  const silent = keptLog({ level: "silent" });
  silent.log.error({}, "no");
  assert.deepEqual(silent.lines, []);
});

const SECRET_KEYS = [
  ...["token", "access_token", "accessToken", "X-Auth-Token", "secret", "corpsecret", "clientSecret"],
  ...["password", "Passwd", "authorization", "Proxy-Authorization", "apiKey", "api_key", "St2-Api-Key"],
  ...["cookie", "Set-Cookie", "encodingAESKey", "privateKey", "credential", "credentials", "jsapi_ticket"],
];

for (const key of SECRET_KEYS) {
  test(`masks the field ${key} at every level`, () => {
    const { log, lines } = keptLog();
    const deep = { a: { b: [{ [key]: "hunter22" }] }, c: new Map([[key, "hunter22"]]) };
    log.info({ [key]: "hunter22", one: { [key]: { inner: "hunter22" } }, deep }, "x");
    assertLeaksNoSecret(["hunter22"], lines);
    assert.ok(lines[0]?.includes('"***"'));
  });
}

test("leaves counts of tokens and fencing tokens readable", () => {
  const { log, last } = keptLog();
  log.info({ tokens: 3, token: 17, key: "vm-1", keys: ["a"] }, "x");
  assert.partialDeepStrictEqual(last(), { tokens: 3, token: 17, key: "vm-1", keys: ["a"] });
});

test("masks secrets by their look in any text", () => {
  const { log, last } = keptLog();
  const url = "https://qyapi.example/cgi-bin/send?access_token=hunter22&debug=1&key=hunter23";
  log.info({ url, line: "sent Authorization: Bearer hunter24x== to http://u:hunter25@proxy" }, "x");
  const { url: shownUrl, line } = last();
  assert.equal(shownUrl, "https://qyapi.example/cgi-bin/send?access_token=***&debug=1&key=***");
  assert.equal(line, "sent Authorization: Bearer *** to http://u:***@proxy");
});

test("masks the given secrets wherever they stand, in the message too", () => {
  const { log, lines } = keptLog({ secrets: ['hunter"22', "ab", ""] });
  log.error({ note: 'about hunter"22', ab: "ab", at: encodeURIComponent('hunter"22') }, 'bad hunter"22');
  assertLeaksNoSecret(['hunter"22'], lines);
  assert.partialDeepStrictEqual(JSON.parse(lines[0] ?? ""), { note: "about ***", ab: "ab", msg: "bad ***" });
});

test("masks a given secret before a text is cut within it", () => {
  const { log, lines } = keptLog({ secrets: ["hunter22hunter22"] });
  const note = `${"x".repeat(1992)}hunter22hunter22${"y".repeat(2000)}`;
  log.error({ note, err: new Error(note) }, "bad");
  assertLeaksNoSecret(["hunter22"], lines);
});

test("reduces an error of ours to its facts and causes", () => {
  const { log, last } = keptLog();
  const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  const err = new ChatOpsError("no answer", {
    code: "st2.unreachable",
    retryable: true,
    reached: "no",
    cause,
  });
  log.warn({ err }, "start failed");
  assert.deepEqual(last()["err"], {
    name: "ChatOpsError",
    message: "no answer",
    code: "st2.unreachable",
    reached: "no",
    retryable: true,
    cause: { name: "Error", message: "connect ECONNREFUSED", code: "ECONNREFUSED" },
  });
});

test("leaks nothing of the request and response that a foreign error carries", () => {
  const { log, lines } = keptLog();
  const config = { url: "?access_token=hunter22", headers: { authorization: "Bearer hunter22" } };
  const foreign = Object.assign(new Error("Request failed ?access_token=hunter22"), {
    config,
    request: { path: "hunter22" },
    response: { data: "hunter22" },
  });
  log.error({ err: foreign, other: { deep: new Error("wrapped", { cause: foreign }) } }, "x");
  log.error({ err: new Error("odd", { cause: config }) }, "x");
  assertLeaksNoSecret(["hunter22"], lines);
});

test("keeps the frames of an error without a code, since it is a fault of ours", () => {
  const { log, last } = keptLog();
  log.error({ err: new TypeError("x is not a function") }, "x");
  const err = last()["err"] as { frames: string[] };
  assert.ok(err.frames.length > 0 && err.frames.every((frame) => frame.startsWith("at ")));
});

test("tells each of several errors", () => {
  const { log, last } = keptLog();
  log.error({ err: new AggregateError([new Error("one"), new Error("two")], "both") }, "x");
  const err = last()["err"] as { errors: { message: string }[] };
  assert.deepEqual(
    err.errors.map((one) => one.message),
    ["one", "two"],
  );
});

test("survives round, deep, endless and unreadable fields", () => {
  const { log, lines, last } = keptLog();
  const round: Record<string, unknown> = {
    big: 1n,
    fn: () => 1,
    when: new Date(NaN),
    bytes: new Uint8Array(3),
  };
  round["self"] = round;
  const loop = new Error("loop");
  loop.cause = loop;
  log.info({ round, loop, many: Array.from({ length: 1000 }, (_, i) => i) }, "odd");
  assert.ok((lines[0]?.length ?? 0) < 10_000);
  assert.partialDeepStrictEqual(last(), { round: { big: "1", fn: "[function]", bytes: "[3 bytes]" } });
  const unreadable = Object.defineProperty({}, "x", { enumerable: true, get: () => assert.fail("read") });
  log.info(unreadable, "unreadable");
  assert.partialDeepStrictEqual(last(), { unreadable: true, msg: "unreadable" });
});

test("bounds a line whose fields refer to each other all over", () => {
  const { log, lines } = keptLog();
  const tangled: Record<string, unknown> = {};
  for (let i = 0; i < 40; i++) tangled[`k${i}`] = tangled;
  log.info({ tangled }, "x");
  assert.ok((lines[0]?.length ?? 0) < 50_000);
});

test("cuts a long text and says how much is missing", () => {
  const { log, last } = keptLog();
  log.info({ body: "鲸".repeat(5000) }, "x");
  assert.match(String(last()["body"]), /^鲸{2000}… \[3000 more\]$/);
});

test("keeps a field from passing for the line's own level, time or message", () => {
  const { log, lines } = keptLog();
  log.info({ msg: "forged", level: "error", time: 1 }, "true");
  assert.equal(lines[0]?.match(/"msg":/g)?.length, 1);
  assert.partialDeepStrictEqual(JSON.parse(lines[0] ?? ""), { level: "info", msg: "true", msg_: "forged" });
});

test("keeps a forged line break inside its own line", () => {
  const { log, lines } = keptLog();
  log.info({ title: 'a\n{"level":"error"}' }, "x");
  assert.equal(lines[0]?.trimEnd().split("\n").length, 1);
});

test("does not change the fields it was given", () => {
  const fields = { token: "hunter22", msg: "m", deep: { password: "hunter22" } };
  keptLog().log.info(fields, "x");
  assert.deepEqual(fields, { token: "hunter22", msg: "m", deep: { password: "hunter22" } });
});

test("masks a secret from the moment on that it is told of it", () => {
  const lines: string[] = [];
  const log = createLogger({ level: "info", destination: { write: (line) => void lines.push(line) } });
  log.hide(["secret-of-a-new-source"]);
  log.hide(["secret-of-another", ""]);
  log.info({ text: "secret-of-a-new-source and secret-of-another" }, "said");
  assert.match(lines[0] ?? "", /"text":"\*\*\* and \*\*\*"/);
});
