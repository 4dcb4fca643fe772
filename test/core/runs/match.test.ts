import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { JsonObject } from "../../../core/ids/index.ts";
import {
  type ActionAlias,
  matchAliases,
  readFormat,
  renderedParameter,
  typedRun,
  typedWords,
} from "../../../core/runs/index.ts";

function anAlias(overrides: Partial<ActionAlias> & { written: string[] }): ActionAlias {
  const { written, ...rest } = overrides;
  const formats = written.map((one) => ({ display: one, representations: [one] }));
  return { ref: "disk.show", action: "disk.show", description: "", formats, immutable: {}, ...rest };
}

describe("words that a person types", () => {
  const READ: [text: string, values: unknown[]][] = [
    ["a  b\tc", ["a", "b", "c"]],
    [`"a b" 'c d'`, ["a b", "c d"]],
    [`say "a \\"b\\" c"`, ["say", 'a "b" c']],
    [`don't stop`, ["don't", "stop"]],
    [`x={"a": [1, "} "]} y=[1, 2]`, [{ a: [1, "} "] }, [1, 2]]],
    [`x="a = b"`, ["a = b"]],
    ["x=a=b", ["a=b"]],
    ["x={not json}", ["{not json}"]],
    [`x=""`, [""]],
  ];
  for (const [text, values] of READ) {
    test(`are read out of ${text}`, () => {
      const read = typedWords(text);
      assert.ok(read.outcome === "read");
      assert.deepEqual(
        read.words.map(({ value }) => value),
        values,
      );
    });
  }

  for (const [text, sign] of [
    [`x="a b`, '"'],
    ["x={a", "{"],
    ["'a", "'"],
  ] as const) {
    test(`are refused where ${sign} is never closed: ${text}`, () => {
      assert.deepEqual(typedWords(text), { outcome: "unclosed", sign });
    });
  }

  test("come back whole from quotes, whatever they hold", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (value) => {
        const quoted = `"${value.replace(/[\\"]/g, "\\$&")}"`;
        const read = typedRun(`disk.show host=${quoted}`);
        assert.ok(read.outcome === "action");
        assert.deepEqual(read.parameters, { host: value });
      }),
    );
  });

  test("behind an action must be pairs, each name once", () => {
    assert.equal(typedRun("disk.show vm-1").outcome, "stray");
    assert.deepEqual(typedRun("disk.show a=1 a=2"), { outcome: "twice", name: "a" });
    assert.equal(typedRun("").outcome, "nothing");
    assert.equal(typedRun("show disk").outcome, "words");
  });
});

describe("a format", () => {
  for (const format of ["(show|list) {{x}}", "show{{x}}", "what?", "{{x}}", "^show {{x}}$", "a* {{b}}"]) {
    test(`beyond words and holes is not understood: ${format}`, () => {
      assert.equal(readFormat(format).outcome, "unsupported");
    });
  }

  test("has words in lower case, holes and presets", () => {
    assert.deepEqual(readFormat(`Show {{ host }} of {{ n = "a b" }}`), {
      outcome: "read",
      parts: [{ word: "show" }, { hole: "host" }, { word: "of" }, { hole: "n", preset: "a b" }],
    });
  });
});

