import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  compileTemplate,
  FILTERS,
  type Scope,
  TEMPLATE_LIMITS,
  type Template,
  variables,
} from "../../../core/params/index.ts";

const SCOPE: Scope = {
  type: "vm.disk.usage",
  receivedAt: "2026-11-01T00:00:00.000Z",
  labels: { env: "prod", "app.kubernetes.io/name": "cart" },
  detail: {
    msg: ["test1", "test2"],
    usage: 97.13,
    text: "97.13",
    host: "vm-1",
    none: null,
    nested: { a: { b: true } },
    wide: "磁盘😀",
  },
};

function compiled(text: string): Template {
  const outcome = compileTemplate(text);
  assert.equal(outcome.outcome, "compiled", JSON.stringify(outcome));
  return outcome.outcome === "compiled" ? outcome.template : assert.fail();
}

function render(text: string, scope: Scope = SCOPE) {
  return compiled(text).render(scope);
}

function value(text: string, scope: Scope = SCOPE) {
  const rendering = render(text, scope);
  return rendering.outcome === "rendered" ? rendering.value : assert.fail(`${text}: ${rendering.message}`);
}

test("a filter over a number gives the same, and fails alike, in the engine and past it", () => {
  const filters = [
    "plus: 2",
    "minus: -1.5",
    "times: 3",
    "divided_by: 0",
    "round: 1",
    "round",
    "floor",
    "abs",
  ];
  const values = fc.oneof(
    fc.integer(),
    fc.double(),
    fc.string(),
    fc.constantFrom("97.13", " 5 ", null, [1], {}),
  );
  fc.assert(
    fc.property(fc.constantFrom(...filters), values, (filter, x) => {
      // White space is cut off only by the engine.
      assert.deepEqual(
        render(`{{ a.x | ${filter} }}`, { a: { x } }),
        render(`{{- a.x | ${filter} -}}`, { a: { x } }),
      );
    }),
  );
});

test("a text that only names values gives the same in the engine and past it", () => {
  const values = fc.oneof(
    fc.integer(),
    fc.double(),
    fc.string(),
    fc.boolean(),
    fc.constantFrom(null, undefined, [1], {}, "\ud800", "{{ a.y }}"),
  );
  const literals = fc.constantFrom("", "_", " : ", " } ", "{ ", "%", "磁盘");
  fc.assert(
    fc.property(values, values, literals, (x, y, between) => {
      // An empty comment is only known to the engine.
      const text = `k${between}{{.a.x}}${between}{{ a.y }}`;
      const scope = { a: { x, y } };
      assert.deepEqual(render(text, scope), render(`${text}{% comment %}{% endcomment %}`, scope));
    }),
  );
});

describe("a template that is exactly one output", () => {
  const cases: [string, unknown][] = [
    ["{{.detail.msg}}", ["test1", "test2"]],
    ["{{ detail.msg }}", ["test1", "test2"]],
    ["  {{ detail.msg }}\n", ["test1", "test2"]],
    ["{{- detail.usage -}}", 97.13],
    ["{{ detail.text | times: 1 }}", 97.13],
    ["{{ detail.nested }}", { a: { b: true } }],
    ["{{ detail.nested.a.b }}", true],
    ["{{ detail.none }}", null],
    ["{{ detail.host.length }}", 4],
    ["{{ empty }}", ""],
    ["{{ detail.msg | first }}", "test1"],
    ["{{ detail.msg[1] }}", "test2"],
    ["{{ detail.msg | size }}", 2],
    ['{{ labels["app.kubernetes.io/name"] }}', "cart"],
    ["{{ detail.gone | default: 'x' }}", "x"],
    ["{{ detail.msg | join: ',' }}", "test1,test2"],
    ["{{ 'a,b' | split: ',' }}", ["a", "b"]],
    ["{{ 7 | divided_by: 2 }}", 3.5],
    ["{{ 97.135 | round: 1 }}", 97.1],
    ["{{ detail.nested | json }}", '{"a":{"b":true}}'],
    ["{{ receivedAt | date: '%Y-%m-%d %H:%M' }}", "2026-11-01 08:00"],
    ["{{ receivedAt | date: '%Y-%m-%d %H:%M', 'UTC' }}", "2026-11-01 00:00"],
    ["{{ receivedAt | date: '%m-%d %H:%M', 'America/New_York' }}", "10-31 20:00"],
    [
      "{{ detail.host | regex_replace: '^vm-(?P<no>[0-9]+)$', 'host $" + "{no} of $0 for $$1' }}",
      "host 1 of vm-1 for $1",
    ],
    ["{{ 'a.b.c' | regex_replace: '[.]' }}", "abc"],
    ["{{ 'aaa' | regex_replace: 'b*', '-' }}", "-a-a-a-"],
    ["{{ detail.host | shell_quote }}", "'vm-1'"],
    ["{{ detail.msg | shell_quote }}", "'test1' 'test2'"],
    ["{{ receivedAt | date }}", "2026-11-01 08:00:00"],
    ["{{ 0 | date: '%Y-%m-%d' }}", "1970-01-01"],
  ];
  for (const [text, expected] of cases) {
    test(`${JSON.stringify(text)} keeps the type of its value`, () => {
      assert.deepEqual(value(text), expected);
    });
  }
});

