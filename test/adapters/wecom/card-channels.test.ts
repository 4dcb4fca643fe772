import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CARD_CHANNELS, type CardChannel, checkCard } from "../../../adapters/wecom/index.ts";
import { CARDS, type Card, cardOf, keyOf, long, many, withValue } from "./card-cases.ts";

/** A value of a size, and where it stands in which type of card. */
type Sized = [type: string, path: string, of: (size: number) => unknown];

const text: Sized[2] = long;
const options = (size: number) => many(size, (i) => ({ id: `${i}`, text: `${i}` }));
const url = (size: number) => `https://${keyOf(size - 8)}`;

/** What every channel bounds alike: the largest size and the errcode of one more; null where it is only cut. */
const ALIKE: [...Sized, largest: number, errcode: number | null][] = [
  ["text_notice", "horizontal_content_list", (n) => many(n, () => ({ keyname: "k" })), 6, 42035],
  ["text_notice", "jump_list", (n) => many(n, () => ({ title: "t" })), 3, 42042],
  ["text_notice", "horizontal_content_list[0].keyname", text, 5, null],
  ["text_notice", "horizontal_content_list[1].url", url, 2048, 42028],
  ["text_notice", "horizontal_content_list[3].userid", keyOf, 64, 42050],
  ["news_notice", "vertical_content_list", (n) => many(n, () => ({ title: "t" })), 4, 42036],
];

/** The same of what only a card that can be clicked has. */
const CLICKED: typeof ALIKE = [
  ["button_interaction", "task_id", keyOf, 128, 42014],
  ["button_interaction", "button_list", (n) => many(n, (i) => ({ text: "t", key: `${i}` })), 6, 40058],
  ["button_interaction", "button_list[0].text", text, 10, null],
  ["button_interaction", "button_list[0].key", keyOf, 1024, 42039],
  ["button_interaction", "button_selection.question_key", keyOf, 1024, 42043],
  ["button_interaction", "button_selection.option_list", options, 10, 42037],
  ["button_interaction", "button_selection.option_list[0].id", keyOf, 128, 42040],
  ["text_notice", "action_menu.action_list", (n) => many(n, (i) => ({ text: "t", key: `${i}` })), 3, 42037],
  ["text_notice", "action_menu.action_list[0].key", keyOf, 1024, 42039],
  ["vote_interaction", "checkbox.option_list", options, 20, 42037],
  ["vote_interaction", "submit_button.text", text, 10, null],
  ["vote_interaction", "submit_button.key", keyOf, 1024, 42046],
  [
    "multiple_interaction",
    "select_list",
    (n) => many(n, (i) => ({ question_key: `${i}`, option_list: options(1) })),
    3,
    42047,
  ],
  ["multiple_interaction", "select_list[0].option_list", options, 10, 42037],
];

/** Texts that clients cut, by what the app and the AI bot show of them. */
const CUT: [...Sized, app: number, aibot: number][] = [
  ["text_notice", "source.desc", text, 20, 13],
  ["text_notice", "main_title.title", text, 36, 26],
  ["text_notice", "main_title.desc", text, 44, 30],
  ["text_notice", "emphasis_content.title", text, 14, 10],
  ["text_notice", "emphasis_content.desc", text, 22, 15],
  ["text_notice", "sub_title_text", text, 160, 112],
  ["text_notice", "horizontal_content_list[0].value", text, 30, 26],
  ["text_notice", "jump_list[0].title", text, 18, 13],
  ["news_notice", "vertical_content_list[0].title", text, 38, 26],
  ["news_notice", "vertical_content_list[0].desc", text, 160, 112],
  ["button_interaction", "button_selection.option_list[0].text", text, 16, 10],
  ["vote_interaction", "main_title.title", text, 16, 16],
  ["vote_interaction", "main_title.desc", text, 160, 30],
  ["vote_interaction", "checkbox.option_list[0].text", text, 17, 11],
  ["multiple_interaction", "main_title.title", text, 36, 26],
  ["multiple_interaction", "main_title.desc", text, 160, 30],
];

/** The complete card of a type, without what a channel does not have. */
function cardFor(channel: CardChannel, type: string): Card {
  let card = cardOf(type);
  const drop = (path: string) => {
    card = withValue(card, path, undefined);
  };
  if (channel === "aibot" && type === "text_notice")
    card = withValue(card, "horizontal_content_list[2]", { keyname: "k" });
  if (channel === "aibot" && type === "button_interaction")
    card = withValue(card, "button_list", [
      { text: "t", key: "1" },
      { text: "t", key: "2" },
    ]);
  if (channel === "aibot" && /vote|multiple/.test(type)) card = withValue(card, "main_title.desc", "d");
  if (channel === "robot") for (const path of ["task_id", "action_menu"]) drop(path);
  return card;
}

