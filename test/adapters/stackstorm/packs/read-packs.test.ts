import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { packFormat } from "../../../../adapters/stackstorm/index.ts";
import { aTree } from "../../../core/releases/sample.ts";

const PACK = "ref: disk\nname: disk\ndescription: d\nversion: 1.0.0\nauthor: a\n";
const ACTION = "name: show\nrunner_type: local-shell-script\nentry_point: show.sh\n";

/** The problems of a sound pack with some files in place of its own. */
function problemsOf(files: Record<string, string>) {
  const tree = aTree({ "pack.yaml": PACK, "actions/show.yaml": ACTION, ...files });
  return packFormat.read(tree, ["."]).problems;
}

const parameters = (text: string) => ({ "actions/show.yaml": `${ACTION}parameters:\n${text}` });

const REFUSED: [name: string, files: Record<string, string>, at: string, zh: RegExp][] = [
  ["no version", { "pack.yaml": PACK.replace("version: 1.0.0\n", "") }, "pack.yaml:1", /缺少 version/],
  ["a version that is a number", { "pack.yaml": PACK.replace("1.0.0", "1.0") }, "pack.yaml:4", /应为文本/],
  ["a version of two parts", { "pack.yaml": PACK.replace("1.0.0", '"1.0"') }, "pack.yaml:4", /三段/],
  [
    "an engine's range of words",
    { "pack.yaml": `${PACK}stackstorm_version: newest\n` },
    "pack.yaml:6",
    /版本范围/,
  ],
  ["Python 2 alone", { "pack.yaml": `${PACK}python_versions: ["2"]\n` }, "pack.yaml:6", /没有 3/],
  ["a key that stands twice", { "pack.yaml": `${PACK}author: b\n` }, "pack.yaml:6", /键重复/],
  [
    "tabs",
    { "actions/show.yaml": "name: show\nparameters:\n\thost: {}\n" },
    "actions/show.yaml:3",
    /制表符，请用空格/,
  ],
  ["a wide colon", { "actions/show.yaml": "name：show\nenabled: true\n" }, "actions/show.yaml:1", /半角的 :/],
  [
    "an alias of nothing",
    { "actions/show.yaml": `${ACTION}enabled: *on\n` },
    "actions/show.yaml",
    /没有定义/,
  ],
  ["two documents", { "actions/show.yaml": `${ACTION}---\nname: x\n` }, "actions/show.yaml:4", /一个文档/],
  ["a list for a file", { "actions/show.yaml": "- a\n" }, "actions/show.yaml", /键和值/],
  [
    "a workflow that is no YAML",
    { "actions/workflows/w.yaml": "a: [\n" },
    "actions/workflows/w.yaml:2",
    /\[ 或 \{ 没有关上/,
  ],
  [
    "no entry point",
    { "actions/show.yaml": "name: show\nrunner_type: python-script\n" },
    "actions/show.yaml:1",
    /缺少 entry_point/,
  ],
  ["no runner", { "actions/show.yaml": "name: show\n" }, "actions/show.yaml:1", /缺少 runner_type/],
  [
    "another pack's name",
    { "actions/show.yaml": `${ACTION}pack: net\n` },
    "actions/show.yaml:4",
    /这个包叫 disk/,
  ],
  [
    "a word for a flag",
    { "actions/show.yaml": `${ACTION}enabled: maybe\n` },
    "actions/show.yaml:4",
    /true 或 false/,
  ],
  ["a parameter with a dash", parameters("  a-b: {type: string}\n"), "actions/show.yaml:5", /字母、数字/],
  ["an unknown type", parameters("  a:\n    type: text\n"), "actions/show.yaml:6", /type 应为/],
  ["required as a list", parameters("  a:\n    required: [a]\n"), "actions/show.yaml:6", /required 应为/],
  [
    "two at one place",
    parameters("  a: {position: 0}\n  b: {position: 0}\n"),
    "actions/show.yaml:6",
    /position 相同/,
  ],
  [
    "a gap between places",
    parameters("  a: {position: 0}\n  b: {position: 2}\n"),
    "actions/show.yaml:6",
    /连续/,
  ],
  [
    "an alias of no action",
    { "aliases/x.yaml": "name: x\naction_ref: disk.gone\nformats: [a]\n" },
    "aliases/x.yaml:2",
    /没有动作 disk\.gone/,
  ],
  [
    "an alias without words",
    { "aliases/x.yaml": "name: x\naction_ref: disk.show\nformats: []\n" },
    "aliases/x.yaml:3",
    /是空的/,
  ],
  [
    "a rule without a trigger's type",
    { "rules/x.yaml": "name: x\ntrigger: {}\naction: {ref: core.noop}\n" },
    "rules/x.yaml:2",
    /trigger\.type/,
  ],
  [
    "a sensor without its class",
    { "sensors/x.yaml": "entry_point: x.py\n" },
    "sensors/x.yaml:1",
    /class_name/,
  ],
];

describe("a pack's metadata is refused for", () => {
  for (const [name, files, at, zh] of REFUSED) {
    test(name, () => {
      const errors = problemsOf(files).filter(({ level }) => level === "error");
      assert.deepEqual(
        errors.map(({ file, line }) => (line === undefined ? file : `${file}:${line}`)),
        [at],
        JSON.stringify(errors),
      );
      assert.match(errors[0]?.zh ?? "", zh);
    });
  }
});

test("a field that nobody knows is told and stops nothing", () => {
  const found = problemsOf({ "actions/show.yaml": `${ACTION}runner: x\n` });
  assert.deepEqual(
    found.map(({ level, line }) => [level, line]),
    [["warning", 4]],
  );
});

test("packs are read where a set's paths say, with what they hold", () => {
  const tree = aTree({
    "packs/disk/pack.yaml": `${PACK}dependencies: [net=1.0, "https://git.example/x/stackstorm-mail.git=v2"]\n`,
    "packs/disk/actions/show.yaml": `${ACTION}enabled: no\n`,
    "packs/disk/actions/show.sh": "#!/bin/sh\n",
    "packs/disk/sensors/s.yaml": "class_name: Watch\nentry_point: s.py\n",
    "packs/disk/rules/r.yaml": "name: r\ntrigger: {type: core.st2.webhook}\naction: {ref: disk.show}\n",
    "packs/disk/requirements.txt": "# all\nsix==1.16.0  # why\n\nrequests==2.31.0\n",
    "packs/net/pack.yaml": PACK.replaceAll("disk", "net"),
    "packs/README.md": "",
  });
  const { packs, problems } = packFormat.read(tree, ["packs/*"]);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    packs.map(({ ref, path }) => [ref, path]),
    [
      ["disk", "packs/disk"],
      ["net", "packs/net"],
    ],
  );
  const [disk] = packs;
  assert.deepEqual(disk?.dependencies, ["net", "mail"]);
  assert.deepEqual(disk?.requirements, ["six==1.16.0", "requests==2.31.0"]);
  assert.deepEqual(
    disk?.items.map(({ kind, ref, enabled, entryPoint }) => [kind, ref, enabled, entryPoint]),
    [
      ["action", "disk.show", false, "packs/disk/actions/show.sh"],
      ["rule", "disk.r", false, ""],
      ["sensor", "disk.Watch", true, "packs/disk/sensors/s.py"],
    ],
  );
  const none = packFormat.read(tree, ["packs/gone", "other/*"]).problems;
  assert.deepEqual(
    none.map(({ check, file }) => [check, file]),
    [
      ["metadata", "packs/gone"],
      ["metadata", "other/*"],
    ],
  );
});

test("aliases without end and nesting without end are refused", () => {
  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (const [next, last] of ["ba", "cb", "dc", "ed", "fe"]) {
    bomb.push(`${next}: &${next} [${Array(9).fill(`*${last}`).join(", ")}]`);
  }
  assert.equal(problemsOf({ "actions/show.yaml": bomb.join("\n") })[0]?.level, "error");
  assert.equal(problemsOf({ "actions/show.yaml": "[".repeat(100_000) })[0]?.level, "error");
});

test("the sample packs are sound", () => {
  const root = join(import.meta.dirname, "../../../../fixtures/packs");
  for (const name of ["disk", "dmesg"]) {
    const found = readdirSync(join(root, name), { recursive: true, encoding: "utf8" });
    const files = found.filter((file) => statSync(join(root, name, file)).isFile());
    const tree = aTree(
      Object.fromEntries(files.map((file) => [file, readFileSync(join(root, name, file), "utf8")])),
      name,
    );
    const { packs, problems } = packFormat.read(tree, ["."]);
    assert.deepEqual(problems, []);
    assert.equal(packs[0]?.ref, name);
  }
});
