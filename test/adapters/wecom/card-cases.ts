/** A template card as JSON. */
export type Card = Record<string, unknown>;

const url = "https://whale.example/x";
const action = { type: 1, url };

/** One complete card of each kind, with nothing wrong. */
export const CARDS: Record<string, Card> = {
  text_notice: {
    card_type: "text_notice",
    source: { icon_url: url, desc: "鲸", desc_color: 1 },
    action_menu: {
      desc: "更多",
      action_list: [
        { text: "静默", key: "mute" },
        { text: "升级", key: "esc" },
      ],
    },
    task_id: "alert-1@1",
    main_title: { title: "t", desc: "d" },
    quote_area: { type: 1, url, title: "q", quote_text: "q" },
    emphasis_content: { title: "95 %", desc: "used" },
    sub_title_text: "s",
    horizontal_content_list: [
      { keyname: "Host", value: "web01" },
      { type: 1, keyname: "Graph", value: "open", url },
      { type: 2, keyname: "Log", value: "a.log", media_id: "M" },
      { type: 3, keyname: "Owner", value: "z", userid: "zhangsan" },
    ],
    jump_list: [
      { type: 1, title: "Runbook", url },
      { type: 2, title: "App", appid: "wx1", pagepath: "/i" },
    ],
    card_action: action,
  },
  news_notice: {
    card_type: "news_notice",
    main_title: { title: "t" },
    card_image: { url, aspect_ratio: 1.5 },
    image_text_area: { type: 1, url, title: "t", desc: "d", image_url: url },
    vertical_content_list: [{ title: "t", desc: "d" }],
    card_action: { type: 2, appid: "wx1" },
  },
  button_interaction: {
    card_type: "button_interaction",
    main_title: { title: "t" },
    task_id: "req-42@1",
    card_action: { type: 0 },
    button_selection: {
      question_key: "env",
      title: "Target",
      selected_id: "prod",
      option_list: [
        { id: "prod", text: "prod" },
        { id: "stage", text: "stage" },
      ],
    },
    button_list: [
      { type: 0, text: "Approve", style: 1, key: "approve" },
      { text: "Reject", style: 4, key: "reject" },
      { type: 1, text: "Details", url },
    ],
  },
  vote_interaction: {
    card_type: "vote_interaction",
    source: { desc: "鲸" },
    main_title: { title: "t", desc: "d".repeat(160) },
    task_id: "req-43@1",
    checkbox: {
      question_key: "hosts",
      mode: 1,
      option_list: [
        { id: "1", text: "web01", is_checked: true },
        { id: "2", text: "web02" },
      ],
    },
    submit_button: { text: "Submit", key: "submit" },
  },
  multiple_interaction: {
    card_type: "multiple_interaction",
    main_title: { title: "t", desc: "d".repeat(160) },
    task_id: "req-44@1",
    select_list: [
      { question_key: "env", title: "Env", selected_id: "s", option_list: [{ id: "s", text: "s" }] },
      { question_key: "n", option_list: [{ id: "2", text: "2" }] },
    ],
    submit_button: { text: "Run", key: "run" },
  },
};

/** A deep copy with the value at a path replaced; undefined removes it. */
export function withValue(card: Card, path: string, value: unknown): Card {
  const copy = structuredClone(card);
  const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
  const last = keys.pop() ?? "";
  let part: Record<string, unknown> = copy;
  for (const key of keys) {
    part[key] ??= {};
    part = part[key] as Record<string, unknown>;
  }
  if (value === undefined) delete part[last];
  else part[last] = value;
  return copy;
}

/** The complete card of a kind. */
export function cardOf(kind: string): Card {
  return CARDS[kind] ?? {};
}

/** So many characters of three bytes. */
export const long = (length: number) => "长".repeat(length);
/** So many bytes. */
export const keyOf = (bytes: number) => "k".repeat(bytes);
/** A list of so many entries. */
export const many = (count: number, make: (i: number) => unknown) =>
  Array.from({ length: count }, (_, i) => make(i));
const option = (i: number) => ({ id: `${i}`, text: `${i}` });

