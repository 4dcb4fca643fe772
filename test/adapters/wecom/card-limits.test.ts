import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkCard } from "../../../adapters/wecom/index.ts";
import { CARDS, CASES, cardOf, keyOf, long, many, withValue } from "./card-cases.ts";

describe("the limits of a card", () => {
  for (const [kind, card] of Object.entries(CARDS)) {
    it(`finds nothing wrong with a complete ${kind}`, () => {
      assert.deepEqual(checkCard(card, "app", { update: false }), []);
    });

    it(`finds nothing wrong with a ${kind} without task_id in an update`, () => {
      assert.deepEqual(checkCard(withValue(card, "task_id", undefined), "app", { update: true }), []);
    });
  }

  for (const [i, [kind, path, value, errcode, at = path]] of CASES.entries()) {
    it(`finds ${at} wrong in a ${kind} (case ${i})`, () => {
      const found = checkCard(withValue(cardOf(kind), path, value), "app", { update: false });
      assert.deepEqual(
        found.map((one) => [one.path, one.errcode]),
        [[at, errcode]],
      );
    });
  }

  it("accepts every limit when it is just reached", () => {
    let card = withValue(
      cardOf("button_interaction"),
      "button_list",
      many(6, (i) => ({ text: long(10), key: `${i}${keyOf(1023)}` })),
    );
    card = withValue(
      card,
      "horizontal_content_list",
      many(6, () => ({ keyname: long(5), value: long(30) })),
    );
    card = withValue(
      card,
      "button_selection.option_list",
      many(10, (i) => ({ id: `${i}${keyOf(127)}`, text: long(16) })),
    );
    card = withValue(card, "main_title", { title: long(36), desc: "😀".repeat(44) });
    card = withValue(withValue(card, "sub_title_text", long(160)), "task_id", keyOf(128));
    assert.deepEqual(checkCard(card, "app", { update: false }), []);
  });

  it("wants a title or a line below it in a text_notice, one of them being enough", () => {
    const untitled = withValue(cardOf("text_notice"), "main_title.title", undefined);
    assert.deepEqual(checkCard(untitled, "app", { update: false }), []);
    const [found] = checkCard(withValue(untitled, "sub_title_text", ""), "app", { update: false });
    assert.deepEqual([found?.path, found?.errcode], ["main_title.title", 42033]);
  });

  it("wants a picture of some kind in a news_notice, one of them being enough", () => {
    const half = withValue(cardOf("news_notice"), "card_image", undefined);
    assert.deepEqual(checkCard(half, "app", { update: false }), []);
    const [found] = checkCard(withValue(half, "image_text_area", undefined), "app", { update: false });
    assert.deepEqual([found?.path, found?.errcode], ["card_image", 42044]);
  });

  it("knows what only an update may say", () => {
    const closed = withValue(cardOf("button_interaction"), "replace_text", "已同意");
    const locked = withValue(cardOf("vote_interaction"), "checkbox.disable", true);
    const inert = withValue(cardOf("multiple_interaction"), "submit_button", undefined);
    for (const card of [closed, locked, inert]) {
      assert.deepEqual(checkCard(card, "app", { update: true }), []);
      assert.equal(checkCard(card, "app", { update: false }).length, 1);
    }
  });

  it("refuses what is no card of a known kind", () => {
    for (const card of [
      null,
      "x",
      [],
      {},
      { card_type: "other" },
      { card_type: "toString" },
      { card_type: 1 },
    ]) {
      assert.deepEqual(
        checkCard(card, "app", { update: false }).map(({ errcode }) => errcode),
        [42031],
      );
    }
  });

  it("finds everything that is wrong, not only the first", () => {
    const card = withValue(withValue(cardOf("button_interaction"), "task_id", "a b"), "main_title.title", "");
    assert.deepEqual(
      checkCard(card, "app", { update: false }).map(({ path }) => path),
      ["main_title.title", "task_id"],
    );
  });
});
