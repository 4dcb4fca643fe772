import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { html, markupOf, type Part } from "../../../bot/pages/html.ts";

test("every part that is not markup is escaped, in texts and in attributes", () => {
  const hostile = `<b onclick='x'>"&`;
  const markup = markupOf(html`<a title="${hostile}">${hostile}</a>`);
  const escaped = "&lt;b onclick=&#39;x&#39;&gt;&quot;&amp;";
  assert.equal(markup, `<a title="${escaped}">${escaped}</a>`);
});

test("markup stays markup, lists are put together, nothing is nothing", () => {
  const parts: Part[] = [html`<i>a</i>`, ["b<", 3], null, undefined, false, ""];
  assert.equal(markupOf(html`<p>${parts}</p>`), "<p><i>a</i>b&lt;3</p>");
});

test("what came as JSON cannot pass for markup", () => {
  const forged = JSON.parse('{"Symbol(markup)":"<script>","markup":"<script>"}') as Part;
  assert.ok(!markupOf(html`${forged}`).includes("<script>"));
});

test("no text of any kind brings a tag, an attribute or an entity of its own", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const markup = markupOf(html`<a title="${text}">${text}</a>`);
      return /^<a title="[^"<>]*">[^<>"]*<\/a>$/.test(markup) && !/&(?!(amp|lt|gt|quot|#39);)/.test(markup);
    }),
  );
});

test("what would hide in it is shown", () => {
  assert.equal(markupOf(html`<code>${"a\u202Eb"}</code>`), "<code>a⟨U+202E⟩b</code>");
});
