import assert from "node:assert/strict";
import { test } from "node:test";
import { aPolicy, aRule, loaded, NOW_MS, refused, refusedText } from "./home-dir.ts";

const FROM = { users: ["zhangsan"] };
const OFFER = { id: "view", title: "查看", action: "disk.show", approval: { policy: "read-only" } };
const OPTIONS = [
  { id: "logs", text: "仅日志", value: ["/var/log"] },
  { id: "all", text: "日志与缓存", value: ["/var/log", "/var/cache"], dangerous: true },
];
const CHOICE = { name: "paths", title: "清理范围", options: OPTIONS };
const MANY = Array.from({ length: 10 }, (_, i) => ({ id: `o${i}`, text: `${i}`, value: i }));
const ROW = { label: "主机", value: "x" };

const STATUS = { path: "status", op: "equals", value: "firing" };

/** What a rule says besides what it must, the field that is refused, and a part of the message. */
const REFUSALS: readonly [fields: Record<string, unknown>, field: string, message: RegExp][] = [
  [{ id: undefined }, "id", /缺少此字段/],
  [{ id: "a b" }, "id", /字母、数字/],
  [{ id: 5 }, "id", /应为文本，这里是数字，请加引号/],
  [{ title: "" }, "title", /不能为空/],
  [{ on: "disk.full" }, "on", /应为列表，这里是文本/],
  [{ on: [] }, "on", /至少要有 1 项/],
  [{ on: ["unmapped"] }, "on[0]", /没有归类的事件不能触发规则/],
  [{ on: ["whale.task.endet"] }, "on[0]", /没有这个事件类型（已有：disk\.full）/],
  [{ action: "cleanup" }, "action", /包名\.动作名/],
  [{ targets: "{{ a }}" }, "targets", /应为列表/],
  [{ targets: ["{{ a | nofilter }}"] }, "targets[0]", /模板写得不对：.*nofilter/],
  [{ targets: ["detail.host"] }, "targets[0]", /写作 \{\{ detail\.host \}\}/],
  [{ throttle: { key: ".labels.app", limit: 1, per: "1m" } }, "throttle.key", /\{\{ labels\.app \}\}/],
  [{ params: [1] }, "params", /应为字段的集合/],
  [{ params: { "{{ k }}": 1 } }, 'params["{{ k }}"]', /键不能是模板/],
  [{ params: { a: [{ b: "{{ x" }] } }, "params.a[0].b", /模板写得不对/],
  [{ params: { a: "{% include 'x' %}" } }, "params.a", /模板写得不对/],
  [{ choices: [] }, "choices", /至少要有 1 项/],
  [{ choices: [CHOICE, { ...CHOICE, name: "b" }, { ...CHOICE, name: "c" }] }, "choices", /最多 2 项/],
  [{ choices: [CHOICE, { ...CHOICE, name: "b" }], offers: [OFFER] }, "offers", /没有按钮/],
  [{ choices: [CHOICE], action: "disk.show", approval: { policy: "read-only" } }, "choices", /没有人来选择/],
  [{ choices: [CHOICE, CHOICE] }, "choices[1].name", /重复/],
  [{ choices: [CHOICE], params: { paths: [] } }, "choices[0].name", /params 里已有/],
  [{ choices: [{ ...CHOICE, options: [] }] }, "choices[0].options", /至少要有 1 项/],
  [{ choices: [{ ...CHOICE, options: MANY }] }, "choices[0].options", /最多 9 个选项/],
  [
    { choices: [{ ...CHOICE, preselected: "o0", options: [...MANY, { ...MANY[0], id: "x" }] }] },
    "choices[0].options",
    /最多 10 个选项/,
  ],
  [{ choices: [{ ...CHOICE, options: [OPTIONS[0], OPTIONS[0]] }] }, "choices[0].options[1].id", /重复/],
  [
    { choices: [{ ...CHOICE, options: [{ ...OPTIONS[0], text: "十七个字符的选项文字太长了放不下啊" }] }] },
    "choices[0].options[0].text",
    /最多 16 个字符/,
  ],
  [
    { choices: [{ ...CHOICE, options: [{ ...OPTIONS[0], value: ["{{ x }}"] }] }] },
    "choices[0].options[0].value",
    /StackStorm 会渲染/,
  ],
  [{ choices: [{ ...CHOICE, preselected: "none" }] }, "choices[0].preselected", /不是选项的 id/],
  [{ choices: [{ ...CHOICE, preselected: "all" }] }, "choices[0].preselected", /危险的选项/],
  [{ maxAge: "1 hour" }, "maxAge", /应为时长/],
  [{ maxAge: 3600 }, "maxAge", /应为文本，这里是数字，请加引号/],
  [{ startWithin: "0s" }, "startWithin", /应为时长/],
  [{ onRecovery: "stop" }, "onRecovery", /cancel/],
  [{ repeats: "yes" }, "repeats", /应为true 或 false，这里是文本/],
  [{ maxRounds: 0 }, "maxRounds", /不能小于 1/],
  [{ maxRounds: 1.5 }, "maxRounds", /应为整数/],
  [{ features: {} }, "features", /应为列表/],
  [{ features: [{ path: "status" }] }, "features[0].op", /缺少此字段/],
  [{ features: [{ path: "status", op: "equals" }] }, "features[0].value", /缺少此字段/],
  [{ features: [{ path: "status", op: "exists", value: 1 }] }, "features[0].value", /takes no value/],
  [{ features: [{ path: "a..b", op: "exists" }] }, "features[0].path", /特征写得不对/],
  [{ features: [{ path: "a", op: "greaterthan", value: "many" }] }, "features[0].value", /needs a number/],
  [{ features: [{ path: "a", op: "inside", value: "x" }] }, "features[0].value", /needs a list/],
  [
    { features: [{ path: "a", op: "regex", value: "(?=x)" }] },
    "features[0].value",
    /invalid pattern at column/,
  ],
  [{ features: [{ path: "a", op: "equals", value: 1, Value: 2 }] }, "features[0].Value", /是不是 value？/],
  [{ features: ["x"] }, "features[0]", /应为字段的集合/],
  [{ features: [{ any: [] }] }, "features[0].any", /至少要有 1 项/],
  [{ features: [{ any: [STATUS], value: 1 }] }, "features[0].value", /any 旁边不能再写别的/],
  [{ features: [{ anny: [STATUS] }] }, "features[0].anny", /没有这个字段，是不是 any？/],
  [
    { features: [STATUS, { any: [STATUS, { path: "a", op: "regexp", value: "x" }] }] },
    "features[1].any[1].op",
    /是不是 regex？/,
  ],
  [
    { features: [{ not: { path: "a", op: "cidr", value: "10/8" } }] },
    "features[0].not.value",
    /"10\/8" is none/,
  ],
  [{ features: [{ ...STATUS, items: "some" }] }, "features[0].items", /any、all、none/],
  [{ features: [{ ...STATUS, condition: "any" }] }, "features[0].condition", /is for search alone/],
  [{ features: [{ path: "a", op: "search", value: [] }] }, "features[0].value", /needs a list of features/],
  [
    { features: [{ path: "a", op: "search", value: [STATUS] }] },
    "features[0].value[0]",
    /begins with "item"/,
  ],
  [
    { features: [{ path: "a", op: "search", value: [{ path: "item.b", op: "gt", value: "x" }] }] },
    "features[0].value[0].value",
    /needs a number/,
  ],
  [{ features: [{ all: Array.from({ length: 300 }, () => STATUS) }] }, "features", /特征过多，最多 256 个/],
  [
    { features: Array.from({ length: 9 }).reduce<unknown[]>((inner) => [{ any: inner }], [STATUS]) },
    `features[0]${".any[0]".repeat(9)}`,
    /嵌套过深，最多 8 层/,
  ],
  [{ throttle: { key: "k", limit: 1 } }, "throttle.per", /缺少此字段/],
  [{ throttle: { key: "k", limit: 1, per: "1m", burst: 0 } }, "throttle.burst", /不能小于 1/],
  [{ throttle: { limit: 1, per: "1m" } }, "throttle.key", /缺少此字段/],
  [{ throttle: { key: "k", coalesce: true, per: "1m" } }, "throttle.limit", /缺少此字段/],
  [{ throttle: { shared: [] } }, "throttle.shared", /至少要有 1 项/],
  [{ throttle: { shared: ["day"] } }, "throttle.shared[0]", /没有这个共享限流桶，见 throttles\.yaml/],
  [{ forEach: "detail..disks" }, "forEach", /应为事件里一个列表的路径/],
  [{ forEach: ["a"] }, "forEach", /应为文本/],
  [{ throttle: { key: "{{ }}}", limit: 1, per: "1m" } }, "throttle.key", /}}} 有歧义/],
  [{ approval: undefined }, "approval", /缺少此字段/],
  [{ approval: null }, "approval", /应为字段的集合.*这里是空/],
  [{ approval: {} }, "approval", /没有写谁来批准（from），也没有引用策略/],
  [{ approval: { need: 2 } }, "approval", /没有写谁来批准/],
  [{ approval: { from: {} } }, "approval.from", /至少写 users、tag、department 之一/],
  [{ approval: { from: { users: [] } } }, "approval.from.users", /至少要有 1 项/],
  [{ approval: { from: { tag: 1 } } }, "approval.from.tag", /请加引号/],
  [
    { approval: { from: { group: "x" } } },
    "approval.from.group",
    /没有这个字段，可用的有 users、tag、department/,
  ],
  [{ approval: { from: FROM, need: 0 } }, "approval.need", /不能小于 1/],
  [{ approval: { from: FROM, need: 2 } }, "approval.need", /要 2 人批准，但只写了 1 人/],
  [{ approval: { from: { users: ["a", "A"] }, need: 2 } }, "approval.need", /只写了 1 人/],
  [{ approval: { from: FROM, timeout: "soon" } }, "approval.timeout", /应为时长/],
  [{ approval: { from: FROM, timeout: "71h" } }, "approval.timeout", /不能超过 70h/],
  [
    { approval: { from: FROM, timeout: "60h", escalate: { to: FROM, after: "11h" } } },
    "approval.timeout",
    /不能超过 70h/,
  ],
  [{ approval: { from: FROM, onTimeout: "run" } }, "approval.onTimeout", /应为 reject、escalate 之一/],
  [{ approval: { from: FROM, onTimeout: "escalate" } }, "approval.onTimeout", /要写 escalate/],
  [{ approval: { from: FROM, escalate: { to: FROM } } }, "approval.escalate.after", /缺少此字段/],
  [
    { approval: { from: FROM, escalate: { to: FROM, after: "30m" } } },
    "approval.escalate.after",
    /要小于 timeout/,
  ],
  [{ approval: { from: FROM, escalate: { to: {}, after: "1m" } } }, "approval.escalate.to", /至少写/],
  [
    { action: "disk.show", approval: { policy: "read-only", need: 2 } },
    "approval.need",
    /不能与 policy 并用/,
  ],
  [{ approval: { policy: "other" } }, "approval.policy", /没有这个策略（已有：read-only）/],
  [{ approval: { policy: "read-only" } }, "approval.policy", /该策略不包含这个动作/],
  [{ offers: [OFFER, OFFER] }, "offers[1].id", /同一规则里 id 重复/],
  [{ offers: ["a", "b", "c", "d"].map((id) => ({ ...OFFER, id })) }, "offers", /最多 3 项/],
  [{ offers: [{ ...OFFER, id: "View" }] }, "offers[0].id", /小写字母、数字、-/],
  [{ offers: [{ ...OFFER, id: "a".repeat(21) }] }, "offers[0].id", /1 到 20 个字符/],
  [{ offers: [{ ...OFFER, approval: {} }] }, "offers[0].approval", /没有写谁来批准/],
  [{ offers: [{ ...OFFER, action: "disk.cleanup" }] }, "offers[0].approval.policy", /不包含这个动作/],
  [{ offers: [{ ...OFFER, params: { a: "{{ }}}" } }] }, "offers[0].params.a", /}}} 有歧义/],
  [{ card: { rows: [ROW, ROW, ROW, ROW, ROW] } }, "card.rows", /最多 4 项/],
  [{ card: { rows: [{ label: "x" }] } }, "card.rows[0].value", /缺少此字段/],
  [{ card: { rows: [{ label: "x", value: "{{" }] } }, "card.rows[0].value", /模板写得不对/],
  [{ card: { text: "{{ a }}}" } }, "card.text", /}}} 有歧义/],
  [{ report: { rows: [{ label: "x", value: "{{ a }}}" }] } }, "report.rows[0].value", /}}} 有歧义/],
  [{ report: { to: {} } }, "report.to", /至少写/],
  [{ report: { group: "opz" } }, "report.group", /没有这个群，见 groups\.yaml，是不是 ops？/],
  [{ business: "a b" }, "business", /字母、数字/],
  [{ aproval: {} }, "aproval", /没有这个字段，是不是 approval？/],
];

