import assert from "node:assert/strict";
import { test } from "node:test";
import { type ButtonsView, type CardView, cardWords } from "../../../core/cards/index.ts";
import { textsOf } from "../../../core/texts/index.ts";

const viewing = { texts: textsOf("en"), plain: (text: string) => text.replace(/[<>[\]()*]/g, "\\$&") };
const CARD: ButtonsView = {
  ...{ source: "Whale · shop", tone: "primary", title: "Clean h1", subtitle: "asked by lisi", text: "why" },
  rows: [{ label: "Action", value: "disk.cleanup" }],
  quote: { title: "Params", text: "path: /var" },
  ...{ buttons: [{ key: "approve", text: "Approve", tone: "primary" }], link: "https://whale.example/t" },
};

test("a card in words says what it shows, without its buttons", () => {
  assert.deepEqual(cardWords(CARD, viewing).split("\n"), [
    "**Clean h1**",
    "> asked by lisi",
    "> why",
    "> Action: disk.cleanup",
    "> Params: path: /var",
    "https://whale.example/t",
  ]);
});

test("what has become of it stands behind who decided", () => {
  const [, line] = cardWords({ ...CARD, buttons: [], closed: "done" }, viewing).split("\n");
  assert.equal(line, "> asked by lisi · done");
});

test("a card of dropdowns is told by what it is about", () => {
  const { source, tone, title, text } = CARD;
  const card: CardView = { source, tone, title, text, selects: [], submit: { key: "go", text: "Go" } };
  assert.equal(cardWords(card, viewing), "**Clean h1**\n> why");
});

test("no text of an event makes a line, a link or a mention of its own", () => {
  const words = cardWords({ ...CARD, text: "a\n**approved**\u2028<@all> [x](http://evil)" }, viewing);
  assert.equal(words.split("\n").length, 6);
  assert.match(words, /a \\\*\\\*approved\\\*\\\* \\<@all\\> \\\[x\\\]\\\(http/);
});
