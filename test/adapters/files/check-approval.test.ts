import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { aRule, loaded, refused } from "./home-dir.ts";

const DBA = { name: "DBA", from: { tag: "dba" }, need: 1 };
const OWNER = { name: "负责人", from: { users: ["Zhang", "li"] } };
const STEP = { after: "10m", to: { tag: "leads" } };
const BOTH = { groups: [DBA, OWNER] };

const REFUSALS: readonly [approval: Record<string, unknown>, field: string, message: RegExp][] = [
  [{ groups: [] }, "groups", /至少要有 1 项/],
  [{ groups: "dba" }, "groups", /应为列表/],
  [{ groups: Array.from({ length: 6 }, (_, i) => ({ ...DBA, name: `g${i}` })) }, "groups", /最多 5 项/],
  [{ groups: [{ from: { tag: "dba" } }] }, "groups[0].name", /缺少此字段/],
  [{ groups: [{ name: "DBA" }] }, "groups[0].from", /缺少此字段/],
  [{ groups: [{ ...DBA, from: {} }] }, "groups[0].from", /至少写/],
  [{ groups: [{ ...DBA, name: "a[0]" }] }, "groups[0].name", /字母、汉字/],
  [{ groups: [{ ...DBA, needs: 2 }] }, "groups[0].needs", /是不是 need/],
  [{ groups: [{ ...OWNER, need: 3 }] }, "groups[0].need", /要 3 人批准，但只写了 2 人/],
  [{ groups: [DBA, { ...OWNER, name: "DBA" }] }, "groups[1].name", /与第 1 行重复/],
  [{ ...BOTH, from: { tag: "x" } }, "from", /不能与 groups 并用/],
  [{ ...BOTH, need: 2 }, "need", /不能与 groups 并用/],
  [
    {
      groups: [
        { name: "a", from: { users: ["zhang"] } },
        { name: "b", from: { users: ["zhang", "ZHANG"] } },
      ],
    },
    "groups",
    /一个人只能算在一组里/,
  ],
  [{ ...BOTH, reject: "all" }, "reject", /any、majority/],
  [{ ...BOTH, reason: "sometimes" }, "reason", /never、reject、always/],
  [{ ...BOTH, selfApproval: true }, "selfApproval", /任何人都不能批准自己发起的任务/],
  [{ ...BOTH, escalate: [] }, "escalate", /1 到 5 步/],
  [{ ...BOTH, escalate: "leads" }, "escalate", /1 到 5 步/],
  [{ ...BOTH, escalate: [{ ...STEP, to: {} }] }, "escalate[0].to", /至少写/],
  [{ ...BOTH, escalate: [{ to: STEP.to }] }, "escalate[0].after", /缺少此字段/],
  [{ ...BOTH, escalate: [{ ...STEP, after: "soon" }] }, "escalate[0].after", /应为时长/],
  [{ ...BOTH, escalate: [{ ...STEP, timeout: "0m" }] }, "escalate[0].timeout", /应为时长/],
  [{ ...BOTH, escalate: [{ ...STEP, need: 2, to: { users: ["boss"] } }] }, "escalate[0].need", /只写了 1 人/],
  [{ ...BOTH, escalate: [STEP, STEP] }, "escalate[1].after", /按时间先后/],
  [{ ...BOTH, escalate: [STEP, { ...STEP, after: "31m" }] }, "escalate[1].after", /否则到期前不会升级/],
  [{ ...BOTH, timeout: "69h", escalate: [{ ...STEP, after: "2h" }] }, "timeout", /不能超过 70h/],
  [{ ...BOTH, escalate: [{ ...STEP, timeout: "70h" }] }, "escalate[0].timeout", /不能超过 70h/],
  [{ ...BOTH, onTimeout: "escalate" }, "onTimeout", /要写 escalate/],
];

