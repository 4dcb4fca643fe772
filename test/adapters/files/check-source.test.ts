import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { inspect } from "node:util";
import { cronFault } from "../../../adapters/cron/index.ts";
import { formatProblems, loadHome } from "../../../adapters/files/index.ts";
import { parseNetwork } from "../../../adapters/files/networks.ts";
import { sourceKinds } from "../../../adapters/sources/index.ts";
import type { Source } from "../../../core/events/index.ts";
import { aHomeDir, NOW_MS } from "./home-dir.ts";

const ENV = { HOOK_SECRET: "secret-of-the-environment" };
const SECRET = "s3cr3t-value";

interface Given {
  kind?: string;
  /** Content of the file that `FILE` in the text stands for. */
  file?: string | Uint8Array;
}

async function load(t: TestContext, lines: string, { kind = "generic", file }: Given = {}) {
  const dir = aHomeDir(t);
  const secret = join(dir, "secret.txt");
  if (file !== undefined) writeFileSync(secret, file);
  const text = `name: open\nkind: ${kind}\n${lines.replaceAll("FILE", secret)}\n`;
  writeFileSync(join(dir, "sources/open.yaml"), text);
  const checkOptions = (one: string, options: Parameters<NonNullable<Checker>>[0]) =>
    sourceKinds[one]?.checkOptions?.(options)?.message ?? null;
  return loadHome({ dir, env: ENV, nowMs: NOW_MS, kinds: Object.keys(sourceKinds), cronFault, checkOptions });
}

type Checker = NonNullable<(typeof sourceKinds)[string]>["checkOptions"];

async function source(t: TestContext, lines: string, given?: Given): Promise<Source | undefined> {
  const outcome = await load(t, lines, given);
  return outcome.outcome === "loaded"
    ? outcome.home.sources[0]
    : assert.fail(formatProblems(outcome.problems));
}

const HMAC = { kind: "hmac", secret: SECRET, windowSeconds: 300, algorithm: "sha256" };
const STAMPED = { signatureHeader: "x-whale-signature", timestampHeader: "x-whale-timestamp" };

const FORMS: [auth: string, wanted: object, kind?: string][] = [
  ["none", { kind: "none" }],
  [`{ bearer: ${SECRET} }`, { kind: "bearer", token: SECRET }],
  [`{ bearer: "\${HOOK_SECRET}" }`, { kind: "bearer", token: ENV.HOOK_SECRET }],
  [`{ basic: { user: n9e, password: ${SECRET} } }`, { kind: "basic", user: "n9e", password: SECRET }],
  [`{ query: { token: ${SECRET} } }`, { kind: "query", name: "token", token: SECRET }],
  [`{ query: { name: key, token: ${SECRET} } }`, { kind: "query", name: "key", token: SECRET }],
  [
    `{ header: { name: X-Bk-Fta-Token, value: ${SECRET} } }`,
    { kind: "header", name: "x-bk-fta-token", value: SECRET },
  ],
  [`{ hmac: { secret: ${SECRET} } }`, { ...HMAC, ...STAMPED, encoding: "hex", signed: "timestamp.body" }],
  [
    `{ hmac: { secret: ${SECRET}, signatureHeader: X-Sig, encoding: base64, prefix: "v1=", signed: body, windowSeconds: 60 } }`,
    {
      ...{ ...HMAC, windowSeconds: 60, signatureHeader: "x-sig" },
      ...{ encoding: "base64", prefix: "v1=", signed: "body" },
    },
  ],
  [
    `{ grafana: { secret: ${SECRET} } }`,
    { kind: "grafana", secret: SECRET, windowSeconds: 300, signatureHeader: "x-grafana-alerting-signature" },
  ],
  ["{ sns: { topics: [arn] } }", { kind: "sns", topics: ["arn"], windowSeconds: 3600 }, "aws-sns"],
  [
    "{ smn: { topics: [urn], windowSeconds: 60 } }",
    { kind: "smn", topics: ["urn"], windowSeconds: 60 },
    "huawei-smn",
  ],
];

for (const [auth, wanted, kind] of FORMS) {
  test(`reads auth: ${auth}`, async (t) => {
    const read = await source(t, `auth: ${auth}`, kind === undefined ? {} : { kind });
    assert.deepEqual(read?.auth, wanted);
  });
}

