import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { CARD_CHANNELS, checkCard, renderCard, renderCardFor } from "../../../adapters/wecom/index.ts";
import { asNotice, type ButtonsView, type CardButton } from "../../../core/cards/index.ts";

const CARD_ID = "t_abc@1";

function aView(overrides: Partial<ButtonsView> = {}): ButtonsView {
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

function anyView(most: { rows: number; buttons: number }): fc.Arbitrary<ButtonsView> {
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

/** The same as a card with buttons. */
function rendered(view: ButtonsView, taskId?: string) {
  const card = renderCard(view, taskId);
  assert.ok(card.card_type === "button_interaction");
  return card;
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
    const card = rendered(aView({ buttons: [], closed: "张三已同意，执行中，请稍候" }));
    assert.equal(card.replace_text, "张三已同意，执行中，请稍候");
    assert.deepEqual(card.button_list, [{ type: 0, text: "张三已同意，执行中…", style: 2, key: "closed" }]);
    assert.equal("task_id" in card, false);
  });

  it("sends a new card that is closed from the start without the field that only an update knows", () => {
    const card = renderCard(aView({ buttons: [], closed: "已过期" }), CARD_ID);
    assert.equal("replace_text" in card, false);
    assert.deepEqual(checkCard(card, "app", { update: false }), []);
  });

  it("leaves out what is empty and stands in for what must not be", () => {
    const view = aView({
      source: "",
      subtitle: " ",
      text: "\u200b",
      title: "",
      rows: [{ label: "", value: "" }],
    });
    const card = rendered(view, CARD_ID);
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
    const card = rendered({ ...view, rows: [{ label: long, value: long }] }, CARD_ID);
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
        assert.deepEqual(checkCard(renderCard(view, CARD_ID), "app", { update: false }), []);
        assert.deepEqual(checkCard(renderCard(view), "app", { update: true }), []);
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
    const found = checkCard(renderCard(aView({ rows, buttons }), CARD_ID), "app", { update: false });
    assert.deepEqual(
      found.map(({ path }) => path),
      ["horizontal_content_list", "button_list"],
    );
  });
});

const url = "https://whale.example/tasks/t_1";

describe("rendering what a card can have besides", () => {
  it("puts a dropdown above the buttons, a menu in the corner and what a tap opens on the card", () => {
    const view = aView({
      select: {
        key: "zone",
        title: "机房",
        options: [
          { id: "-", text: "请选择" },
          { id: "a", text: "A 区" },
        ],
        selected: "-",
      },
      menu: { title: "更多", entries: [{ key: "mute", text: "静默 1 小时" }] },
      link: url,
    });
    const card = rendered(view, CARD_ID);
    assert.deepEqual(card.button_selection, {
      question_key: "zone",
      title: "机房",
      selected_id: "-",
      option_list: [
        { id: "-", text: "请选择" },
        { id: "a", text: "A 区" },
      ],
    });
    assert.deepEqual(card.action_menu, {
      desc: "更多",
      action_list: [{ key: "mute", text: "静默 1 小时" }],
    });
    assert.deepEqual(card.card_action, { type: 1, url });
    assert.deepEqual(checkCard(card, "app"), []);
  });

  it("shows links behind the buttons while there is room, and none where the channel has no such buttons", () => {
    const links = ["详情", "手册"].map((one) => ({ text: one, url }));
    const five = Array.from({ length: 5 }, (_, i): CardButton => {
      return { key: `k${i}`, text: "b", tone: "neutral" };
    });
    const card = rendered(aView({ buttons: five, links }), CARD_ID);
    assert.deepEqual(card.button_list.slice(5), [{ type: 1, text: "详情", style: 2, url }]);
    assert.deepEqual(checkCard(card, "app"), []);
    const bot = renderCardFor(aView({ buttons: five, links }), {
      ...{ channel: "aibot", taskId: CARD_ID, update: false },
    });
    assert.ok(bot.card_type === "button_interaction");
    assert.deepEqual(bot.button_list.length, 5);
    assert.deepEqual(checkCard(bot, "aibot"), []);
  });

  it("makes dropdowns a form with one button", () => {
    const options = [{ id: "-", text: "请选择" }];
    const selects = ["a", "b"].map((one) => ({ key: one, title: `题 ${one}`, options }));
    const submit = { key: "decide", text: "提交" };
    const view = { source: "鲸", tone: "danger" as const, title: "扩容", text: "编号 abc", selects, submit };
    const card = renderCard(view, CARD_ID);
    assert.deepEqual(card, {
      card_type: "multiple_interaction",
      source: { desc: "鲸" },
      task_id: CARD_ID,
      main_title: { title: "扩容", desc: "编号 abc" },
      submit_button: submit,
      select_list: selects.map(({ key, title }) => ({ question_key: key, title, option_list: options })),
    });
    assert.deepEqual(checkCard(card, "app"), []);
    assert.deepEqual(checkCard(renderCard(view), "app", { update: true }), []);
  });

  it("makes boxes a vote for any number of them", () => {
    const boxes = {
      key: "tasks",
      options: [
        { id: "1", text: "vm-1" },
        { id: "2", text: "vm-2" },
      ],
      ticked: ["2"],
    };
    const head = { source: "", tone: "danger" as const, title: "磁盘清理", text: "" };
    const card = renderCard({ ...head, boxes, submit: { key: "chosen", text: "批准所选" } }, CARD_ID);
    assert.ok(card.card_type === "vote_interaction");
    assert.deepEqual(card.checkbox, {
      question_key: "tasks",
      mode: 1,
      option_list: [
        { id: "1", text: "vm-1", is_checked: false },
        { id: "2", text: "vm-2", is_checked: true },
      ],
    });
    assert.deepEqual(checkCard(card, "app"), []);
  });

  it("makes of what only tells a notice that leads somewhere, in each channel", () => {
    const notice = asNotice(aView({ buttons: [], closed: "成功" }), url);
    for (const channel of CARD_CHANNELS) {
      const card = renderCardFor({ ...notice, links: [{ text: "详情", url }] }, { channel, update: false });
      assert.ok(card.card_type === "text_notice");
      assert.deepEqual(card.emphasis_content, { title: "成功" });
      assert.deepEqual(card.jump_list, [{ type: 1, title: "详情", url }]);
      assert.deepEqual(card.card_action, { type: 1, url });
      assert.deepEqual(checkCard(card, channel), []);
    }
  });

  it("closes a card of the AI bot, which cannot grey it, by a notice; without a page by a button of no effect", () => {
    const how = { channel: "aibot", taskId: CARD_ID, update: true } as const;
    const closed = aView({ buttons: [], closed: "已过期" });
    const led = renderCardFor({ ...closed, link: url }, how);
    assert.equal(led.card_type, "text_notice");
    const bare = renderCardFor(closed, how);
    assert.ok(bare.card_type === "button_interaction");
    assert.deepEqual(bare.button_list, [{ text: "已过期", style: 2, key: "closed" }]);
    for (const card of [led, bare]) assert.deepEqual(checkCard(card, "aibot", how), []);
  });

  it("renders any view without a violation in the AI bot's sizes too", () => {
    fc.assert(
      fc.property(anyView({ rows: 6, buttons: 6 }), fc.boolean(), (view, update) => {
        const card = renderCardFor(view, { channel: "aibot", taskId: CARD_ID, update });
        assert.deepEqual(checkCard(card, "aibot", { update }), []);
      }),
    );
  });
});
