import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { cronFault } from "../../../adapters/cron/index.ts";
import { formatProblems, loadHome } from "../../../adapters/files/index.ts";
import { OPERATOR_WORDS } from "../../../core/rules/index.ts";
import { aHomeDir, aRule, type Files, loaded, NOW_MS, refused, refusedText } from "./home-dir.ts";

test("gives a rule the numbers of the shared buckets that it names", async (t) => {
  const throttle = { key: "k", limit: 1, per: "10m", coalesce: true, shared: ["day", "load"] };
  const { rules } = await loaded(t, {
    "rules/r.yaml": aRule({ throttle, forEach: "detail.disks" }),
    "rules/s.yaml": aRule({ id: "s", throttle: { shared: ["day"] } }),
    "throttles.yaml": "day: { limit: 20, per: 1d }\nload: { by: cluster, limit: 2, per: 1m, burst: 4 }\n",
  });
  const day = { name: "day", by: "all", limit: 20, perMs: 86_400_000, burst: 20 };
  const load = { name: "load", by: "cluster", limit: 2, perMs: 60_000, burst: 4 };
  assert.deepEqual(
    rules.map(({ throttle: own, shared, forEach }) => [own, shared, forEach]),
    [
      [{ key: "k", limit: 1, perMs: 600_000, burst: 1, coalesce: true }, [day, load], "detail.disks"],
      [undefined, [day], undefined],
    ],
  );
});

test("fills in what a rule leaves out", async (t) => {
  const rule = aRule({ throttle: { key: "k", limit: 3, per: "10m" }, report: undefined });
  const { rules } = await loaded(t, { "rules/r.yaml": rule });
  assert.deepEqual(rules, [
    {
      id: "r",
      title: "规则",
      on: ["disk.full"],
      business: "shop",
      features: [],
      action: "disk.cleanup",
      targets: [],
      params: {},
      throttle: { key: "k", limit: 3, perMs: 600_000, burst: 3 },
      approval: {
        mode: "people",
        groups: [{ name: "approvers", from: { users: ["zhangsan"] }, need: 1 }],
        reject: "any",
        reason: "never",
        timeoutMs: 1_800_000,
        onTimeout: "reject",
        escalate: [],
      },
      offers: [],
      report: { rows: [] },
      card: { rows: [] },
      maxAgeMs: 3_600_000,
      startWithinMs: 3_600_000,
      repeats: false,
      onRecovery: "keep",
      maxRounds: 3,
    },
  ]);
});

test("keeps everything that a rule says", async (t) => {
  const approval = {
    from: { users: ["ZhangSan", "zhangsan", "LiSi"], tag: "oncall", department: 2 },
    need: 2,
    timeout: "1h",
    onTimeout: "escalate",
    escalate: { to: { tag: "leads" }, after: "20m" },
  };
  const offers = [{ id: "view", title: "查看", action: "disk.show", approval: { policy: "read-only" } }];
  const rule = aRule({
    features: [{ path: "labels.env", op: "exists" }],
    targets: ["{{ detail.host }}"],
    params: { paths: "{{ detail.paths }}", deep: { list: [1, "{{ title }}"] } },
    approval,
    offers,
    report: { to: { users: ["WangWu"] }, group: "ops", rows: [{ label: "后", value: "{{ result.a }}" }] },
    card: { rows: [{ label: "主机", value: "{{ detail.host }}" }], text: "{{ title }}" },
    maxAge: "2h",
    startWithin: "30m",
    repeats: true,
    onRecovery: "cancel",
    maxRounds: 1,
  });
  const [read] = (await loaded(t, { "rules/r.yaml": rule })).rules;
  assert.deepEqual(read?.approval, {
    mode: "people",
    groups: [
      { name: "approvers", from: { users: ["zhangsan", "lisi"], tag: "oncall", department: 2 }, need: 2 },
    ],
    reject: "any",
    reason: "never",
    timeoutMs: 3_600_000,
    onTimeout: "escalate",
    escalate: [{ to: { tag: "leads" }, need: 2, afterMs: 1_200_000, timeoutMs: 3_600_000 }],
  });
  assert.deepEqual(read?.offers, [
    { ...offers[0], params: {}, approval: { mode: "policy", policy: "read-only" } },
  ]);
  assert.deepEqual(read?.report, {
    to: { users: ["wangwu"] },
    group: "ops",
    rows: [{ label: "后", value: "{{ result.a }}" }],
  });
  assert.deepEqual(read?.params, { paths: "{{ detail.paths }}", deep: { list: [1, "{{ title }}"] } });
  assert.deepEqual(
    [read?.maxAgeMs, read?.startWithinMs, read?.repeats, read?.onRecovery, read?.maxRounds],
    [7_200_000, 1_800_000, true, "cancel", 1],
  );
});

