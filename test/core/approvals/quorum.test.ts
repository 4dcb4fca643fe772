import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  approvers,
  deciders,
  hasQuorum,
  hasRejection,
  type PeopleApproval,
  shortApproval,
  shortfall,
  stillNeeded,
} from "../../../core/approvals/index.ts";
import { anApproval, decidedTask, type Said } from "./an-approval.ts";

const step = { afterMs: 600_000, to: { tag: "leads" }, need: 2, timeoutMs: 600_000 };
const both = ["dba", "owner"];

describe("several groups", () => {
  const cases: [string, Said[], boolean][] = [
    ["nobody", [], false],
    ["one of one group", [["a", ["dba"]]], false],
    [
      "two of one group",
      [
        ["a", ["dba"]],
        ["b", ["dba"]],
      ],
      false,
    ],
    [
      "one of each",
      [
        ["a", ["dba"]],
        ["zhang", ["owner"]],
      ],
      true,
    ],
    ["one who belongs to both", [["zhang", both]], false],
    [
      "one who belongs to both, twice",
      [
        ["zhang", ["dba"]],
        ["zhang", ["owner"]],
      ],
      false,
    ],
    [
      "one of both, then one of the first alone",
      [
        ["zhang", both],
        ["a", ["dba"]],
      ],
      true,
    ],
    [
      "one of both, then one of the second alone",
      [
        ["zhang", both],
        ["li", ["owner"]],
      ],
      true,
    ],
    [
      "somebody of a group that the approval does not have",
      [
        ["a", ["dba"]],
        ["b", ["other"]],
      ],
      false,
    ],
    [
      "one of each, one of whom rejects at last",
      [
        ["a", ["dba"]],
        ["zhang", ["owner"]],
        ["a", ["dba"], "reject"],
      ],
      false,
    ],
  ];
  for (const [who, said, reached] of cases) {
    test(`${reached ? "have" : "do not have"} their quorum by ${who}`, () => {
      const task = decidedTask(anApproval(), said);
      assert.equal(hasQuorum(task), reached);
      if (!hasRejection(task)) assert.equal(stillNeeded(task) === 0, reached);
    });
  }

  test("tell whom is missing, and never count the person who asked", () => {
    const task = decidedTask(anApproval(), [["a", ["dba"]]]);
    assert.deepEqual(shortfall(task), { groups: [{ name: "owner", need: 1 }], ofStep: null });
    const own = { kind: "replay", replay: "r_1", by: "a" } as const;
    const asked = decidedTask(
      anApproval(),
      [
        ["a", ["dba"]],
        ["zhang", ["owner"]],
      ],
      { origin: own },
    );
    assert.deepEqual(approvers(asked), ["zhang"]);
    assert.equal(hasQuorum(asked), false);
  });

  test("have none without anybody, even where nobody were needed", () => {
    assert.equal(hasQuorum(decidedTask(anApproval({ groups: [] }), [])), false);
  });

  test("count decisions of this round on this content alone", () => {
    const task = decidedTask(anApproval(), [
      ["a", ["dba"]],
      ["zhang", ["owner"]],
    ]);
    assert.equal(hasQuorum({ ...task, round: 2 }), false);
    assert.equal(hasQuorum({ ...task, hash: "0".repeat(64) }), false);
  });
});

