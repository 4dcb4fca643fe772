import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  afterExceptions,
  checkContent,
  checkInUse,
  checkRequirements,
  checkSecrets,
  checkSizes,
  type FetchedRepo,
  hasErrors,
  isBelow,
  isPackRef,
  type PackProblem,
  secretsIn,
} from "../../../core/releases/index.ts";
import { anAction, aPack, aRepo, aTree, FILES } from "./sample.ts";

const withAction = (action: Parameters<typeof anAction>[0], files: Record<string, string> = FILES) =>
  aRepo({ items: [anAction(action)] }, files);

const REFUSED: [name: string, repos: FetchedRepo[], check: string, zh: RegExp][] = [
  ["two packs with one name", [aRepo(), { ...aRepo(), name: "two" }], "duplicate", /包 disk 已在 repo/],
  ["two actions with one ref", [aRepo({ items: [anAction(), anAction()] })], "duplicate", /已在 .* 里声明/],
  ["a pack named by a path", [aRepo({ ref: "../etc", items: [] })], "name", /小写字母/],
  ["a pack with a dash", [aRepo({ ref: "my-pack", items: [] })], "name", /小写字母/],
  ["a pack of the engine's", [aRepo({ ref: "core", items: [] })], "name", /自带/],
  ["an action named by a path", [withAction({ ref: "disk.../x" })], "name", /名称/],
  [
    "an entry point that is missing",
    [withAction({ entryPoint: "actions/gone.sh" })],
    "entry-point",
    /没有 entry_point 的文件/,
  ],
  ["an entry point that leads out", [withAction({ entryPoint: "../x.sh" })], "entry-point", /包外面/],
  ["an entry point that is absolute", [withAction({ entryPoint: "/etc/x.sh" })], "entry-point", /包外面/],
  [
    "a script that may not be run",
    [withAction({}, { ...FILES, "actions/show.sh": "echo\n" })],
    "executable",
    /chmod/,
  ],
  ["a dependency that is not there", [aRepo({ dependencies: ["net"] })], "dependency", /需要包 net/],
];

describe("content is refused for", () => {
  for (const [name, repos, check, zh] of REFUSED) {
    test(name, () => {
      const problems = checkContent(repos);
      assert.deepEqual(
        problems.map((one) => [one.level, one.check]),
        [["error", check]],
      );
      assert.match(problems[0]?.zh ?? "", zh);
    });
  }

  test("nothing where it is sound, an entry in another pack's folder included", () => {
    assert.deepEqual(checkContent([aRepo({ dependencies: ["core", "linux"] })]), []);
    const beside = aRepo({ path: "a", items: [anAction({ entryPoint: "b/x.sh" })] }, { "b/x.sh": "#!" });
    assert.equal(checkContent([beside])[0]?.check, "entry-point");
  });
});

test("whatever the name: one that is taken can do no harm in a path", () => {
  const sign = fc.constantFrom("a", "Z", "0", "_", "-", ".", "/", "\\", "\0", "..", " ", "包");
  fc.assert(
    fc.property(fc.array(sign, { maxLength: 8 }), (signs) => {
      const ref = signs.join("");
      if (isPackRef(ref)) assert.match(ref, /^[a-z0-9_]+$/);
      if (isBelow(ref, ".")) assert.ok(!ref.split("/").includes("..") && !ref.startsWith("/"));
    }),
  );
});

const LINES: [line: string, level: PackProblem["level"] | null][] = [
  ["requests==2.31.0", null],
  ['six == 1.16 ; python_version < "3"', null],
  ["boto3[crt]===1.0", null],
  ["requests", "warning"],
  ["requests>=2,<3", "warning"],
  ["requests==2.*", "warning"],
  ["x @ https://pypi.example/x.whl", "warning"],
  ["-e .", "error"],
  ["--index-url https://me:hunter2@evil.example/", "error"],
  ["-r /etc/passwd", "error"],
  ["./local", "error"],
  ["/etc/x", "error"],
  ["requests == 1; rm -rf", null],
  ["two words", "error"],
];

describe("a line of requirements", () => {
  for (const [line, level] of LINES) {
    test(`${line}: ${level ?? "in order"}`, () => {
      const problems = checkRequirements([aRepo({ requirements: [line] })]);
      assert.deepEqual(
        problems.map((one) => one.level),
        level === null ? [] : [level],
      );
      assert.ok(!JSON.stringify(problems).includes("hunter2"));
    });
  }
});

