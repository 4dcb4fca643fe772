import assert from "node:assert/strict";
import { test } from "node:test";
import { aPolicy, loaded, refused } from "./home-dir.ts";

const TYPE = "type: disk.full\ntitle: 磁盘\nowner: sre\n";
const SOURCE = "name: open\nkind: generic\nauth: none\n";
const CLUSTER = "name: hz\napi: http://st2/api\n";
const KEY = "auth: { apiKey: k }\n";

/** A file of the home, its text, and what must be said of it: line, column, field and a part of the message. */
const REFUSALS: readonly [file: string, text: string, place: string, message: RegExp][] = [
  ["event-types/disk.yaml", TYPE.replace("owner: sre\n", ""), "1:1 owner", /缺少此字段/],
  ["event-types/x.yaml", TYPE.replace("disk.full", "whale.x"), "1:7 type", /由系统保留/],
  ["event-types/x.yaml", TYPE.replace("disk.full", "unmapped"), "1:7 type", /由系统保留/],
  ["event-types/x.yaml", TYPE.replace("disk.full", "9"), "1:7 type", /应为文本，这里是数字/],
  ["event-types/x.yaml", TYPE, "1:7 type", /与 event-types\/disk\.yaml 重复/],
  ["event-types/disk.yaml", `${TYPE}subject: "{{ a }}}"\n`, "4:16 subject", /}}} 有歧义/],
  ["event-types/disk.yaml", `${TYPE}subject: detail.host\n`, "4:10 subject", /写作 \{\{ detail\.host \}\}/],
  ["event-types/disk.yaml", `${TYPE}keep: a month\n`, "4:7 keep", /应为时长/],
  ["event-types/disk.yaml", `${TYPE}keep: 30\n`, "4:7 keep", /应为文本/],
  ["event-types/disk.yaml", `${TYPE}strict: no\n`, "4:9 strict", /应为true 或 false/],
  [
    "event-types/disk.yaml",
    `${TYPE}schema:\n  properties:\n    a: { pattern: "(" }\n`,
    "6:19 schema.properties.a.pattern",
    /不是可用的 JSON Schema/,
  ],
  [
    "event-types/disk.yaml",
    `${TYPE}schema: { $ref: "http://x/y" }\n`,
    '4:17 schema["$ref"]',
    /only refer inside/,
  ],
  ["clusters/hz.yaml", `${CLUSTER}${KEY}report: { group: nobody }\n`, "4:18 report.group", /没有这个群/],
  ["sources/open.yaml", "name: open\nkind: generic\n", "1:1 auth", /缺少此字段/],
  ["sources/open.yaml", SOURCE.replace("none", "nope"), "3:7 auth", /应为 none 或/],
  ["sources/open.yaml", SOURCE.replace("none", "{}"), "3:1 auth.bearer", /缺少此字段/],
  ["sources/open.yaml", SOURCE.replace("none", '{ bearer: "" }'), "3:17 auth.bearer", /不能为空/],
  ["sources/open.yaml", SOURCE.replace("none", "{ bearer: 123 }"), "3:17 auth.bearer", /请加引号/],
  ["sources/api.yaml", SOURCE.replace("open", "api"), "1:7 name", /留给经 REST 发来的事件/],
  ["sources/open.yaml", SOURCE.replace("open", "Open"), "1:7 name", /是地址的一部分/],
  ["sources/open.yaml", SOURCE.replace("generic", "genric"), "2:7 kind", /是不是 generic？/],
  ["sources/open.yaml", `${SOURCE}default: nope\n`, "4:10 default", /没有这个事件类型/],
  [
    "sources/open.yaml",
    `${SOURCE}map:\n  - { when: { a: 1 }, type: disk.full }\n`,
    "5:18 map[0].when.a",
    /请加引号/,
  ],
  [
    "sources/open.yaml",
    `${SOURCE}map:\n  - { when: { a..b: x }, type: disk.full }\n`,
    '5:15 map[0].when["a..b"]',
    /应为路径/,
  ],
  ["sources/open.yaml", `${SOURCE}map:\n  - { type: disk.ful }\n`, "5:13 map[0].type", /是不是 disk\.full？/],
  [
    "sources/open.yaml",
    `${SOURCE}map:\n  - type: disk.full\n    detail: { a: "{{ b }}}" }\n`,
    "6:24 map[0].detail.a",
    /}}} 有歧义/,
  ],
  ["policies/read-only.yaml", aPolicy().replace('"auto"', '"always"'), "1:50 mode", /应为 auto 之一/],
  ["policies/read-only.yaml", aPolicy().replace("2027-01-01", "soon"), "1:115 expires", /应为日期或时间/],
  [
    "policies/read-only.yaml",
    aPolicy().replace("2027-01-01", "2027-01-01T00:00:00"),
    "1:115 expires",
    /应为日期或时间/,
  ],
  ["policies/read-only.yaml", aPolicy({ expires: "2027-01-03" }), "1:115 expires", /最多到批准后一年/],
  ["policies/read-only.yaml", aPolicy().replace(',"expires":"2027-01-01"', ""), "1:1 expires", /须写明到期/],
  ["policies/read-only.yaml", aPolicy().replace("disk.show", "show"), "1:30 actions[0]", /包名\.动作名/],
  ["clusters/hz.yaml", CLUSTER, "1:1 auth", /缺少此字段/],
  ["clusters/hz.yaml", `${CLUSTER}auth: {}\n`, "3:7 auth", /应为 \{ apiKey \} 或/],
  ["clusters/hz.yaml", `${CLUSTER}auth: { user: u }\n`, "3:7 auth", /应为 \{ apiKey \} 或/],
  ["clusters/hz.yaml", `${CLUSTER}auth: { apikey: k }\n`, "3:9 auth.apikey", /是不是 apiKey？/],
  ["clusters/hz.yaml", `${CLUSTER}${KEY}priority: high\n`, "4:11 priority", /应为整数/],
  ["clusters/hz.yaml", `${CLUSTER}${KEY}authUrl: "http://x/?a=b"\n`, "4:10 authUrl", /应为 http/],
  ["clusters/hz.yaml", `${CLUSTER}${KEY}streamUrl: "file:///x"\n`, "4:12 streamUrl", /应为 http/],
  ["clusters/b.yaml", `${CLUSTER}${KEY}`, "1:7 name", /与 |重复/],
  ["groups.yaml", "ops: {}\n", "1:6 ops", /appchat、robot、aibot 写且只写一个/],
  ["groups.yaml", "ops: { appchat: x, aibot: y }\n", "1:6 ops", /appchat、robot、aibot 写且只写一个/],
  ["groups.yaml", "ops: { appchat: 'a b' }\n", "1:17 ops.appchat", /chatid/],
  [
    "groups.yaml",
    "ops: { robot: 'https://x/?key=k' }\n",
    "1:15 ops.robot",
    /只写 Webhook 地址里 key= 后面的一段/,
  ],
  ["groups.yaml", "ops: { appchats: x }\n", "1:8 ops.appchats", /是不是 appchat？/],
  ["groups.yaml", "ops: { link: x }\n", "1:8 ops.***", /没有这个字段，可用的有 appchat、robot、aibot/],
  ["groups.yaml", '"a b": { appchat: x }\n', '1:1 ["a b"]', /群名应为/],
  ["throttles.yaml", "day: { limit: 5 }\n", "1:1 day.per", /缺少此字段/],
  ["throttles.yaml", "day: { limit: 0, per: 1h }\n", "1:15 day.limit", /不能小于 1/],
  ["throttles.yaml", "day: { limit: 5, per: hourly }\n", "1:23 day.per", /应为时长/],
  ["throttles.yaml", "day: { limit: 5, per: 1h, by: rule }\n", "1:31 day.by", /all/],
  ["throttles.yaml", '"a b": { limit: 5, per: 1h }\n', '1:1 ["a b"]', /名称应为/],
  ["groups.yml", "ops: { appchat: x }\n", "1:1 ", /与 groups\.yaml 重复/],
];