test("reads sources, clusters, policies and groups as the core knows them", async (t) => {
  const files: Files = {
    "sources/p.yaml": `name: p\nkind: alertmanager\nauth: { bearer: "\${TOKEN}" }\ndefault: disk.full\nmap:\n  - { when: { labels.a: b }, type: disk.full, detail: { host: "{{ labels.h }}" } }\n`,
    "clusters/hz.yaml":
      "name: hz\napi: https://st2.example/api\nauth: { user: st2, password: pw }\nzone: hz\nbusinesses: [shop]\npriority: 7\n",
  };
  const home = await loaded(t, files, { env: { TOKEN: "s3cret" } });
  assert.deepEqual(home.sources, [
    { name: "open", kind: "generic", auth: { kind: "none" }, map: [] },
    {
      name: "p",
      kind: "alertmanager",
      auth: { kind: "bearer", token: "s3cret" },
      map: [{ when: { "labels.a": "b" }, type: "disk.full", detail: { host: "{{ labels.h }}" } }],
      defaultType: "disk.full",
    },
  ]);
  assert.deepEqual(home.clusters, [
    {
      name: "hz",
      api: "https://st2.example/api",
      auth: { kind: "password", user: "st2", password: "pw" },
      zone: "hz",
      businesses: ["shop"],
      priority: 7,
    },
  ]);
  assert.deepEqual(home.groups, { ops: { kind: "appchat", chatId: "opschat" } });
  assert.equal(home.policies[0]?.id, "read-only");
});

test("needs neither policies nor groups", async (t) => {
  const home = await loaded(t, { "policies/read-only.yaml": null, "groups.yaml": null });
  assert.deepEqual([home.policies, home.groups], [[], {}]);
});

test("ignores files that are not YAML, files with a leading dot, tests of rules, and subfolders", async (t) => {
  const others = { "rules/notes.md": "# {", "rules/.hidden.yaml": "{", "rules/old/x.yaml": "{" };
  const dir = aHomeDir(t, { ...others, "rules/r.test.yaml": "{" });
  const outcome = await loadHome({ dir, env: {}, nowMs: NOW_MS, kinds: ["generic"], cronFault });
  assert.equal(outcome.outcome, "loaded");
  assert.deepEqual(outcome.outcome === "loaded" && outcome.files.map(({ file, name }) => [file, name]), [
    ["event-types/disk.yaml", "disk.full"],
    ["sources/open.yaml", "open"],
    ["rules/r.yaml", "r"],
    ["policies/read-only.yaml", "read-only"],
    ["clusters/hz.yaml", "hz"],
    ["groups.yaml", ""],
  ]);
});

test("takes a rule whose name only looks like a test's, and tests nowhere but beside rules", async (t) => {
  const home = await loaded(t, { "rules/r.yaml": null, "rules/test.yaml": aRule({ id: "t" }) });
  assert.deepEqual(
    home.rules.map(({ id }) => id),
    ["t"],
  );
  const dir = aHomeDir(t, { "clusters/hz.test.yaml": "{" });
  const outcome = await loadHome({ dir, env: {}, nowMs: NOW_MS, kinds: ["generic"], cronFault });
  assert.equal(outcome.outcome, "refused");
});

test("reads files that are links, as a mounted ConfigMap has them", async (t) => {
  const dir = aHomeDir(t, { "rules/r.yaml": null, "rules/..data/r.yaml": aRule({ id: "linked" }) });
  symlinkSync(join("..data", "r.yaml"), join(dir, "rules/r.yaml"));
  const outcome = await loadHome({ dir, env: {}, nowMs: NOW_MS, kinds: ["generic"], cronFault });
  assert.equal(outcome.outcome === "loaded" && outcome.home.rules[0]?.id, "linked");
});