describe("any other template gives text", () => {
  const cases: [string, string][] = [
    ["{{ detail.host }}-{{ detail.usage }}", "vm-1-97.13"],
    [" x {{ detail.host }}", " x vm-1"],
    ["list {{ detail.msg }}", 'list ["test1","test2"]'],
    ["{{ detail.nested }}!", '{"a":{"b":true}}!'],
    ["[{{ detail.none }}]", "[]"],
    ["{% if detail.gone %}a{% else %}b{% endif %}", "b"],
    ["{% if labels.env == 'prod' %}{{ detail.msg }}{% endif %}", '["test1","test2"]'],
    ["{% for m in detail.msg %}{{ m }};{% endfor %}", "test1;test2;"],
    ["{% assign n = detail.usage | floor %}{{ n }}%", "97%"],
    ["{% capture c %}{{ detail.nested }}{% endcapture %}{{ c }}", '{"a":{"b":true}}'],
    ["{% raw %}{{ x }}{% endraw %}", "{{ x }}"],
  ];
  for (const [text, expected] of cases) {
    test(`${JSON.stringify(text)} becomes ${JSON.stringify(expected)}`, () => {
      assert.equal(value(text), expected);
    });
  }
});

test("a text without braces is passed through as it is, with white space and closing braces", () => {
  for (const text of ["", "  ok ", "}}", '{"a":{"b":{}}}', "100%}"]) assert.equal(value(text), text);
});

test("renderText gives text for every type", () => {
  const texts = [
    "{{ detail.usage }}",
    "{{ detail.none }}",
    "{{ detail.msg }}",
    "{{ detail.nested.a.b }}",
    "x",
  ];
  const rendered = texts.map((text) => compiled(text).renderText(SCOPE));
  const values = rendered.map((r) => (r.outcome === "rendered" ? r.value : r.message));
  assert.deepEqual(values, ["97.13", "", '["test1","test2"]', "true", "x"]);
});

test("what an event holds is data and is not rendered again", () => {
  const scope = { detail: { evil: "{{ detail.secret }}", secret: "s" } };
  assert.equal(value("{{ detail.evil }}", scope), "{{ detail.secret }}");
  assert.equal(value("a {{ detail.evil }}", scope), "a {{ detail.secret }}");
});

test("the rendered value shares nothing with the event", () => {
  const detail = { list: [{ a: 1 }] };
  const rendered = value("{{ detail.list }}", { detail });
  assert.deepEqual(rendered, [{ a: 1 }]);
  assert.notEqual(rendered, detail.list);
});

test("the scope is the same after assign and capture", () => {
  const scope = structuredClone(SCOPE);
  value("{% assign detail = 1 %}{% capture labels %}x{% endcapture %}{{ detail }}", scope);
  assert.deepEqual(scope, SCOPE);
});

test("references of a template are listed without its own variables", () => {
  const text =
    "{{ .detail.host | append: labels.env }}{% assign z = 1 %}{{ z }}{% for i in x.y %}{{ i.q }}{% endfor %}";
  assert.deepEqual(variables(compiled(text)), ["detail.host", "labels.env", "x.y"]);
  assert.deepEqual(variables(compiled("plain")), []);
});