describe("an alias", () => {
  const MATCH: [format: string, text: string, parameters: JsonObject][] = [
    ["show disk of {{host}}", "show disk of vm-1", { host: "vm-1" }],
    ["show disk of {{host}}", "SHOW Disk OF VM-1", { host: "VM-1" }],
    ["show disk of {{host}}", "show disk of vm-1 deep=true", { host: "vm-1", deep: "true" }],
    ["say {{text}} to {{who}}", "say a  b c to you", { text: "a  b c", who: "you" }],
    ["say {{text}} to {{who}}", `say "x to y" to you`, { text: "x to y", who: "you" }],
    ["say {{text}}", "say a=b", { text: "a=b" }],
    ["say {{text}}", `say "a=b" n=1`, { text: "a=b", n: "1" }],
    ["clean {{host}} {{days=7}}", "clean vm-1", { host: "vm-1", days: "7" }],
    ["clean {{host}} {{days=7}}", "clean vm-1 9", { host: "vm-1", days: "9" }],
    ["clean {{host}} {{days=7}}", "clean vm-1 days=9", { host: "vm-1", days: "9" }],
    ["show disk of {{host}}", "show disk of host=vm-1", { host: "vm-1" }],
    ["set {{map}}", `set {"a": [1]}`, { map: { a: [1] } }],
    ["查看磁盘 {{host}}", "查看磁盘 vm-1", { host: "vm-1" }],
  ];
  for (const [format, text, parameters] of MATCH) {
    test(`written ${format} takes ${text}`, () => {
      const found = matchAliases(text, [anAlias({ written: [format] })]);
      assert.ok(found.outcome === "match", found.outcome);
      assert.deepEqual(found.parameters, parameters);
    });
  }

  test("takes its first format that fits", () => {
    const alias = anAlias({ written: ["disk {{a}} {{b}}", "disk {{c}}"] });
    const found = matchAliases("disk x", [alias]);
    assert.ok(found.outcome === "match");
    assert.deepEqual(found.parameters, { c: "x" });
  });

  test("whose hole stays empty is told with what is missing", () => {
    const found = matchAliases("show disk of", [anAlias({ written: ["show disk of {{host}}"] })]);
    assert.ok(found.outcome === "incomplete");
    assert.deepEqual(found.missing, ["host"]);
  });

  test("beside another that means something else is ambiguous, and none is chosen", () => {
    const one = anAlias({ written: ["pack {{x}}"] });
    const other = anAlias({ written: ["pack install {{y}}"], action: "packs.install", ref: "packs.install" });
    const found = matchAliases("pack install web", [one, other]);
    assert.ok(found.outcome === "ambiguous");
    assert.equal(found.matches.length, 2);
  });

  test("beside the same on another cluster is one meaning", () => {
    const one = anAlias({ written: ["disk {{host}}"] });
    const found = matchAliases("disk vm-1", [one, anAlias({ written: ["disk {{host}}"], ref: "b.show" })]);
    assert.equal(found.outcome, "match");
  });

  test("is not matched by a value in its place and by its name", () => {
    const alias = anAlias({ written: ["show {{host}}"] });
    assert.deepEqual(matchAliases("show vm-1 host=vm-2", [alias]), { outcome: "twice", name: "host" });
  });

  test("with a slip in it is suggested", () => {
    const aliases = [anAlias({ written: ["restart {{svc}}"] }), anAlias({ written: ["show disk {{host}}"] })];
    const found = matchAliases("shwo disk", aliases);
    assert.ok(found.outcome === "none");
    assert.equal(found.near[0]?.display, "show disk {{host}}");
  });

  test("that StackStorm alone could render names its parameter", () => {
    assert.equal(renderedParameter({ immutable: { a: 1, key: "{{ st2kv.system.k }}" } }), "key");
    assert.equal(renderedParameter({ immutable: { a: 1 } }), null);
  });

  test("is compared in a time that grows with the text alone", () => {
    const written = Array.from({ length: 25 }, (_, n) => `{{a${n}=x}}`).join(" y ");
    const text = Array.from({ length: 390 }, () => "y").join(" ");
    assert.ok(matchAliases(`go ${text}`, [anAlias({ written: [`go ${written} end`] })]).outcome !== "match");
  });

  test("never loses or makes up a word: what it was made of comes back", () => {
    const word = fc.stringMatching(/^[a-z0-9./-]{1,8}$/);
    fc.assert(
      fc.property(word, word, (host, path) => {
        fc.pre(host !== "below" && path !== "below");
        const alias = anAlias({ written: ["clean {{host}} below {{path}}"] });
        const found = matchAliases(`clean ${host} below ${path}`, [alias]);
        assert.ok(found.outcome === "match");
        assert.deepEqual(found.parameters, { host, path });
      }),
    );
  });
});