describe("a step that was asked", () => {
  const approval = anApproval({ escalate: [step, { ...step, to: { users: ["boss"] }, need: 1 }] });
  const [first, second] = [["escalate[0]"], ["escalate[1]"]];

  test("stands for the whole approval by its own need", () => {
    const said: Said[] = [
      ["l1", first],
      ["l2", first],
    ];
    assert.equal(hasQuorum(decidedTask(approval, said.slice(0, 1), { escalated: 1 })), false);
    assert.equal(hasQuorum(decidedTask(approval, said, { escalated: 1 })), true);
    assert.equal(hasQuorum(decidedTask(approval, [["boss", second]], { escalated: 2 })), true);
  });

  test("fills a place of any group", () => {
    assert.equal(
      hasQuorum(
        decidedTask(
          approval,
          [
            ["a", ["dba"]],
            ["l1", first],
          ],
          { escalated: 1 },
        ),
      ),
      true,
    );
    assert.equal(
      hasQuorum(
        decidedTask(
          approval,
          [
            ["zhang", ["owner"]],
            ["l1", first],
          ],
          { escalated: 1 },
        ),
      ),
      true,
    );
  });

  test("counts for nothing before it was asked", () => {
    const said: Said[] = [
      ["l1", first],
      ["l2", first],
      ["boss", second],
    ];
    assert.equal(hasQuorum(decidedTask(approval, said, { escalated: 0 })), false);
    assert.equal(stillNeeded(decidedTask(approval, said.slice(0, 1), { escalated: 1 })), 1);
    assert.deepEqual(
      deciders(decidedTask(approval, [], { escalated: 1 })).map(({ name }) => name),
      ["dba", "owner", "escalate[0]"],
    );
  });

  test("adds to what somebody who approved before may stand for", () => {
    const said: Said[] = [
      ["a", ["dba"]],
      ["l1", first],
      ["a", first],
    ];
    const narrow = anApproval({ ...approval, groups: [{ name: "dba", from: { tag: "dba" }, need: 3 }] });
    assert.equal(hasQuorum(decidedTask(narrow, said.slice(0, 2), { escalated: 1 })), false);
    assert.equal(hasQuorum(decidedTask(narrow, said, { escalated: 1 })), true);
  });
});

/** Whether some way of giving the approvers places reaches every group's need, by trying everything. */
function reachable(needs: readonly number[], people: readonly (readonly number[])[]): boolean {
  if (needs.every((need) => need === 0)) return true;
  const [first, ...others] = people;
  if (!first) return false;
  if (reachable(needs, others)) return true;
  return first.some(
    (group) => (needs[group] ?? 0) > 0 && reachable(needs.with(group, (needs[group] ?? 0) - 1), others),
  );
}

test("random decisions have a quorum exactly where some way of counting them does", () => {
  const NAMES = ["g0", "g1", "g2"];
  const asked = fc.record({
    needs: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 3 }),
    stepNeed: fc.integer({ min: 1, max: 3 }),
    escalated: fc.integer({ min: 0, max: 1 }),
    said: fc.array(
      fc.tuple(
        fc.constantFrom("a", "b", "c", "d", "e"),
        fc.subarray([...NAMES, "escalate[0]"], { minLength: 1 }),
      ),
      { maxLength: 7 },
    ),
  });
  fc.assert(
    fc.property(asked, ({ needs, stepNeed, escalated, said }) => {
      const groups = needs.map((need, i) => ({ name: NAMES[i] ?? "", from: { tag: "t" }, need }));
      const approval = anApproval({ groups, escalate: [{ ...step, need: stepNeed }] });
      const task = decidedTask(approval, said, { escalated });
      const known = new Map<string, Set<string>>();
      for (const [by, names] of said) known.set(by, new Set([...(known.get(by) ?? []), ...names]));
      const isOfStep = (names: ReadonlySet<string>) => escalated > 0 && names.has("escalate[0]");
      const people = [...known.values()];
      const mayTake = people.map((names) =>
        [...needs.keys()].filter((i) => isOfStep(names) || names.has(NAMES[i] ?? "")),
      );
      const stands = escalated > 0 && people.filter(isOfStep).length >= stepNeed;
      assert.equal(hasQuorum(task), stands || reachable(needs, mayTake));
    }),
    { numRuns: 3000 },
  );
});