for (const [fields, field, message] of REFUSALS) {
  test(`refuses a rule with ${JSON.stringify(fields).slice(0, 90)} at ${field}`, async (t) => {
    const problems = await refused(t, { "rules/r.yaml": aRule(fields) });
    assert.deepEqual(
      problems.map((problem) => [problem.file, problem.line, problem.field]),
      [["rules/r.yaml", 1, field]],
    );
    assert.match(problems[0]?.message ?? "", message);
    assert.notEqual(problems[0]?.messageEn, undefined);
  });
}

const FAULTY_POLICIES: readonly [why: string, policy: string, message: RegExp][] = [
  ["was changed after its approval", aPolicy().replace("2027-01-01", "2026-12-31"), /批准后被改过/],
  ["is not in force yet", aPolicy({ approvedAt: "2026-12-01" }), /还未生效/],
  [
    "has expired and never named the action",
    aPolicy({ expires: "2026-11-01", actions: ["disk.other"] }),
    /不包含这个动作/,
  ],
];

for (const [why, policy, message] of FAULTY_POLICIES) {
  test(`refuses a rule, and an offer, on a policy that ${why}`, async (t) => {
    const rule = aRule({ action: "disk.show", approval: { policy: "read-only" }, offers: [OFFER] });
    const problems = await refused(t, { "policies/read-only.yaml": policy, "rules/r.yaml": rule });
    assert.deepEqual(
      problems.map(({ field }) => field),
      ["approval.policy", "offers[0].approval.policy"],
    );
    for (const problem of problems) assert.match(problem.message, message);
  });
}

