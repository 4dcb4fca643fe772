import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { compileTemplate, FILTERS, type Scope, TEMPLATE_LIMITS } from "../../../core/params/index.ts";

const BIG = "x".repeat(60_000);
const SCOPE: Scope = {
  detail: {
    big: BIG,
    spaces: `${" ".repeat(60_000)}x`,
    list: Array.from({ length: 5000 }, (_, i) => i),
    n: 3,
  },
};

/** What a template comes to: refused when compiled, failed when rendered, or the JSON it gave. */
function fate(text: string, scope: Scope): string {
  const compiled = compileTemplate(text);
  if (compiled.outcome === "invalid") return "invalid";
  const rendering = compiled.template.render(scope);
  return rendering.outcome === "rendered" ? JSON.stringify(rendering.value) : "failed";
}

describe("a template that wants too much fails instead of taking it", () => {
  const cases = [
    "{% for i in (1..100000000) %}x{% endfor %}",
    "{% for i in (1..900000) %}{% endfor %}",
    "{% for i in (1..400) %}{% for j in (1..400) %}{% for k in (1..400) %}.{% endfor %}{% endfor %}{% endfor %}",
    "{% for i in (1..100000) %}{{ detail.big }}{% endfor %}",
    "{% for a in detail.list %}{% for b in detail.list %}{% for c in detail.list %}{% endfor %}{% endfor %}{% endfor %}",
    `{% assign a = 'x' %}${"{% assign a = a | append: a %}".repeat(30)}{{ a }}`,
    "{% assign a = 'xxxxxxxx' %}{% for i in (1..40) %}{% assign a = a | append: a %}{% endfor %}{{ a }}",
    `{{ detail.big${" | append: detail.big".repeat(50)} }}`,
    "{{ detail.big | replace: 'x', detail.big }}",
    "{{ detail.big | split: '' | join: detail.big }}",
    "{{ '2020-01-01T00:00:00Z' | date: '%999999999Y' }}",
    "{{ detail.big | regex_replace: 'x', detail.big }}",
    "{{ detail.big | regex_replace: '', 'xxxxxxxxxx' }}",
    "{{ detail.big }}{{ detail.big }}",
    "{{ (1..100000000) }}",
    "{{ (1..300000) | size }}",
  ];
  for (const text of cases) {
    test(text.slice(0, 90), () => {
      assert.equal(fate(text, SCOPE), "failed");
    });
  }
});

test("a value just within the bound is rendered and one above it is not", () => {
  const fits = "y".repeat(TEMPLATE_LIMITS.maxValueBytes - 2);
  assert.equal(fate("{{ detail }}", { detail: fits }), JSON.stringify(fits));
  assert.equal(fate("{{ detail }}", { detail: `${fits}yyy` }), "failed");
  assert.equal(fate("{{ detail }}", { detail: "磁".repeat(22_000) }), "failed");
});

test("a value nested too deep or in a circle fails", () => {
  let deep: unknown = 1;
  for (let level = 0; level < 70; level += 1) deep = [deep];
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  assert.equal(fate("{{ detail }}", { detail: deep }), "failed");
  assert.equal(fate("a {{ detail }}", { detail: circle }), "failed");
});

test("values that JSON cannot hold fail, alone and inside a text", () => {
  const bad = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Symbol("s"),
    10n,
    new Date(0),
    new Map(),
    { f: undefined },
  ];
  for (const detail of bad) {
    assert.equal(fate("{{ detail }}", { detail }), "failed", String(detail));
    assert.equal(fate("a {{ detail }}", { detail }), "failed", String(detail));
  }
});

test("white space that a naive pattern would scan for ever is stripped", () => {
  assert.equal(fate("{{ detail.spaces | strip }}", SCOPE), '"x"');
});

test("deeply nested tags are compiled or refused, never thrown", () => {
  const nested = `${"{% if detail %}".repeat(600)}x${"{% endif %}".repeat(600)}`;
  assert.equal(fate(nested, SCOPE), '"x"');
});

const piece = fc.oneof(
  fc.constantFrom(
    "{{",
    "}}",
    "{%",
    "%}",
    "|",
    ".",
    "detail",
    "list",
    "n",
    "big",
    "'",
    '"',
    "(1..9)",
    ":",
    ",",
    "[",
    "]",
  ),
  fc.constantFrom(
    "if",
    "endif",
    "for i in",
    "endfor",
    "assign a =",
    "capture c",
    "endcapture",
    "raw",
    "endraw",
    "case",
    "#",
  ),
  fc.constantFrom(
    ...FILTERS,
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "size",
    "0",
    "-1",
    "1e999",
  ),
  fc.string({ maxLength: 4 }),
);

test("any text whatever compiles or is refused, and renders within the bounds or fails", () => {
  const scope: Scope = { detail: { list: [1, "a", null, { b: [] }], n: 3, big: "x".repeat(2000) } };
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const result = fate(pieces.join(" "), scope);
      assert.ok(Buffer.byteLength(result) <= TEMPLATE_LIMITS.maxValueBytes + 2);
    }),
    { numRuns: 2000 },
  );
});

test("a filter on any value of any event gives JSON or fails", () => {
  const filter = fc.constantFrom(...FILTERS);
  fc.assert(
    fc.property(filter, fc.jsonValue(), fc.jsonValue(), (name, detail, arg) => {
      const result = fate(`{{ detail | ${name}: arg }}`, { detail, arg });
      assert.ok(result === "failed" || JSON.stringify(JSON.parse(result)) === result);
    }),
    { numRuns: 2000 },
  );
});

test("a lone reference gives back any small value as it was", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (detail) => {
      const plain: unknown = JSON.parse(JSON.stringify(detail));
      const text = JSON.stringify(plain);
      fc.pre(!text.includes("__proto__") && text.isWellFormed() && !text.includes("\\ud"));
      assert.equal(fate("{{ detail }}", { detail: plain }), text);
    }),
  );
});