describe("rejections by majority", () => {
  const majority = (overrides: Partial<PeopleApproval>) => anApproval({ reject: "majority", ...overrides });
  const no = (by: string, groups: readonly string[] = ["dba"]): Said => [by, groups, "reject"];

  test("end it when more people rejected than the groups need together", () => {
    const approval = majority({ groups: [{ name: "dba", from: { tag: "dba" }, need: 2 }] });
    assert.equal(hasRejection(decidedTask(approval, [no("a"), no("b")])), false);
    assert.equal(hasRejection(decidedTask(approval, [no("a"), no("b"), no("b")])), false);
    assert.equal(hasRejection(decidedTask(approval, [no("a"), no("b"), no("c")])), true);
  });

  test("end it when too few of the people who are named are left", () => {
    const owners = [{ name: "owner", from: { users: ["zhang", "li"] }, need: 1 }];
    assert.equal(hasRejection(decidedTask(majority({ groups: owners }), [no("zhang", ["owner"])])), false);
    const twice = majority({
      groups: [{ ...owners[0], name: "owner", from: { users: ["zhang", "li"] }, need: 2 }],
    });
    assert.equal(hasRejection(decidedTask(twice, [no("zhang", ["owner"])])), true);
    const own = { kind: "replay", replay: "r_1", by: "li" } as const;
    const asked = decidedTask(majority({ groups: owners }), [no("zhang", ["owner"])], { origin: own });
    assert.equal(hasRejection(asked), true);
  });

  test("leave it open while a step may still bring others", () => {
    const groups = [{ name: "owner", from: { users: ["zhang"] }, need: 1 }];
    const said = [no("zhang", ["owner"])];
    assert.equal(hasRejection(decidedTask(majority({ groups }), said)), true);
    assert.equal(hasRejection(decidedTask(majority({ groups, escalate: [step] }), said)), false);
  });

  test("are taken back by approving, and the other way round", () => {
    const approval = majority({ groups: [{ name: "dba", from: { tag: "dba" }, need: 2 }] });
    assert.equal(hasQuorum(decidedTask(approval, [no("a"), ["a", ["dba"]], ["b", ["dba"]]])), true);
    assert.equal(hasQuorum(decidedTask(approval, [["a", ["dba"]], no("a"), ["b", ["dba"]]])), false);
  });
});

test("random rejections end it by majority exactly where nobody could still bring it together, or too many rejected", () => {
  const PEOPLE = ["a", "b", "c", "d"];
  const some = fc.subarray(PEOPLE, { minLength: 1 });
  const asked = fc.record({
    groups: fc.array(fc.record({ users: some, need: fc.integer({ min: 1, max: 2 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
    steps: fc.array(fc.record({ users: some, need: fc.integer({ min: 1, max: 2 }) }), { maxLength: 1 }),
    against: fc.subarray(PEOPLE),
  });
  fc.assert(
    fc.property(asked, ({ groups, steps, against }) => {
      const approval = majority(groups, steps);
      const said = against.map((by): Said => [by, ["g0"], "reject"]);
      const needs = groups.map(({ need }) => need);
      const left = PEOPLE.filter((by) => !against.includes(by));
      const ofStep = (by: string) => steps.some(({ users }) => users.includes(by));
      const mayTake = left.map((by) =>
        [...groups.keys()].filter((i) => ofStep(by) || groups[i]?.users.includes(by)),
      );
      const stands = steps.some(({ users, need }) => users.filter((by) => left.includes(by)).length >= need);
      const total = needs.reduce((sum, need) => sum + need, 0);
      const ends = against.length > total || !(stands || reachable(needs, mayTake));
      assert.equal(hasRejection(decidedTask(approval, said)), against.length > 0 && ends);
    }),
    { numRuns: 3000 },
  );

  function majority(groups: { users: string[]; need: number }[], steps: { users: string[]; need: number }[]) {
    return anApproval({
      reject: "majority",
      groups: groups.map(({ users, need }, i) => ({ name: `g${i}`, from: { users }, need })),
      escalate: steps.map(({ users, need }) => ({ ...step, to: { users }, need })),
    });
  }
});

test("one group in its short form counts people, as ever", () => {
  const approval = shortApproval({ from: { tag: "x" }, need: 2, timeoutMs: 1000, onTimeout: "reject" });
  assert.equal(stillNeeded(decidedTask(approval, [["a", ["approvers"]]])), 1);
  assert.equal(
    hasQuorum(
      decidedTask(approval, [
        ["a", ["approvers"]],
        ["b", ["approvers"]],
      ]),
    ),
    true,
  );
});
