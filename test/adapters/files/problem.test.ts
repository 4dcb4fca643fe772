import assert from "node:assert/strict";
import { test } from "node:test";
import { closestWord } from "../../../adapters/files/closest-word.ts";
import { formatProblems, type Problem } from "../../../adapters/files/index.ts";

function aProblem(overrides: Partial<Problem> = {}): Problem {
  const place = { file: "rules/a.yaml", line: 12, column: 5, field: "features[1].op", value: '"equalz"' };
  return { ...place, message: "不认识", messageEn: "unknown", ...overrides };
}

test("prints place, field and value, the Chinese words and then the English", () => {
  assert.equal(formatProblems([aProblem()]), 'rules/a.yaml:12:5 features[1].op = "equalz": 不认识 (unknown)');
});

test("leaves out the value, the field and the English where there is none", () => {
  assert.equal(
    formatProblems([aProblem({ value: "" })]),
    "rules/a.yaml:12:5 features[1].op: 不认识 (unknown)",
  );
  const { messageEn: _, ...chinese } = aProblem({ value: "", field: "" });
  assert.equal(formatProblems([chinese]), "rules/a.yaml:12:5: 不认识");
});

test("sorts by file, line and column and tells one thing once", () => {
  const problems = [
    aProblem({ file: "sources/a.yaml", line: 1 }),
    aProblem({ line: 12, column: 1 }),
    aProblem({ line: 2 }),
    aProblem({ line: 2, message: "again" }),
  ];
  assert.deepEqual(
    formatProblems(problems)
      .split("\n")
      .map((line) => line.split(" ")[0]),
    ["rules/a.yaml:2:5", "rules/a.yaml:12:1", "sources/a.yaml:1:5"],
  );
});

const WORDS: readonly [word: string, closest: string | null][] = [
  ["aproval", "approval"],
  ["Approval", "approval"],
  ["offer", "offers"],
  ["x", null],
  ["deployment", null],
  ["o".repeat(1000), null],
];

for (const [word, closest] of WORDS) {
  test(`takes ${word.slice(0, 20)} for ${closest ?? "nothing known"}`, () => {
    assert.equal(closestWord(word, ["approval", "offers", "params"]), closest);
  });
}