/** Kind of card, path of the changed value, the value, path of the violation when another, errcode. */
export type Case = [kind: string, path: string, value: unknown, errcode: number | null, at?: string];

/** Every limit broken once. */
export const CASES: Case[] = [
  ["text_notice", "source.desc", long(21), null],
  ["text_notice", "source.desc", 7, 40058],
  ["text_notice", "source.desc", "a\ud800", 40033],
  ["text_notice", "source.desc_color", 4, null],
  ["text_notice", "source.icon_url", "ftp://x", 42028],
  ["text_notice", "source", "x", 40058],
  ["text_notice", "action_menu.action_list", [], 42037],
  ["text_notice", "action_menu.action_list", many(4, (i) => ({ text: "t", key: `${i}` })), 42037],
  ["text_notice", "action_menu.action_list", undefined, 42037],
  ["text_notice", "action_menu.action_list[0].text", "", 42041],
  ["text_notice", "action_menu.action_list[0].key", keyOf(1025), 42039],
  ["text_notice", "action_menu.action_list[1].key", "mute", 42051],
  ["text_notice", "task_id", undefined, 42014],
  ["text_notice", "task_id", "a b", 42014],
  ["text_notice", "task_id", "字", 42014],
  ["text_notice", "task_id", keyOf(129), 42014],
  ["text_notice", "main_title.title", long(37), null],
  ["text_notice", "main_title.desc", long(45), null],
  ["text_notice", "quote_area.type", 3, 40058],
  ["text_notice", "quote_area.url", undefined, 42028],
  ["text_notice", "quote_area", { type: 2 }, 42030, "quote_area.appid"],
  ["text_notice", "emphasis_content.title", long(15), null],
  ["text_notice", "emphasis_content.desc", long(23), null],
  ["text_notice", "sub_title_text", long(161), null],
  ["text_notice", "horizontal_content_list", many(7, () => ({ keyname: "k" })), 42035],
  ["text_notice", "horizontal_content_list", {}, 42035],
  ["text_notice", "horizontal_content_list[0].keyname", "", 42027],
  ["text_notice", "horizontal_content_list[0].keyname", long(6), null],
  ["text_notice", "horizontal_content_list[0].value", long(31), null],
  ["text_notice", "horizontal_content_list[0].type", 4, 40058],
  ["text_notice", "horizontal_content_list[1].url", undefined, 42028],
  ["text_notice", "horizontal_content_list[1].url", `https://${keyOf(2041)}`, 42028],
  ["text_notice", "horizontal_content_list[2].media_id", undefined, 42029],
  ["text_notice", "horizontal_content_list[3].userid", undefined, 42050],
  ["text_notice", "horizontal_content_list[3].userid", keyOf(65), 42050],
  ["text_notice", "jump_list", many(4, () => ({ title: "t" })), 42042],
  ["text_notice", "jump_list[0].title", undefined, 42042],
  ["text_notice", "jump_list[0].title", long(19), null],
  ["text_notice", "jump_list[0].url", undefined, 42028],
  ["text_notice", "jump_list[1].appid", undefined, 42030],
  ["text_notice", "card_action", undefined, 42045],
  ["text_notice", "card_action.type", 0, 42045],
  ["text_notice", "card_action.type", undefined, 42045],
  ["text_notice", "card_action.url", undefined, 42028],
  ["text_notice", "button_list", [], null],
  ["news_notice", "main_title", undefined, 42033],
  ["news_notice", "main_title.title", "", 42033],
  ["news_notice", "card_action", undefined, 42045],
  ["news_notice", "card_action.appid", undefined, 42030],
  ["news_notice", "card_image.url", undefined, 42044],
  ["news_notice", "card_image.url", "x", 42044],
  ["news_notice", "card_image.aspect_ratio", 1.2, 40058],
  ["news_notice", "card_image.aspect_ratio", 2.26, 40058],
  ["news_notice", "image_text_area.image_url", undefined, 42028],
  ["news_notice", "image_text_area.url", undefined, 42028],
  ["news_notice", "vertical_content_list", many(5, () => ({ title: "t" })), 42036],
  ["news_notice", "vertical_content_list[0].title", undefined, 42033],
  ["news_notice", "vertical_content_list[0].title", long(39), null],
  ["news_notice", "vertical_content_list[0].desc", long(161), null],
  ["news_notice", "emphasis_content", { title: "t" }, null],
  ["news_notice", "action_menu", { action_list: [{ text: "t", key: "k" }] }, 42014, "task_id"],
  ["button_interaction", "main_title.title", undefined, 42033],
  ["button_interaction", "task_id", undefined, 42014],
  ["button_interaction", "card_action.type", 3, 42045],
  ["button_interaction", "card_action", { type: 1 }, 42028, "card_action.url"],
  ["button_interaction", "replace_text", "x", null],
  ["button_interaction", "button_list", undefined, 40058],
  ["button_interaction", "button_list", [], 40058],
  ["button_interaction", "button_list", many(7, (i) => ({ text: "t", key: `${i}` })), 40058],
  ["button_interaction", "button_list[0]", "x", 40058],
  ["button_interaction", "button_list[0].text", "", 42038],
  ["button_interaction", "button_list[0].text", long(11), null],
  ["button_interaction", "button_list[0].style", 5, 40058],
  ["button_interaction", "button_list[0].style", 0, 40058],
  ["button_interaction", "button_list[0].type", 2, 40058],
  ["button_interaction", "button_list[0].key", undefined, 42039],
  ["button_interaction", "button_list[0].key", `字${keyOf(1022)}`, 42039],
  ["button_interaction", "button_list[1].key", "approve", 42051],
  ["button_interaction", "button_list[2].url", undefined, 42028],
  ["button_interaction", "button_selection.question_key", "", 42043],
  ["button_interaction", "button_selection.question_key", keyOf(1025), 42043],
  ["button_interaction", "button_selection.option_list", [], 42037],
  ["button_interaction", "button_selection.option_list", many(11, option), 42037],
  ["button_interaction", "button_selection.option_list[0].id", "", 42040],
  ["button_interaction", "button_selection.option_list[0].id", keyOf(129), 42040],
  ["button_interaction", "button_selection.option_list[1].id", "prod", 42040],
  ["button_interaction", "button_selection.option_list[0].text", undefined, 42041],
  ["button_interaction", "button_selection.option_list[0].text", long(17), null],
  ["button_interaction", "button_selection.disable", true, null],
  ["vote_interaction", "source.desc_color", 1, null],
  ["vote_interaction", "main_title.title", long(17), null],
  ["vote_interaction", "main_title.desc", long(161), null],
  ["vote_interaction", "task_id", undefined, 42014],
  ["vote_interaction", "checkbox", undefined, 42043],
  ["vote_interaction", "checkbox.question_key", undefined, 42043],
  ["vote_interaction", "checkbox.mode", 2, 40058],
  ["vote_interaction", "checkbox.option_list", many(21, option), 42037],
  ["vote_interaction", "checkbox.option_list[0].text", long(18), null],
  ["vote_interaction", "checkbox.option_list[0].is_checked", "yes", 40058],
  ["vote_interaction", "submit_button", undefined, 42046],
  ["vote_interaction", "submit_button.text", undefined, 42049],
  ["vote_interaction", "submit_button.text", long(11), null],
  ["vote_interaction", "submit_button.key", undefined, 42046],
  ["vote_interaction", "submit_button.key", keyOf(1025), 42046],
  ["multiple_interaction", "source", { desc_color: 1 }, null, "source.desc_color"],
  ["multiple_interaction", "main_title.title", long(37), null],
  ["multiple_interaction", "task_id", undefined, 42014],
  ["multiple_interaction", "select_list", undefined, 42047],
  ["multiple_interaction", "select_list", [], 42047],
  [
    "multiple_interaction",
    "select_list",
    many(4, (i) => ({ question_key: `${i}`, option_list: [option(1)] })),
    42047,
  ],
  ["multiple_interaction", "select_list[1].question_key", "env", 42043],
  ["multiple_interaction", "select_list[0].option_list", many(11, option), 42037],
  ["multiple_interaction", "select_list[0].option_list[0].text", long(17), null],
  ["multiple_interaction", "submit_button", undefined, 42046],
];