test("reads every file exactly once", async (t) => {
  const read: string[] = [];
  const dir = aHomeDir(t);
  const outcome = await loadHome({
    dir,
    env: {},
    nowMs: NOW_MS,
    kinds: ["generic"],
    cronFault,
    readFile: (path) => {
      read.push(path);
      return readFile(path);
    },
  });
  assert.equal(outcome.outcome, "loaded");
  assert.equal(read.length, 6);
  assert.equal(new Set(read).size, 6);
});

test("says that the home folder is missing", async () => {
  const outcome = await loadHome({ dir: "/nonexistent/home", env: {}, nowMs: NOW_MS, kinds: [], cronFault });
  assert.equal(
    outcome.outcome === "refused" && formatProblems(outcome.problems),
    "/nonexistent/home:1:1: WHALE_HOME 目录不存在 (the home folder does not exist)",
  );
});

test("says which folder is missing and does not blame others for what it would have declared", async (t) => {
  const dir = aHomeDir(t);
  rmSync(join(dir, "event-types"), { recursive: true });
  rmSync(join(dir, "clusters"), { recursive: true });
  const outcome = await loadHome({ dir, env: {}, nowMs: NOW_MS, kinds: ["generic"], cronFault });
  assert.equal(
    outcome.outcome === "refused" && formatProblems(outcome.problems),
    "clusters/:1:1: 缺少这个目录 (this folder is missing)\n" +
      "event-types/:1:1: 缺少这个目录 (this folder is missing)",
  );
});

test("refuses a file of more than a megabyte, one that is not UTF-8, and one that cannot be read", async (t) => {
  const dir = aHomeDir(t, {
    "rules/big.yaml": `# ${"x".repeat(1_048_576)}\n`,
    "rules/gbk.yaml": new Uint8Array([0x69, 0x64, 0x3a, 0x20, 0xb4, 0xc5]),
  });
  mkdirSync(join(dir, "rules/folder.yaml"));
  const outcome = await loadHome({ dir, env: {}, nowMs: NOW_MS, kinds: ["generic"], cronFault });
  assert.equal(
    outcome.outcome === "refused" && formatProblems(outcome.problems),
    "rules/big.yaml:1:1: 文件超过 1 MB (the file is larger than 1 MB)\n" +
      "rules/folder.yaml:1:1: 读不了这个文件：EISDIR (cannot read this file: EISDIR)\n" +
      "rules/gbk.yaml:1:1: 文件不是 UTF-8 编码 (the file is not UTF-8)",
  );
});

test("accepts a file of exactly a megabyte and a byte order mark", async (t) => {
  const rule = `\ufeff${aRule()}`;
  const padding = " ".repeat(1_048_576 - Buffer.byteLength(rule));
  assert.equal((await loaded(t, { "rules/r.yaml": rule + padding })).rules.length, 1);
});

const TWELVE: Files = {
  "event-types/disk.yaml": "type: disk.full\ntitle: 磁盘\nowner: sre\nsubjct: x\n",
  "event-types/schema.yaml": "type: odd\ntitle: t\nowner: o\nschema: { type: strin }\n",
  "sources/open.yaml": "name: open\nkind: zabix\nauth: none\n",
  "sources/token.yaml": `name: token\nkind: generic\nauth: { bearer: "\${MISSING_TOKEN}" }\n`,
  "clusters/hz.yaml": "name: hz\napi: st2.example\nauth: { apiKey: k }\nbusinesses: [shop]\n",
  "rules/a.yaml": `id: a
title: 甲
on: [disk.ful]
business: bank
features:
  - { path: status, op: equalz, value: firing }
  - { path: detail.host, op: regex, value: "(" }
action: disk.cleanup
params:
  host: "{{ detail.host }}}"
throttle: { key: k, limit: 0, per: 10 minutes }
approval: { policy: nope }
report: { group: nobody }
`,
  "rules/b.yaml": "id: b\nid: b\n",
};

