import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatProblems } from "../../../adapters/files/problem.ts";
import { readYaml } from "../../../adapters/files/read-yaml.ts";

function read(text: string, env: Record<string, string> = {}) {
  return readYaml({ file: "f.yaml", kind: "rule", text }, env);
}

function valueOfText(text: string): unknown {
  const reading = read(text);
  assert.deepEqual(reading.problems, []);
  return reading.outcome === "read" ? reading.located.value : undefined;
}

/** A file that cannot stand as it is, and how that is told. */
const FAULTS: readonly [text: string, told: RegExp][] = [
  ["", /^f\.yaml:1:1: 文件为空/],
  ["# only a remark\n", /^f\.yaml:1:1: 文件为空/],
  ["a: 1\nb:\n\t- c\n", /^f\.yaml:3:1: 缩进不能用制表符/],
  ["a: 1\na: 2\n", /^f\.yaml:2:1 a: 键重复/],
  ["x:\n  k: 1\n  'k': 2\n", /^f\.yaml:3:3 k: 键重复/],
  ["a: &x 1\nb: *x\n", /^f\.yaml:2:4 b: 不支持别名/],
  ["a: *unknown\n", /^f\.yaml:1:4 a: 不支持别名/],
  ["a: !secret x\n", /^f\.yaml:1:4: 不支持标签/],
  ["a: !!binary aGk=\n", /^f\.yaml:1:4: 不支持标签/],
  ["%YAML 1.1\n---\na: yes\n", /^f\.yaml:1:1: 不支持 % 指令/],
  ["a: 1\n---\na: 2\n", /^f\.yaml:2:1: 一个文件只能有一个文档/],
  ["a:\n  b: 1\n \tc: 2\n", /^f\.yaml:3:\d: 缩进不能用制表符/],
  ["a: |\n\tx\n", /^f\.yaml:2:1: 缩进不能用制表符/],
  ["a:\n    b: 1\n  c: 2\n", /^f\.yaml:3:1: 缩进不对：同一层的键/],
  ["a:\n  - x\n b: 1\n", /^f\.yaml:3:\d: 缩进不对：同一层的键/],
  ["a:\n  - x\n - y\n", /^f\.yaml:3:1: 缩进不对：同一层的键/],
  ["a:\n  b: 1\n  - x\n", /^f\.yaml:3:1: 缩进不对：同一层的键/],
  ["- a: 1\n b: 2\n", /^f\.yaml:2:1: 缩进不对：同一层的键/],
  [" a: 1\nb: 2\n", /^f\.yaml:2:1: 缩进不对：同一层的键/],
  ["a: 1\n  b: 2\n", /^f\.yaml:1:4: 这里已有值，下一行却缩进更深/],
  ["a: [1, 2\n", /^f\.yaml:2:1: 这里之前有 \[ 或 \{ 没有关上/],
  ["x:\n  - { a: 1\n  - { a: 2 }\n", /^f\.yaml:3:3: 这里之前有 \[ 或 \{ 没有关上/],
  ["a: [1, 2}\nb: 1\n", /^f\.yaml:1:9: 这里之前有 \[ 或 \{ 没有关上，或关错了/],
  ['a: { x: "1" y: 2 }\n', /^f\.yaml:1:\d+: 引号或括号已经关上，.*补上逗号/],
  ["a: 'b\n", /^f\.yaml:2:1: 到这里为止有引号没有关上/],
  ['a: "x\nb: "y"\n', /^f\.yaml:1:6: 到这里为止有引号没有关上/],
  ["a: 'it's'\n", /^f\.yaml:1:8: 引号或括号已经关上，这里多出内容：请整个加引号/],
  ["a: 'x'# y\n", /^f\.yaml:1:7: # 前须有空格/],
  ["a:1\nb: 2\n", /^f\.yaml:1:1: 冒号后须有空格/],
  ["b: 2\na:1\n", /^f\.yaml:2:1: 冒号后须有空格/],
  ["a：1\nb: 2\n", /^f\.yaml:1:1: 冒号须用半角/],
  ["b: 2\na\nc: 3\n", /^f\.yaml:2:1: 键后缺少冒号/],
  ["a: - x\n", /^f\.yaml:1:4: 列表的 - 须另起一行/],
  ["a: | x\n  y\n", /^f\.yaml:1:6: \| 或 > 之后的文本须另起一行/],
  ["a: {{ detail.host }}\n", /^f\.yaml:1:5: 模板须加引号/],
  ["a: x-{{ b }}\nc: {{ d }} GB\n", /^f\.yaml:2:5: 模板须加引号/],
  ["title: disk: full\n", /^f\.yaml:1:8: 一行里有两个冒号，值请加引号/],
  ["a: *.log\n", /^f\.yaml:1:4 a: 不支持别名.*请加引号/],
  ['a: "\\d"\n', /^f\.yaml:1:5: 双引号里的转义不对/],
  ["a: b: c\n", /^f\.yaml:1:4: 一行里有两个冒号/],
  ["a: @b\n", /^f\.yaml:1:4: 值以特殊字符开头/],
  ["a: 12345678901234567890\n", /^f\.yaml:1:4 a: 整数太大，请加引号写成文本/],
  ["a: .inf\n", /^f\.yaml:1:4 a: 不是有限的数字/],
  ["a: [.nan]\n", /^f\.yaml:1:5 a\[0\]: 不是有限的数字/],
  ["__proto__: { a: 1 }\n", /^f\.yaml:1:1 __proto__: 键名不允许/],
];

for (const [text, told] of FAULTS) {
  test(`refuses ${JSON.stringify(text)} with ${told.source}`, () => {
    const { problems } = read(text);
    assert.match(formatProblems(problems), told);
  });
}

test("tells one fault a line, and of each the Chinese and the English words", () => {
  const { problems } = read("a: [1 2, {x: 1} {y: 2}]\nb:\n\tc: 1\n");
  assert.deepEqual(
    problems.map(({ line }) => line),
    [...new Set(problems.map(({ line }) => line))],
  );
  for (const { message, messageEn } of problems) assert.ok(message !== "" && messageEn !== "");
});

test("refuses a bomb of aliases without unfolding it", () => {
  const levels = Array.from({ length: 30 }, (_, n) => `l${n + 1}: &l${n + 1} [*l${n}, *l${n}]`);
  assert.match(formatProblems(read(`l0: &l0 x\n${levels.join("\n")}\n`).problems), /不支持别名/);
});

test("refuses nesting without end, in flow and in block style", () => {
  for (const text of ["[".repeat(10_000), `${"- ".repeat(60)}x`, `a: ${"[".repeat(60)}${"]".repeat(60)}`]) {
    const reading = read(text);
    assert.match(formatProblems(reading.problems), /嵌套太深/);
  }
});

test("reads words as YAML 1.2 does: yes and dates are text", () => {
  assert.deepEqual(valueOfText("a: yes\nb: 2027-11-01\nc: 010\nd: true\ne: ~\nf: 1.5\n"), {
    a: "yes",
    b: "2027-11-01",
    c: 10,
    d: true,
    e: null,
    f: 1.5,
  });
});

test("does not merge keys", () => {
  assert.deepEqual(valueOfText("'<<': { a: 1 }\n"), { "<<": { a: 1 } });
});

test("takes every key as text", () => {
  assert.deepEqual(valueOfText("1: a\ntrue: b\nnull: c\n"), { "1": "a", true: "b", null: "c" });
});

test("tells the place of every value and its key", () => {
  const reading = read("a:\n  - b: 1\n    c: 'x'\n");
  assert.equal(reading.outcome, "read");
  const spots = reading.outcome === "read" ? reading.located.spots : new Map();
  assert.deepEqual(spots.get('["a","0","c"]'), {
    line: 3,
    column: 8,
    keyLine: 3,
    keyColumn: 5,
    textColumn: 9,
  });
  assert.deepEqual(spots.get('["a","0"]'), { line: 2, column: 5, keyLine: 2, keyColumn: 5 });
});

test("reads any JSON as it is", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4, noUnicodeString: true }), (value) => {
      const text = JSON.stringify(value);
      fc.pre(!/__proto__|\$\{|[eE]|\d{16}|-0/.test(text) && text !== "null");
      assert.deepEqual(valueOfText(text), JSON.parse(text));
    }),
  );
});

test("never throws, whatever the text", () => {
  const piece = fc.constantFrom(
    "a",
    ": ",
    "- ",
    "\n",
    "  ",
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    "&x ",
    "*x",
    "!t ",
    "|",
    "#",
    ", ",
    "?",
    "%",
    "\t",
    "---\n",
    `\${A}`,
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      read(pieces.join(""), { A: "x" });
    }),
    { numRuns: 1000 },
  );
});