test("loads a rule whose policy has expired by now: a restart that day does not fail", async (t) => {
  const files = {
    "policies/read-only.yaml": aPolicy({ expires: new Date(NOW_MS).toISOString() }),
    "rules/r.yaml": aRule({ action: "disk.show", approval: { policy: "read-only" } }),
  };
  const home = await loaded(t, files);
  assert.deepEqual(home.rules[0]?.approval, { mode: "policy", policy: "read-only" });
});

test("loads a policy that nobody has approved, but refuses the rule that relies on it", async (t) => {
  const policy = "id: read-only\nactions: [disk.show]\nmode: auto\nexpires: 2027-01-01\n";
  const home = await loaded(t, { "policies/read-only.yaml": policy });
  assert.equal(home.policies[0]?.digest, "");
  const rule = aRule({ action: "disk.show", approval: { policy: "read-only" } });
  const files = { "policies/read-only.yaml": policy, "rules/r.yaml": rule };
  assert.match(await refusedText(t, files), /该策略还没有人批准（whale policies approve）/);
});

test("does not blame a rule for a policy whose own file is wrong", async (t) => {
  const files = {
    "policies/read-only.yaml": "id: read-only\nactions: []\nmode: auto\nexpires: soon\n",
    "rules/r.yaml": aRule({ action: "disk.show", approval: { policy: "read-only" } }),
  };
  assert.deepEqual(
    (await refused(t, files)).map(({ file, field }) => `${file} ${field}`),
    ["policies/read-only.yaml actions", "policies/read-only.yaml expires"],
  );
});

