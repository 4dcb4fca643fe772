import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type PeopleApproval, shortApproval, stepOf, stepTimes } from "../../../core/approvals/index.ts";
import { ruleDigest, ruleVersion } from "../../../core/rules/index.ts";
import { offerDigest } from "../../../core/tasks/index.ts";
import { aRule } from "../../support/tasks.ts";
import { anApproval } from "./an-approval.ts";

const MINUTE = 60_000;
const short = {
  from: { tag: "sre-oncall" },
  need: 2,
  timeoutMs: 30 * MINUTE,
  onTimeout: "reject" as const,
  escalate: { to: { tag: "sre-leads" }, afterMs: 10 * MINUTE },
};

describe("digests of rules that the short form can say", () => {
  // As versions before groups computed them: what waits for an approval is bound to these.
  test("are the same as before there were groups", () => {
    assert.equal(ruleDigest(aRule()), "e5b46bc03b35b9f0eeb873934909ea4f0d923fc1b7d6894c7645a4eba1e690f4");
    const escalating = aRule({ approval: shortApproval(short) });
    assert.equal(ruleDigest(escalating), "4a3c9560f2061cfa2a3a402c1bb7408ad6cac868ce4b25f22f66a7145d7419ca");
    assert.equal(ruleVersion(escalating), "1cbf94b0e80dfe67");
    const offer = {
      id: "view",
      title: "查看",
      action: "disk.show",
      params: {},
      approval: shortApproval(short),
    };
    const late = aRule({ approval: shortApproval({ ...short, onTimeout: "escalate" }), offers: [offer] });
    assert.equal(ruleDigest(late), "852e7e92497e9d94710190dbfc8b751b7bc21094b4360a696ddc363890d13bfb");
    assert.equal(ruleVersion(late), "e27781eab378502d");
    assert.equal(
      offerDigest(late, offer),
      "b9f2191654ded2f27cbbccaee134eeb9df30df88453589185f44c378fce96955",
    );
  });
});

describe("the digest of a rule changes with", () => {
  const base = anApproval({ escalate: [{ afterMs: MINUTE, to: { tag: "x" }, need: 1, timeoutMs: MINUTE }] });
  const [group] = base.groups;
  const [step] = base.escalate;
  const changes: [string, Partial<PeopleApproval>][] = [
    ["a group's name", { groups: [{ ...group, name: "x" } as never] }],
    ["a group's need", { groups: [{ ...group, need: 2 } as never] }],
    ["a group's people", { groups: [{ ...group, from: { tag: "y" } } as never] }],
    ["another group", { groups: base.groups.slice(0, 1) }],
    ["what a rejection does", { reject: "majority" }],
    ["when a reason is needed", { reason: "reject" }],
    ["the time", { timeoutMs: 1 }],
    ["what silence does", { onTimeout: "escalate" }],
    ["a step's people", { escalate: [{ ...step, to: { tag: "y" } } as never] }],
    ["a step's need", { escalate: [{ ...step, need: 2 } as never] }],
    ["a step's time", { escalate: [{ ...step, timeoutMs: 1 } as never] }],
    ["the moment of a step", { escalate: [{ ...step, afterMs: 1 } as never] }],
    ["another step", { escalate: [] }],
  ];
  for (const [what, change] of changes) {
    test(`${what}`, () => {
      const digest = ruleDigest(aRule({ approval: base }));
      assert.notEqual(ruleDigest(aRule({ approval: { ...base, ...change } })), digest);
    });
  }

  test("each of them in the short form too", () => {
    const plain = shortApproval(short);
    const [own] = plain.escalate;
    const others: PeopleApproval[] = [
      { ...plain, reject: "majority" },
      { ...plain, reason: "always" },
      { ...plain, escalate: [{ ...own, need: 1 } as never] },
      { ...plain, escalate: [{ ...own, timeoutMs: 1 } as never] },
      { ...plain, escalate: [own, own] as never },
    ];
    const digests = [plain, ...others].map((approval) => ruleDigest(aRule({ approval })));
    assert.equal(new Set(digests).size, digests.length);
  });
});

describe("a step", () => {
  test("needs the largest number of the groups, and waits for what is left of the time, when it does not say", () => {
    const approval = anApproval({ groups: [{ name: "a", from: { tag: "a" }, need: 3 }] });
    const step = { afterMs: 10 * MINUTE, to: { tag: "x" } };
    assert.deepEqual(stepOf(step, approval), { ...step, need: 3, timeoutMs: 20 * MINUTE });
    assert.equal(stepOf({ ...step, afterMs: 30 * MINUTE }, approval).timeoutMs, 30 * MINUTE);
    assert.equal(stepOf(step, { ...approval, onTimeout: "escalate" }).timeoutMs, 30 * MINUTE);
    assert.deepEqual(stepOf({ ...step, need: 1, timeoutMs: 1 }, approval), {
      ...step,
      need: 1,
      timeoutMs: 1,
    });
  });

  const at = (afterMs: number, timeoutMs: number) => ({ afterMs, to: { tag: "x" }, need: 1, timeoutMs });
  const cases: [string, Partial<PeopleApproval>, ReturnType<typeof stepTimes>][] = [
    ["none", {}, []],
    ["within the time", { escalate: [at(10, 20)] }, [{ atMs: 10, deadlineMs: 30 }]],
    ["which gives more time", { escalate: [at(10, 50)] }, [{ atMs: 10, deadlineMs: 60 }]],
    ["at the very end of the first asking", { escalate: [at(30, 10)] }, [null]],
    [
      "at the very end of the step before",
      { escalate: [at(10, 20), at(30, 30)] },
      [
        { atMs: 10, deadlineMs: 30 },
        { atMs: 30, deadlineMs: 60 },
      ],
    ],
    ["after the end", { escalate: [at(10, 20), at(31, 30)] }, [{ atMs: 10, deadlineMs: 30 }, null]],
    [
      "after the end, where silence escalates",
      { onTimeout: "escalate", escalate: [at(50, 10)] },
      [{ atMs: 30, deadlineMs: 40 }],
    ],
  ];
  for (const [when, overrides, times] of cases) {
    test(`comes at its time: ${when}`, () => {
      assert.deepEqual(stepTimes(anApproval({ timeoutMs: 30, ...overrides })), times);
    });
  }
});
