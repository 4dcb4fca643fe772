import assert from "node:assert/strict";
import { test } from "node:test";
import { approvePolicy, formatProblems } from "../../../adapters/files/index.ts";
import { policyFault } from "../../../core/policies/index.ts";
import { loaded } from "./home-dir.ts";

const NOW = new Date(Date.UTC(2026, 10, 20, 8));
const POLICY = `# 只读动作
id: read-only   # 不要改
actions: [disk.show,  dmesg.show]

mode: auto
expires: 2027-11-01 # 一年
# 完
`;

function approve(text: string, now = NOW): string {
  const approved = approvePolicy({ file: "policies/p.yaml", text, by: " WangWu ", now });
  return approved.outcome === "approved" ? approved.text : formatProblems(approved.problems);
}

test("writes who, when and the digest, and keeps every other byte", () => {
  const text = approve(POLICY);
  const added = text.split("\n").filter((line) => !POLICY.split("\n").includes(line));
  assert.deepEqual(
    added.map((line) => line.split(":")[0]),
    ["approvedBy", "approvedAt", "digest"],
  );
  assert.match(text, /^approvedBy: "wangwu"$/m);
  assert.match(text, /^approvedAt: "2026-11-20T08:00:00.000Z"$/m);
  const rest = text.split("\n").filter((line) => !added.includes(line));
  assert.equal(rest.join("\n"), POLICY);
});

test("lets a policy that says nothing of its end last a year", () => {
  const endless = POLICY.replace(/^expires.*\n/m, "");
  assert.match(approve(endless), /^expires: "2027-11-20T08:00:00.000Z"$/m);
  const leapDay = new Date("2028-02-29T00:00:00Z");
  assert.match(approve(endless, leapDay), /^expires: "2029-03-01T00:00:00.000Z"$/m);
});

test("gives a policy that counts from that moment on, for its actions alone", async (t) => {
  const home = await loaded(t, { "policies/read-only.yaml": approve(POLICY) });
  const [policy] = home.policies;
  assert.ok(policy);
  assert.equal(policyFault(policy, "disk.show", NOW.getTime()), null);
  assert.equal(policyFault(policy, "disk.cleanup", NOW.getTime()), "policy_not_for_action");
  assert.equal(policyFault(policy, "disk.show", NOW.getTime() - 1), "policy_not_yet");
});

test("replaces an earlier approval in place, with the remarks beside it", () => {
  const before = POLICY.replace(
    "mode: auto",
    'digest: old # 摘要\napprovedAt:\napprovedBy: "lisi" # 谁\nmode: auto',
  );
  const text = approve(before);
  assert.match(
    text,
    /^digest: "[0-9a-f]{64}" # 摘要\napprovedAt: "2026-11-20T08:00:00\.000Z"\napprovedBy: "wangwu" # 谁\nmode: auto$/m,
  );
});

test("fills in a key whose value is only a remark", () => {
  const text = approve(POLICY.replace("mode: auto", "digest: # 待批准\nmode: auto"));
  assert.match(text, /^digest: "[0-9a-f]{64}" # 待批准$/m);
});

test("gives the same digest for the same approval, and another after an edit", () => {
  const digest = (text: string) => /^digest: (.*)$/m.exec(text)?.[1];
  assert.equal(digest(approve(approve(POLICY))), digest(approve(POLICY)));
  assert.notEqual(digest(approve(POLICY.replace("disk.show", "disk.top"))), digest(approve(POLICY)));
});

test("approves a file in flow style, without a last line break, and with an end mark", () => {
  const flow = "{ id: p, actions: [a.b], mode: auto, expires: 2027-01-01 } # kept";
  assert.match(approve(flow), /digest: "?[0-9a-f]{64}"?[\s\S]*# kept/);
  assert.match(approve("id: p\nactions: [a.b]\nmode: auto\nexpires: 2027-01-01"), /2027-01-01\napprovedBy/);
  assert.match(
    approve("id: p\nactions: [a.b]\nmode: auto\nexpires: 2027-01-01\n..."),
    /^digest: .*\n\.\.\.$/m,
  );
});

const REFUSALS: readonly [why: string, text: string, told: RegExp][] = [
  ["has expired", POLICY.replace("2027", "2025"), /^policies\/p\.yaml:6:10 expires = "2025-11-01": 已过期/],
  [
    "would last for longer than a year",
    POLICY.replace("2027", "2028"),
    /expires = "2028-11-01": 最多到批准后一年/,
  ],
  [
    "expires at no time",
    POLICY.replace("2027-11-01", "never"),
    /^policies\/p\.yaml:6:10 expires = "never": 应为日期/,
  ],
  [
    "names no action",
    POLICY.replace(/\[.*\]/, "[]"),
    /^policies\/p\.yaml:3:10 actions = "?\[…\]"?: 至少要有 1 项/,
  ],
  ["has a field too many", `${POLICY}until: 2030\n`, /until: 没有这个字段/],
  ["is not YAML", "id: [", /^policies\/p\.yaml:/],
  ["is empty", "", /文件为空/],
];

for (const [why, text, told] of REFUSALS) {
  test(`refuses to approve a policy that ${why}`, () => {
    assert.match(approve(text), told);
  });
}