test("accepts a rule on the end of tasks, which no file declares", async (t) => {
  const { rules } = await loaded(t, { "rules/r.yaml": aRule({ on: ["whale.task.ended"] }) });
  assert.deepEqual(rules[0]?.on, ["whale.task.ended"]);
});

test("refuses a business that no cluster serves, but not where a cluster serves all", async (t) => {
  const cluster = "name: hz\napi: http://st2/api\nauth: { apiKey: k }\nbusinesses: [pay]\n";
  assert.match(
    await refusedText(t, { "clusters/hz.yaml": cluster }),
    /^rules\/r\.yaml:1:\d+ business = "shop": 没有集群服务这个业务/,
  );
  const all = cluster.replace("[pay]", "[]");
  assert.equal((await loaded(t, { "clusters/hz.yaml": all })).rules.length, 1);
});

test("names the place of a problem in a file of several lines, in the value or at the key", async (t) => {
  const rule = `# 规则
id: r
title: 规则
on:
  - disk.full
  - disk.gone
business: shop
features:
  - path: detail.host
    op: regex
    value: '['
  - path: status
    op: exists
    valeu: 1
action: disk.cleanup
params:
  text: |
    first line
    {{ broken
  quoted: 'it''s {{ a }}}'
approval:
  from: { users: [a] }
  timeout:
`;
  const problems = await refused(t, { "rules/r.yaml": rule });
  assert.deepEqual(
    problems.map(({ line, column, field, value }) => `${line}:${column} ${field} ${value}`),
    [
      '6:5 on[1] "disk.gone"',
      '11:12 features[0].value "["',
      "14:5 features[1].valeu ",
      '17:9 params.text "first line\\n{{ broken\\n"',
      '20:11 params.quoted "it\'s {{ a }}}"',
      "23:11 approval.timeout null",
    ],
  );
});