test("reads the window of incidents that never recover; without it the source names none", async (t) => {
  assert.equal((await source(t, "auth: none\nincidentWindow: 6h"))?.incidentWindowMs, 21_600_000);
  assert.equal("incidentWindowMs" in ((await source(t, "auth: none")) ?? {}), false);
});

test("reads networks, limits, zone and options", async (t) => {
  const lines = [
    "auth: none",
    "allow: [10.0.0.0/8, 192.0.2.7, 'fd00::/8', '::1']",
    "limits: { perSecond: 0.5, burst: 3, maxBytes: 2048 }",
    "zone: Asia/Shanghai",
    "options: { zone: Europe/Berlin }",
  ];
  const read = await source(t, lines.join("\n"));
  assert.deepEqual(read?.allow, [
    { address: "10.0.0.0", prefix: 8, family: "ipv4" },
    { address: "192.0.2.7", prefix: 32, family: "ipv4" },
    { address: "fd00::", prefix: 8, family: "ipv6" },
    { address: "::1", prefix: 128, family: "ipv6" },
  ]);
  assert.deepEqual(read?.limits, { perSecond: 0.5, burst: 3, maxBytes: 2048 });
  assert.deepEqual([read?.zone, read?.options], ["Asia/Shanghai", { zone: "Europe/Berlin" }]);
});

for (const text of [
  "",
  "x",
  "10.0.0",
  "10.0.0.0/33",
  "10.0.0.0/-1",
  "10.0.0.0/",
  "fd00::/129",
  "::1%lo",
  "0x7f.1",
  "1.2.3.4/8/8",
]) {
  test(`"${text}" is no network`, () => assert.equal(parseNetwork(text), null));
}

const FILE_SECRETS: [name: string, content: string, secret: string][] = [
  ["as it is", SECRET, SECRET],
  ["without its last line end", `${SECRET}\n`, SECRET],
  ["without a line end of Windows", `${SECRET}\r\n`, SECRET],
  ["with the blanks inside it", ` a  b \n`, " a  b "],
];

for (const [name, content, secret] of FILE_SECRETS) {
  test(`reads a secret from a file ${name}`, async (t) => {
    const read = await source(t, "auth: { hmac: { secret: { file: FILE } } }", { file: content });
    assert.equal(read?.auth.kind === "hmac" && read.auth.secret, secret);
  });
}

test("reads a bearer token from a file", async (t) => {
  const read = await source(t, "auth: { bearer: { file: FILE } }", { file: `${SECRET}\n` });
  assert.deepEqual(read?.auth, { kind: "bearer", token: SECRET });
});

