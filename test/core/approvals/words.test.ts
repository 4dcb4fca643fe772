import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type ApprovalWords,
  approvalWords,
  namedIn,
  placesWords,
  shortApproval,
} from "../../../core/approvals/index.ts";
import { anApproval } from "./an-approval.ts";

const step = { afterMs: 600_000, to: { tag: "leads" }, need: 1, timeoutMs: 600_000 };

describe("an approval in words", () => {
  const cases: [string, Parameters<typeof approvalWords>[0], ApprovalWords][] = [
    [
      "of one group",
      shortApproval({ from: { tag: "sre" }, need: 2, timeoutMs: 1_800_000, onTimeout: "reject" }),
      {
        zh: "需 2 人（#sre）批准；一人拒绝即不执行；30m 无人应答即不执行",
        en: "needs 2 (#sre); one rejection ends it; silence for 30m means no",
      },
    ],
    [
      "of two groups with everything",
      anApproval({
        groups: [
          { name: "DBA", from: { tag: "dba" }, need: 1 },
          { name: "负责人", from: { users: ["zhang"] }, need: 1 },
        ],
        ...{ reject: "majority", reason: "always", onTimeout: "escalate", escalate: [step] },
      }),
      {
        zh: "需 1 位 DBA（#dba）和 1 位负责人（zhang）批准；多数拒绝才不执行；批准和拒绝都须写原因；10m 后再问 #leads（其中 1 人即可）；30m 无人应答即升级，最后不执行",
        en: "needs 1 DBA (#dba) and 1 负责人 (zhang); a majority of rejections ends it; every decision needs a reason; after 10m #leads are asked too (1 of them will do); silence for 30m escalates, and means no at the end",
      },
    ],
    [
      "of a policy",
      { mode: "policy", policy: "read-only" },
      { zh: "按策略 read-only，无须询问", en: "policy read-only, nobody is asked" },
    ],
  ];
  for (const [what, gate, words] of cases) {
    test(`is told ${what}`, () => assert.deepEqual(approvalWords(gate), words));
  }
});

test("an approval names the people of its groups and steps where names are at hand", () => {
  const gate = anApproval({
    groups: [{ name: "负责人", from: { users: ["zhang"] }, need: 1 }],
    escalate: [{ ...step, to: { users: ["li"] } }],
  });
  assert.deepEqual(namedIn(gate), ["zhang", "li"]);
  const { zh, en } = approvalWords(gate, (id) => `名-${id}`);
  assert.match(zh, /^需 1 位负责人（名-zhang）批准；.*再问 名-li（/);
  assert.match(en, /^needs 1 负责人 \(名-zhang\); .* 名-li are asked too/);
  assert.deepEqual(namedIn({ mode: "policy", policy: "read-only" }), []);
});

test("places are told with their groups' names", () => {
  const places = [
    { name: "DBA", need: 1 },
    { name: "负责人", need: 2 },
  ];
  assert.deepEqual(placesWords(places), { zh: "1 位 DBA 和 2 位负责人", en: "1 DBA and 2 负责人" });
  assert.deepEqual(placesWords([]), { zh: "", en: "" });
});