test("does not quote a value from the environment in what is wrong with it", async (t) => {
  const rule = aRule({
    features: [{ path: "a", op: "regex", value: `\${PATTERN}` }],
    params: { a: `\${TEMPLATE}` },
  });
  const env = { PATTERN: "(hidden", TEMPLATE: "{{ hidden | hidden }}" };
  const text = await refusedText(t, { "rules/r.yaml": rule }, { env });
  assert.match(text, /features\[0\]\.value = "\$\{PATTERN\}": 特征写得不对 /);
  assert.match(text, /params\.a = "\$\{TEMPLATE\}": 模板写得不对（/);
  assert.doesNotMatch(text, /hidden/);
});

test("refuses a shared bucket that is named twice, and a coalescing throttle without a bucket of its own", async (t) => {
  const files = { "throttles.yaml": "day: { limit: 1, per: 1h }\n" };
  const twice = { throttle: { shared: ["day", "day"] } };
  const [problem, ...none] = await refused(t, { ...files, "rules/r.yaml": aRule(twice) });
  assert.deepEqual([problem?.field, problem?.message, none], ["throttle.shared[1]", "重复", []]);
  const alone = { throttle: { shared: ["day"], coalesce: true } };
  const problems = await refused(t, { ...files, "rules/r.yaml": aRule(alone) });
  assert.deepEqual(
    problems.map(({ field }) => field),
    ["throttle.key", "throttle.limit", "throttle.per"],
  );
});