test("prints every mistake of a home with more than twelve, each at its line and column", async (t) => {
  const text = await refusedText(t, TWELVE);
  assert.deepEqual(text.split("\n"), [
    'clusters/hz.yaml:2:6 api = "st2.example": 应为 http(s):// 地址，不带用户名、? 和 # (must be an http(s):// address without user, ? and #)',
    "event-types/disk.yaml:4:1 subjct: 没有这个字段，是不是 subject？ (unknown field, did you mean subject?)",
    'event-types/schema.yaml:4:17 schema.type = "strin": 不是可用的 JSON Schema：must be equal to one of the allowed values (not a usable JSON Schema: must be equal to one of the allowed values)',
    'rules/a.yaml:3:6 on[0] = "disk.ful": 没有这个事件类型，是不是 disk.full？ (unknown event type, did you mean disk.full?)',
    'rules/a.yaml:4:11 business = "bank": 没有集群服务这个业务 (no cluster serves this business)',
    `rules/a.yaml:6:25 features[0].op = "equalz": 应为 ${OPERATOR_WORDS.join("、")} 之一，是不是 equals？ (must be one of ${OPERATOR_WORDS.join(", ")}; did you mean equals?)`,
    text.split("\n")[6],
    'rules/a.yaml:10:25 params.host = "{{ detail.host }}}": }}} 有歧义，请在括号之间加空格（模板第 1 行第 16 列） (}}} is ambiguous: put a space between the braces; template line 1 column 16)',
    "rules/a.yaml:11:28 throttle.limit = 0: 不能小于 1 (must be at least 1)",
    'rules/a.yaml:11:36 throttle.per = "10 minutes": 应为时长，如 30s、10m、1h、2d (must be a duration such as 30s, 10m, 1h, 2d)',
    'rules/a.yaml:12:21 approval.policy = "nope": 没有这个策略（已有：read-only） (unknown policy (known: read-only))',
    'rules/a.yaml:13:18 report.group = "nobody": 没有这个群，见 groups.yaml（已有：ops） (unknown group, see groups.yaml (known: ops))',
    "rules/b.yaml:2:1 id: 键重复 (this key is there twice)",
    'sources/open.yaml:2:7 kind = "zabix": 不认识的事件源类型，可用的有 alertmanager、generic (unknown kind of source, known are alertmanager, generic)',
    `sources/token.yaml:3:17 auth.bearer = "\${MISSING_TOKEN}": 环境变量 MISSING_TOKEN 没有设置，请写进 .env 或启动环境，启动时读取；应与发送方配置里的密钥相同 (the environment variable MISSING_TOKEN is not set: put it into .env or the environment of the process, which are read at its start; the sender's configuration holds the same secret)`,
  ]);
  assert.match(
    text.split("\n")[6] ?? "",
    /^rules\/a\.yaml:7:44 features\[1\]\.value = "\(": 特征写得不对：regex has/,
  );
});

test("does not blame rules for a policy or event type whose file cannot be parsed", async (t) => {
  const files = { "event-types/disk.yaml": "type: [", "clusters/hz.yaml": "name: {" };
  const problems = await refused(t, files);
  assert.deepEqual(
    [...new Set(problems.map(({ file }) => file))],
    ["clusters/hz.yaml", "event-types/disk.yaml"],
  );
});

test("names the first file for an id that is there twice", async (t) => {
  const text = await refusedText(t, { "rules/z.yaml": `# again\n${aRule()}` });
  assert.equal(text, 'rules/z.yaml:2:7 id = "r": 与 rules/r.yaml 重复 (is declared in rules/r.yaml already)');
});

test("keeps the file name free: it need not be the id", async (t) => {
  assert.equal((await loaded(t, { "rules/whatever.yml": aRule({ id: "another" }) })).rules.length, 2);
});

test("leaves nothing of one loading in the next", async (t) => {
  const dir = aHomeDir(t);
  const options = { dir, env: {}, nowMs: NOW_MS, kinds: ["generic"], cronFault };
  writeFileSync(join(dir, "rules/r.yaml"), "id: [");
  assert.equal((await loadHome(options)).outcome, "refused");
  writeFileSync(join(dir, "rules/r.yaml"), aRule());
  assert.equal((await loadHome(options)).outcome, "loaded");
});
