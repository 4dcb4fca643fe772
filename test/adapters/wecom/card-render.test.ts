import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { renderCard, violations } from "../../../adapters/wecom/index.ts";
import type { CardButton, CardView } from "../../../core/cards/index.ts";

const CARD_ID = "t_abc@1";

function aView(overrides: Partial<CardView> = {}): CardView {
  return {
    source: "鲸 · shop",
    tone: "danger",
    title: "磁盘清理 vm-1",
    subtitle: "alertmanager",
    rows: [{ label: "动作", value: "disk.cleanup" }],
    text: "30 分钟内未授权则不执行",
    buttons: [
      { key: "approve", text: "同意", tone: "primary" },
      { key: "reject", text: "拒绝", tone: "danger" },
      { key: "offer:view", text: "查看", tone: "neutral" },
    ],
    ...overrides,
  };
}

const tone = fc.constantFrom("neutral", "primary", "danger", "good");
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.string({ unit: "grapheme", maxLength: 400 }),
);
const key = fc.stringMatching(/^[a-z:0-9]{1,40}$/);

function anyView(most: { rows: number; buttons: number }): fc.Arbitrary<CardView> {
  const button: fc.Arbitrary<CardButton> = fc.record({ key, text, tone });
  const quote = fc.record({ title: text, text });
  const always = {
    source: text,
    tone,
    title: text,
    subtitle: text,
    text,
    rows: fc.array(fc.record({ label: text, value: text }), { maxLength: most.rows }),
    buttons: fc.uniqueArray(button, { selector: (one) => one.key, maxLength: most.buttons }),
  };
  const required = ["source", "tone", "title", "subtitle", "text", "rows", "buttons"] as const;
  return fc.record({ ...always, quote, closed: text }, { requiredKeys: [...required] });
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

describe("rendering a card for WeCom", () => {
  it("puts each part in its place", () => {
    const view = aView({ quote: { title: "告警", text: "95 %" } });
    assert.deepEqual(renderCard(view, CARD_ID), {
      card_type: "button_interaction",
      source: { desc: "鲸 · shop", desc_color: 2 },
      main_title: { title: "磁盘清理 vm-1", desc: "alertmanager" },
      quote_area: { type: 0, title: "告警", quote_text: "95 %" },
      sub_title_text: "30 分钟内未授权则不执行",
      horizontal_content_list: [{ keyname: "动作", value: "disk.cleanup" }],
      task_id: CARD_ID,
      button_list: [
        { type: 0, text: "同意", style: 1, key: "approve" },
        { type: 0, text: "拒绝", style: 3, key: "reject" },
        { type: 0, text: "查看", style: 2, key: "offer:view" },
      ],
    });
  });

  it("colours the source by tone", () => {
    const colours = (["neutral", "primary", "danger", "good"] as const).map(
      (one) => renderCard(aView({ tone: one }), CARD_ID).source?.desc_color,
    );
    assert.deepEqual(colours, [0, 1, 2, 3]);
  });

  it("closes a card with one grey text in place of the buttons", () => {
    const card = renderCard(aView({ buttons: [], closed: "张三已同意，执行中，请稍候" }));
    assert.equal(card.replace_text, "张三已同意，执行中，请稍候");
    assert.deepEqual(card.button_list, [{ type: 0, text: "张三已同意，执行中…", style: 2, key: "closed" }]);
    assert.equal("task_id" in card, false);
  });

  it("sends a new card that is closed from the start without the field that only an update knows", () => {
    const card = renderCard(aView({ buttons: [], closed: "已过期" }), CARD_ID);
    assert.equal("replace_text" in card, false);
    assert.deepEqual(violations(card, { update: false }), []);
  });

  it("leaves out what is empty and stands in for what must not be", () => {
    const view = aView({
      source: "",
      subtitle: " ",
      text: "\u200b",
      title: "",
      rows: [{ label: "", value: "" }],
    });
    const card = renderCard(view, CARD_ID);
    assert.deepEqual(card.main_title, { title: "—" });
    assert.deepEqual(card.horizontal_content_list, [{ keyname: "—" }]);
    assert.deepEqual(
      ["source" in card, "sub_title_text" in card, "quote_area" in card],
      [false, false, false],
    );
  });

  it("shortens what is only shown and never a key", () => {
    const long = "x".repeat(500);
    const key = "k".repeat(200);
    const buttons: CardButton[] = [{ key, text: long, tone: "good" }];
    const quote = { title: long, text: long };
    const view = aView({ source: long, title: long, subtitle: long, text: long, quote, buttons });
    const card = renderCard({ ...view, rows: [{ label: long, value: long }] }, CARD_ID);
    const row = card.horizontal_content_list?.[0];
    const shown = [card.source?.desc, card.main_title.title, card.main_title.desc, card.sub_title_text];
    const lengths = [...shown, row?.keyname, row?.value, card.button_list[0]?.text].map((one) => one?.length);
    assert.deepEqual(lengths, [20, 36, 44, 160, 5, 30, 10]);
    assert.equal(card.button_list[0]?.key, key);
    assert.ok((card.quote_area?.quote_text?.length ?? 0) <= 300);
  });

  it("renders any view without a violation, for sending and for updating", () => {
    fc.assert(
      fc.property(anyView({ rows: 6, buttons: 6 }), (view) => {
        assert.deepEqual(violations(renderCard(view, CARD_ID), { update: false }), []);
        assert.deepEqual(violations(renderCard(view), { update: true }), []);
      }),
    );
  });

  it("shows no hidden character, whatever the view holds", () => {
    fc.assert(
      fc.property(anyView({ rows: 6, buttons: 6 }), (view) => {
        for (const shown of textsIn(renderCard(view)))
          assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it("keeps too many rows and buttons, so that sending refuses them", () => {
    const rows = Array.from({ length: 7 }, (_, i) => ({ label: `r${i}`, value: "" }));
    const buttons = Array.from(
      { length: 7 },
      (_, i): CardButton => ({ key: `k${i}`, text: "b", tone: "neutral" }),
    );
    const found = violations(renderCard(aView({ rows, buttons }), CARD_ID), { update: false });
    assert.deepEqual(
      found.map(({ path }) => path),
      ["horizontal_content_list", "button_list"],
    );
  });
});