// Written in pieces, so that no scanner takes the test for a leak.
const RANDOM = "q7Zt9Lw2Xc4Vb6Nm8Kj1Hg3F";
const SECRETS: [name: string, text: string][] = [
  ["a private key", `-----BEGIN RSA ${"PRIVATE"} KEY-----`],
  ["a key of AWS", `id = ${"AKIA"}IOSFODNN7EXAMPLE`],
  ["an id of Tencent Cloud", `${"AKID"}${"aB3".repeat(10)}xy`],
  ["a key of Aliyun", `key: ${"LTAI"}5tABCDEFGH12345678`],
  ["a token of a git host", `${"ghp"}_${"a1B2".repeat(9)}`],
  ["a robot's key", "https://qyapi.example/cgi-bin/webhook/send?key=12345678-1234-1234-1234-123456789abc"],
  ["a password in an address", "postgres://app:s3cretpw@db.example/x"],
  ["a random value of a telling name", `api_key = "${RANDOM}"`],
  ["a random value in YAML", `token: ${RANDOM}`],
];
const PLAIN = [
  `token: \${TOKEN}`,
  "password: {{ st2kv.system.password }}",
  "secret: true",
  "api_key: your-api-key-goes-here-please",
  "commit 98995e26678f98995e26678f98995e26678f98995",
  "https://user:{{password}}@host/",
  "token = os.environ['VERY_LONG_NAME_OF_A_TOKEN']",
  "binary\0 token: q7Zt9Lw2Xc4Vb6Nm8Kj1Hg3F",
];

describe("a secret is found", () => {
  for (const [name, text] of SECRETS) {
    test(`that is ${name}, at its line and without being told`, () => {
      const problems = checkSecrets([aRepo({}, { "actions/x.py": `a\n${text}\n` })]);
      assert.deepEqual(
        problems.map((one) => [one.level, one.file, one.line]),
        [["error", "actions/x.py", 2]],
      );
      assert.ok(!JSON.stringify(problems).includes(text.slice(-12)));
    });
  }

  for (const text of PLAIN) {
    test(`nowhere in ${JSON.stringify(text)}`, () => assert.deepEqual(secretsIn(text), []));
  }
});

test("packs that are too large are refused, large files are told", () => {
  const huge = { ...aTree({ a: "", b: "" }), size: (file: string) => (file === "a" ? 190 : 20) * 1_048_576 };
  const problems = checkSizes([{ name: "repo", tree: huge, packs: [aPack()] }]);
  assert.deepEqual(
    problems.map((one) => [one.level, one.file]),
    [
      ["error", undefined],
      ["warning", "a"],
    ],
  );
});

test("an action that is gone is refused by the names of what uses it", () => {
  const uses = [
    { action: "disk.cleanup", kind: "rule" as const, name: "vm-disk", parameters: ["host"] },
    { action: "disk.cleanup", kind: "offer" as const, name: "other/clean", parameters: [] },
    { action: "disk.*", kind: "run" as const, name: "all", parameters: null },
    { action: "net.show", kind: "rule" as const, name: "of-another-pack", parameters: [] },
  ];
  const [problem, ...others] = checkInUse([aPack()], uses);
  assert.deepEqual([problem?.check, others], ["in-use", []]);
  assert.match(problem?.zh ?? "", /disk\.cleanup.*规则 vm-disk、可选操作 other\/clean/);
  assert.match(problem?.en ?? "", /rule vm-disk, offer other\/clean/);
});

test("what a set leaves out is shown with its reason and stops nothing, but for what always counts", () => {
  const problems = [
    ...checkSecrets([aRepo({}, { a: `token: ${RANDOM}` })]),
    ...checkContent([aRepo({ ref: "../x", items: [] })]),
  ];
  const after = afterExceptions(problems, { except: { secret: "样例里的假值", name: "no" } });
  assert.deepEqual(
    after.map((one) => [one.check, one.level]),
    [
      ["secret", "warning"],
      ["name", "error"],
    ],
  );
  assert.match(after[0]?.zh ?? "", /样例里的假值/);
  assert.ok(hasErrors(after));
});