function found(channel: CardChannel, card: Card): [path: string, errcode: number | null][] {
  return checkCard(card, channel).map(({ path, errcode }) => [path, errcode]);
}

const NOTICES = ["text_notice", "news_notice"];

describe("the limits of each channel", () => {
  for (const channel of CARD_CHANNELS) {
    const cut = CUT.map(([type, path, of, app, aibot]) => {
      return [type, path, of, channel === "aibot" ? aibot : app, null] as const;
    });
    const limits = [...ALIKE, ...(channel === "robot" ? [] : CLICKED), ...cut];
    for (const [type, path, of, largest, errcode] of limits) {
      if (channel === "robot" && !NOTICES.includes(type)) continue;
      const card = cardFor(channel, type);
      it(`a ${type} of ${channel} takes ${largest} in ${path}`, () => {
        assert.deepEqual(found(channel, withValue(card, path, of(largest))), []);
      });

      it(`a ${type} of ${channel} takes no ${largest + 1} in ${path}`, () => {
        assert.deepEqual(found(channel, withValue(card, path, of(largest + 1))), [[path, errcode]]);
      });
    }
  }
});

describe("a card of the AI bot", () => {
  for (const type of Object.keys(CARDS)) {
    it(`may be a ${type}`, () => assert.deepEqual(found("aibot", cardFor("aibot", type)), []));
  }

  it("has no attachments, no buttons that open pages, and no grey text", () => {
    const attachment = [{ type: 2, keyname: "k", value: "a.log", media_id: "M" }];
    const row = withValue(cardFor("aibot", "text_notice"), "horizontal_content_list", attachment);
    assert.deepEqual(found("aibot", row), [["horizontal_content_list[0].type", 40058]]);
    const buttons = cardFor("aibot", "button_interaction");
    const opens = withValue(buttons, "button_list[1]", { type: 1, text: "t", url: "https://x.example" });
    assert.deepEqual(
      found("aibot", opens).map(([path]) => path),
      ["button_list[1].type", "button_list[1].url", "button_list[1].key"],
    );
    const grey = checkCard(withValue(buttons, "replace_text", "x"), "aibot", { update: true });
    assert.deepEqual(
      grey.map(({ path }) => path),
      ["replace_text"],
    );
  });

  it("names itself in an update too, where it may lock its inputs", () => {
    const card = cardFor("aibot", "vote_interaction");
    const locked = withValue(card, "checkbox.disable", true);
    assert.deepEqual(checkCard(locked, "aibot", { update: true }), []);
    assert.deepEqual(found("aibot", locked), [["checkbox.disable", null]]);
    const nameless = checkCard(withValue(locked, "task_id", undefined), "aibot", { update: true });
    assert.deepEqual(
      nameless.map(({ path, errcode }) => [path, errcode]),
      [["task_id", 42014]],
    );
  });

  it("may ask for feedback and put a question to the bot, each of a certain size", () => {
    const card = cardFor("aibot", "text_notice");
    const asking = (size: number) => [{ type: 3, title: "t", question: keyOf(size) }];
    assert.deepEqual(found("aibot", withValue(card, "jump_list", asking(200))), []);
    const long = [["jump_list[0].question", 42042]];
    assert.deepEqual(found("aibot", withValue(card, "jump_list", asking(201))), long);
    assert.deepEqual(found("aibot", withValue(card, "jump_list", [{ type: 3, title: "t" }])), long);
    assert.deepEqual(found("app", withValue(cardOf("text_notice"), "jump_list", asking(1))), [
      ["jump_list[0].type", 40058],
      ["jump_list[0].question", null],
    ]);
    assert.deepEqual(found("aibot", withValue(card, "feedback", { id: keyOf(256) })), []);
    assert.deepEqual(found("aibot", withValue(card, "feedback", { id: keyOf(257) })), [
      ["feedback.id", 40058],
    ]);
  });
});

describe("a card of a group's robot", () => {
  it("is a notice that nobody answers to", () => {
    for (const type of Object.keys(CARDS)) {
      const expected = NOTICES.includes(type) ? [] : [["card_type", 42031]];
      assert.deepEqual(found("robot", cardFor("robot", type)), expected);
    }
    const answered = withValue(cardOf("text_notice"), "card_action", { type: 1, url: "https://x.example" });
    assert.deepEqual(
      found("robot", answered).map(([path]) => path),
      ["action_menu", "task_id"],
    );
  });
});