for (const [file, text, place, message] of REFUSALS) {
  test(`refuses ${file} at ${place} for ${message.source}: ${JSON.stringify(text).slice(-60)}`, async (t) => {
    const all = await refused(t, { [file]: text });
    const problems = all.filter((problem) => problem.message.match(message));
    assert.deepEqual(
      problems.map(({ line, column, field }) => `${line}:${column} ${field}`),
      [place],
      JSON.stringify(all),
    );
  });
}

test("accepts a mapping without conditions, the type unmapped, and a default", async (t) => {
  const source = `${SOURCE}default: unmapped\nmap:\n  - { when: { labels.a: x }, type: unmapped }\n  - { type: disk.full }\n`;
  const home = await loaded(t, { "sources/open.yaml": source });
  assert.deepEqual(home.sources[0]?.map, [
    { when: { "labels.a": "x" }, type: "unmapped" },
    { when: {}, type: "disk.full" },
  ]);
});

test("accepts a group with a robot's key from the environment", async (t) => {
  const groups = 'ops: { appchat: c }\nbots: { aibot: wrX }\nwatch: { robot: "$' + '{ROBOT}" }\n';
  const home = await loaded(t, { "groups.yaml": groups }, { env: { ROBOT: "robot-key" } });
  assert.deepEqual(home.groups, {
    ops: { kind: "appchat", chatId: "c" },
    bots: { kind: "aibot", chatId: "wrX" },
    watch: { kind: "robot", key: "robot-key" },
  });
});
