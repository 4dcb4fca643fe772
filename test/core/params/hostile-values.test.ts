import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  compileParams,
  compileTemplate,
  findServerTemplate,
  type Scope,
} from "../../../core/params/index.ts";
import { shellQuote } from "../../../core/params/shell-quote.ts";

/** What a field of an event may say to reach further than a parameter. */
const HOSTILE = [
  "; rm -rf /",
  "$(touch /tmp/owned)",
  "`id`",
  "a\nb\r\nc",
  "--flag",
  "-rf",
  "../../etc/passwd",
  "%2e%2e%2f",
  "'; echo owned; '",
  '"$HOME"',
  "a && b || c > /dev/null 2>&1 &",
  "*?[a-z]~{a,b}!",
  "\\'\\\"",
  "\u202e磁盘",
  "",
];

function rendered(text: string, scope: Scope): unknown {
  const compiled = compileTemplate(text);
  if (compiled.outcome === "invalid") return assert.fail(compiled.message);
  const rendering = compiled.template.render(scope);
  return rendering.outcome === "rendered" ? rendering.value : assert.fail(rendering.message);
}

/** The words that a shell makes of a command's tail. */
function wordsOf(tail: string): string[] {
  return execFileSync("/bin/sh", ["-c", `printf '%s\\0' ${tail}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);
}

describe("a value of an event reaches a parameter as it is", () => {
  for (const text of HOSTILE) {
    test(JSON.stringify(text), () => {
      const scope = { detail: { text, list: [text] } };
      const compiled = compileParams({
        lone: "{{ detail.text }}",
        within: "x {{ detail.text }}",
        list: "{{ detail.list }}",
      });
      assert.ok(compiled.outcome === "compiled");
      const rendering = compiled.params.render(scope);
      assert.deepEqual(rendering, {
        outcome: "rendered",
        value: { lone: text, within: `x ${text}`, list: [text] },
      });
    });
  }
});

describe("behind shell_quote a shell reads it as one word", () => {
  test("each of the hostile texts", () => {
    const tail = HOSTILE.map((text) => rendered("{{ detail | shell_quote }}", { detail: text })).join(" ");
    assert.deepEqual(wordsOf(tail), HOSTILE);
  });

  test("each element of a list, and none of an empty one", () => {
    assert.deepEqual(wordsOf(String(rendered("{{ detail | shell_quote }}", { detail: HOSTILE }))), HOSTILE);
    assert.equal(rendered("{{ detail | shell_quote }}", { detail: [] }), "");
  });

  test("any texts whatever", () => {
    const texts = fc.string({ unit: "grapheme", maxLength: 30 }).map((text) => text.replaceAll("\0", ""));
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 40 }), (words) => {
        assert.deepEqual(wordsOf(words.map(shellQuote).join(" ")), words);
      }),
      { numRuns: 40 },
    );
  });
});

describe("a value that is itself a template stays data", () => {
  const templates = [
    "{{ detail.secret }}",
    "{% include 'x' %}",
    "{{ st2kv.system.token | decrypt_kv }}",
    "{{constructor.constructor('return process')()}}",
  ];
  for (const text of templates) {
    test(text, () => {
      const scope = { detail: { text, secret: "s3cret" } };
      assert.equal(rendered("{{ detail.text }}", scope), text);
      assert.equal(rendered("a {{ detail.text | append: '' }}", scope), `a ${text}`);
      assert.equal(findServerTemplate({ text }), "text");
    });
  }
});

describe("nothing beside the event is within reach", () => {
  const reaching = [
    "{{constructor.constructor('return process')()}}",
    "{{ constructor.constructor }}",
    "{{ detail.constructor }}",
    "{{ detail.__proto__ }}",
    "{{ detail['__proto__']['polluted'] }}",
    "{{ detail.toString }}",
    "{{ detail.hasOwnProperty }}",
    "{{ detail.list.constructor }}",
    "{{ detail.host.constructor }}",
    "{{ process }}",
    "{{ process.env.PATH }}",
    "{{ env.ST2_KEY }}",
    "{{ globalThis }}",
    "{{ this }}",
    "{% include 'rules/vm.yaml' %}",
    "{% include '../../.env' %}",
    "{% render 'self' %}",
    "{% layout 'x' %}",
    "{% assign x = constructor %}{{ x }}",
    "{% for p in constructor %}{{ p }}{% endfor %}",
    "{{ detail | map: 'constructor' }}",
    "{{ detail.list | map: '__proto__' | join: ',' }}",
  ];
  for (const text of reaching) {
    test(text, () => {
      const scope: Scope = { detail: { host: "vm-1", list: [{ a: 1 }] } };
      const compiled = compileTemplate(text);
      if (compiled.outcome === "invalid") return;
      const rendering = compiled.template.render(scope);
      const shown = rendering.outcome === "rendered" ? JSON.stringify(rendering.value) : "";
      assert.doesNotMatch(shown, /function|native|object Object|\/bin/);
      assert.ok(
        rendering.outcome === "failed" || ["null", '""', "[null]", '","', "[]"].includes(shown),
        shown,
      );
    });
  }

  test("a template changes nothing of what every object inherits", () => {
    const compiled = compileTemplate("{% assign __proto__ = 'x' %}{% assign constructor = 'y' %}ok");
    if (compiled.outcome === "compiled") compiled.template.render({ detail: {} });
    assert.equal(({} as Record<string, unknown>)["x"], undefined);
    assert.equal(Object.getPrototypeOf({}), Object.prototype);
  });

  test("a property that an object inherits is none, and what throws when it is read fails alone", () => {
    const inherits = Object.create({ secret: "s3cret" }) as object;
    const throwing = Object.defineProperty({}, "x", {
      enumerable: true,
      get() {
        throw new Error("read");
      },
    });
    for (const detail of [inherits, throwing]) {
      const compiled = compileTemplate("{{ detail.secret }}{{ detail.x }}");
      assert.ok(compiled.outcome === "compiled");
      assert.equal(compiled.template.render({ detail }).outcome, "failed");
    }
  });
});