const REFUSED: [lines: string, place: string, says: RegExp, given?: Given][] = [
  ["auth: { bearer: { file: FILE } }", "3:17 auth.bearer", /文件是空的/, { file: "\n" }],
  ["auth: { bearer: { file: FILE } }", "3:17 auth.bearer", /超过 4096/, { file: "x".repeat(4097) }],
  ["auth: { bearer: { file: FILE } }", "3:17 auth.bearer", /UTF-8/, { file: new Uint8Array([0xff, 0xfe]) }],
  ["auth: { bearer: { file: FILE } }", "3:17 auth.bearer", /ENOENT/],
  ["auth: { bearer: { file: secret.txt } }", "3:17 auth.bearer", /绝对路径/],
  ["auth: { bearer: { file: FILE } }", "3:17 auth.bearer", /空白/, { file: `${SECRET} x` }],
  ["auth: { bearer: { file: FILE, x: 1 } }", "3:17 auth.bearer", /应为文本/, { file: SECRET }],
  ["auth: { file: FILE }", "3:1 auth.bearer", /缺少/, { file: SECRET }],
  ['auth: { bearer: "" }', "3:17 auth.bearer", /不能为空/],
  ['auth: { basic: { user: "", password: x } }', "3:24 auth.basic.user", /不能为空/],
  ['auth: { basic: { user: "a:b", password: x } }', "3:24 auth.basic.user", /冒号/],
  ['auth: { basic: { user: a, password: "" } }', "3:37 auth.basic.password", /不能为空/],
  ["auth: { basic: { user: a } }", "3:9 auth.basic.password", /缺少/],
  ['auth: { query: { token: "  " } }', "3:25 auth.query.token", /不能为空/],
  ['auth: { header: { name: X-T, value: "" } }', "3:37 auth.header.value", /不能为空/],
  ['auth: { header: { name: "X T", value: x } }', "3:25 auth.header.name", /请求头/],
  ['auth: { hmac: { secret: "" } }', "3:25 auth.hmac.secret", /不能为空/],
  ["auth: { hmac: { secret: x, windowSeconds: 0 } }", "3:43 auth.hmac.windowSeconds", /1 到 86400/],
  ["auth: { hmac: { secret: x, signed: bodies } }", "3:36 auth.hmac.signed", /之一/],
  ["auth: { hmac: { secret: x, algorithm: md5 } }", "3:39 auth.hmac.algorithm", /sha256/],
  [
    "auth: { hmac: { secret: x, signed: body, timestampHeader: X-T } }",
    "3:59 auth.hmac.timestampHeader",
    /不含时间/,
  ],
  [
    "auth: { hmac: { secret: x, signatureHeader: X-T, timestampHeader: x-t } }",
    "3:67 auth.hmac.timestampHeader",
    /不能与/,
  ],
  ["auth: { hmacs: { secret: x } }", "3:9 auth.hmacs", /是不是 hmac/],
  ["auth: { bearer: x, basic: { user: a, password: b } }", "3:20 auth.basic", /没有这个字段/],
  ["auth: { sns: { topics: [] } }", "3:24 auth.sns.topics", /至少/, { kind: "aws-sns" }],
  ["auth: { sns: {} }", "3:9 auth.sns.topics", /缺少/, { kind: "aws-sns" }],
  ["auth: { sns: { topics: [t] } }", "3:7 auth", /kind: aws-sns/],
  ["auth: { smn: { topics: [t] } }", "3:7 auth", /kind: huawei-smn/, { kind: "aws-sns" }],
  ["auth: none\nallow: []", "4:8 allow", /至少/],
  ["auth: none\nallow: [10.0.0.0/8, 10.0.0.300]", "4:21 allow[1]", /网段/],
  ["auth: none\nlimits: { perSecond: 0 }", "4:22 limits.perSecond", /大于 0/],
  ["auth: none\nlimits: { perSecond: 1, burst: 0 }", "4:32 limits.burst", /1 到/],
  ["auth: none\nlimits: { burst: 5 }", "4:11 limits.burst", /perSecond/],
  ["auth: none\nlimits: { maxBytes: 7 }", "4:21 limits.maxBytes", /1024/],
  ["auth: none\nlimits: { perHour: 7 }", "4:11 limits.perHour", /没有这个字段/],
  ["auth: none\nzone: Asia/Shanghia", "4:7 zone", /不是时区名/],
  ["auth: none\nincidentWindow: 6 hours", "4:17 incidentWindow", /应为时长/],
  ["auth: none\nincidentWindow: 0s", "4:17 incidentWindow", /应为时长/],
  ["auth: none\noptions: 7", "4:10 options", /应为字段/],
  ["auth: none\noptions:\n  zone: Mars\n", "5:9 options.zone", /options\.zone/],
  [
    "auth: none\noptions: { zone: Asia/Tokyo, felds: {} }",
    "4:37 options.felds",
    /没有这个选项/,
    { kind: "zabbix" },
  ],
];

for (const [lines, place, says, given] of REFUSED) {
  test(`refuses ${lines.replaceAll("\n", " ")} (${String(says)}) at its place`, async (t) => {
    const outcome = await load(t, lines, given);
    assert.ok(outcome.outcome === "refused");
    const text = formatProblems(outcome.problems);
    const line = text.split("\n").find((one) => one.startsWith(`sources/open.yaml:${place}`));
    assert.match(line ?? text, says);
    assert.ok(line !== undefined, text);
    assert.doesNotMatch(text + inspect(outcome.problems, { depth: null }), /s3cr3t|secret-of-the-env/);
  });
}

test("refuses options where nobody can check them", async (t) => {
  const dir = aHomeDir(t, {
    "sources/open.yaml": "name: open\nkind: generic\nauth: none\noptions: { zone: x }\n",
  });
  const outcome = await loadHome({ dir, env: {}, nowMs: NOW_MS, kinds: ["generic"], cronFault });
  assert.ok(outcome.outcome === "refused");
  assert.match(formatProblems(outcome.problems), /^sources\/open\.yaml:4:12 options\.zone/);
});