describe("an approval is refused", () => {
  for (const [approval, field, message] of REFUSALS) {
    test(`with ${JSON.stringify(approval).slice(0, 90)} at ${field}`, async (t) => {
      const problems = await refused(t, { "rules/r.yaml": aRule({ approval }) });
      const found = problems.filter((problem) => problem.field === `approval.${field}`);
      assert.equal(found.length, 1, JSON.stringify(problems));
      assert.match(found[0]?.message ?? "", message);
      assert.deepEqual([problems.length, found[0]?.file, found[0]?.line], [1, "rules/r.yaml", 1]);
    });
  }

  test("in an offer as in a rule", async (t) => {
    const offer = { id: "o", title: "x", action: "a.b", approval: { ...BOTH, need: 1 } };
    const problems = await refused(t, { "rules/r.yaml": aRule({ offers: [offer] }) });
    assert.deepEqual(
      problems.map(({ field }) => field),
      ["offers[0].approval.need"],
    );
  });
});

describe("the group where a card is shown too", () => {
  const GROUPS = { "groups.yaml": "ops: { aibot: wrOps }\nshop: { appchat: shop }\n" };
  const BAD: readonly [group: string, message: RegExp][] = [
    ["opss", /群，见 groups\.yaml.*ops/],
    ["shop", /只能发到智能机器人的群/],
  ];
  for (const [group, message] of BAD) {
    test(`is refused when it is ${group}, in a rule and in an offer`, async (t) => {
      const approval = { from: { tag: "dba" }, group };
      const offer = { id: "o", title: "x", action: "a.b", approval };
      const files = { ...GROUPS, "rules/r.yaml": aRule({ approval, offers: [offer] }) };
      const problems = await refused(t, files);
      const fields = problems.map(({ file, line, field }) => `${file}:${line} ${field}`);
      const places = ["approval.group", "offers[0].approval.group"];
      assert.deepEqual(
        fields.sort(),
        places.map((field) => `rules/r.yaml:1 ${field}`),
      );
      for (const problem of problems) assert.match(problem.message, message);
    });
  }

  test("is read as it is written", async (t) => {
    const approval = { from: { tag: "dba" }, group: "ops" };
    const [rule] = (await loaded(t, { ...GROUPS, "rules/r.yaml": aRule({ approval }) })).rules;
    assert.equal(rule?.approval.mode === "people" && rule.approval.group, "ops");
  });
});

test("an approval of groups is read with everything that it says, and what it leaves out", async (t) => {
  const escalate = [
    { ...STEP, need: 2, timeout: "20m" },
    { after: "30m", to: { users: ["Boss"] } },
  ];
  const approval = { ...BOTH, reject: "majority", reason: "always", selfApproval: false, escalate };
  const [rule] = (await loaded(t, { "rules/r.yaml": aRule({ approval }) })).rules;
  assert.deepEqual(rule?.approval, {
    mode: "people",
    groups: [DBA, { name: "负责人", from: { users: ["zhang", "li"] }, need: 1 }],
    reject: "majority",
    reason: "always",
    timeoutMs: 1_800_000,
    onTimeout: "reject",
    escalate: [
      { afterMs: 600_000, to: { tag: "leads" }, need: 2, timeoutMs: 1_200_000 },
      { afterMs: 1_800_000, to: { users: ["boss"] }, need: 1, timeoutMs: 1_800_000 },
    ],
  });
});

test("what the sample home shows in a remark can be taken as it is written", async (t) => {
  const sample = new URL("../../../fixtures/home/rules/opsst2-stone.yaml", import.meta.url);
  const remark = readFileSync(sample, "utf8").split("# approval:\n")[1] ?? assert.fail("no remark");
  const lines = remark.split("\n").filter((line) => line.startsWith("#   "));
  const { approval: _, ...rest } = JSON.parse(aRule());
  const head = Object.entries(rest).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const text = [...head, "approval:", ...lines.map((line) => line.slice(2))].join("\n");
  const [rule] = (await loaded(t, { "rules/r.yaml": text })).rules;
  const approval = rule?.approval.mode === "people" ? rule.approval : assert.fail("asks nobody");
  assert.deepEqual([approval.groups.length, approval.escalate.length, approval.reason], [2, 2, "reject"]);
});