describe("a template is refused when compiled", () => {
  const cases: [string, RegExp, number, number][] = [
    ["{{ detail.host }}}", /}}}/, 1, 16],
    ["a\nb {{ c }}}", /}}}/, 2, 8],
    ["{{ detail.host", /not closed/, 1, 1],
    ["{{ detail.host }", /not closed/, 1, 1],
    ["{{ }}", /expression/, 1, 4],
    ["{{ . }}", /expression/, 1, 5],
    ["x\n{{ a | nosuch }}", /undefined filter: nosuch/, 2, 1],
    ["{{ a | sort }}", /undefined filter: sort/, 1, 1],
    ["{{ a | sample }}", /undefined filter: sample/, 1, 1],
    ["{{ a | where: 'b' }}", /undefined filter: where/, 1, 1],
    ["{% include 'x' %}", /include/, 1, 1],
    ["{% render 'x' %}", /render/, 1, 1],
    ["{% layout 'x' %}", /layout/, 1, 1],
    ["{% block x %}{% endblock %}", /block/, 1, 1],
    ["{% liquid include 'x' %}", /liquid/, 1, 1],
    ["{% increment detail %}", /increment/, 1, 1],
    ["{% if a %}", /not closed/, 1, 1],
    ["{% if %}x{% endif %}", /expression/, 1, 6],
    ["{{ constructor.constructor('return process')() }}", /invalid/, 1, 44],
    [`{{ a }}${"x".repeat(TEMPLATE_LIMITS.maxSourceChars)}`, /limit/, 1, 1],
  ];
  for (const [text, message, line, column] of cases) {
    test(`${JSON.stringify(text.slice(0, 50))} at ${line}:${column}`, () => {
      const outcome = compileTemplate(text);
      if (outcome.outcome !== "invalid") assert.fail("it compiled");
      assert.match(outcome.message, message);
      assert.deepEqual([outcome.line, outcome.column], [line, column]);
    });
  }
});

test("only the listed filters exist", () => {
  for (const name of FILTERS) assert.equal(compileTemplate(`{{ a | ${name} }}`).outcome, "compiled");
});

describe("rendering fails, and says why", () => {
  const cases: [string, RegExp][] = [
    ["{{ detail.gone }}", /undefined variable: detail.gone/],
    ["a {{ gone.host }}", /undefined variable: gone/],
    ["{{ detail.gone | upcase }}", /undefined variable/],
    ["{{ constructor }}", /undefined variable: constructor/],
    ["{{ __proto__ }}", /undefined variable: __proto__/],
    ["{{ detail.__proto__ }}", /undefined variable/],
    ["{{ detail.msg.constructor }}", /undefined variable/],
    ["{{ detail.host | times: 2 }}", /times: "vm-1" is not a number/],
    ["{{ detail.none | plus: 1 }}", /plus: null is not a number/],
    ["{{ 1 | divided_by: 0 }}", /divided_by: the result is not a number/],
    ["{{ 1 | plus }}", /plus: the result is not a number/],
    ["{{ 'now' | date: '%Y' }}", /"now" is not known/],
    ["{{ 'garbage' | date: '%Y' }}", /not a time/],
    ["{{ detail.none | date: '%Y' }}", /not a time/],
    ["{{ receivedAt | date: '%Y', 'Mars/Base' }}", /./],
    ["{{ detail.host | regex_replace: '(' }}", /regex_replace: /],
    ["{{ detail.host | regex_replace: '(?=x)' }}", /regex_replace: /],
    ["{{ detail.host | regex_replace: 'v', '$1' }}", /no group 1/],
    ["{{ 'a\u0000b' | shell_quote }}", /no NUL/],
    ["x{{ blank }}", /instance of a class/],
  ];
  for (const [text, message] of cases) {
    test(JSON.stringify(text), () => {
      const rendering = render(text);
      if (rendering.outcome !== "failed") assert.fail(`it rendered ${JSON.stringify(rendering.value)}`);
      assert.match(rendering.message, message);
      assert.doesNotMatch(rendering.message, /line:\d/);
    });
  }
});

test("an event's word `now` does not bring the clock into a template", () => {
  assert.equal(render("{{ detail.at | date: '%Y' }}", { detail: { at: "now" } }).outcome, "failed");
  assert.equal(render("{{ detail.at | date: '%Y' }}", { detail: { at: "today" } }).outcome, "failed");
});

test("half a surrogate pair, from a sender or a cut, becomes text that can be hashed", () => {
  const scope = { half: "x\ud800", list: ["\udc00"], cut: "磁盘😀" };
  assert.equal(value("{{ half }}", scope), "x\ufffd");
  assert.equal(value("a {{ half }}", scope), "a x\ufffd");
  assert.deepEqual(value("{{ list }}", scope), ["\ufffd"]);
  const cut = value("{{ cut | slice: 0, 3 }}", scope);
  assert.equal(typeof cut === "string" && cut.isWellFormed(), true);
});
