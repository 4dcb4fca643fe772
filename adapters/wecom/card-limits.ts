import {
  BAD_PARAMETER,
  broken,
  type Check,
  chars,
  type FieldRule,
  isGiven,
  isPart,
  may,
  must,
  oneOf,
  type Part,
  shape,
  type Violation,
} from "./card-checks.ts";
import {
  actionMenu,
  buttonList,
  cardAction,
  cardImage,
  checkbox,
  emphasisContent,
  imageTextArea,
  jumpList,
  mainTitle,
  quoteArea,
  rows,
  selection,
  selectList,
  source,
  submitButton,
  subTitleText,
  taskId,
  verticalList,
} from "./card-parts.ts";

export type { Violation } from "./card-checks.ts";

const NOTICE_TYPES = ["text_notice", "news_notice"];
const CARD_TYPES = [...NOTICE_TYPES, "button_interaction", "vote_interaction", "multiple_interaction"];
const BAD_CARD_TYPE = 42031;
const BAD_TITLE = 42033;
const BAD_CARD_ACTION = 42045;
const BAD_TASK_ID = 42014;

type Fields = Record<string, FieldRule>;

const cardType = must(oneOf(CARD_TYPES, BAD_CARD_TYPE), BAD_CARD_TYPE);

/** An update names no id: the card keeps the one it has. */
function idField(update: boolean): FieldRule {
  return update ? may(taskId) : must(taskId, BAD_TASK_ID);
}

function replaceText(update: boolean): Fields {
  return update ? { replace_text: may(chars(Number.POSITIVE_INFINITY)) } : {};
}

function noticeFields(): Fields {
  return {
    card_type: cardType,
    source: may(source(true)),
    action_menu: may(actionMenu),
    task_id: may(taskId),
    quote_area: may(quoteArea),
    horizontal_content_list: may(rows),
    jump_list: may(jumpList),
    card_action: must(cardAction([1, 2]), BAD_CARD_ACTION),
  };
}

function menuNeedsId(card: Part, update: boolean): Violation[] {
  if (update || !isGiven(card["action_menu"]) || isGiven(card["task_id"])) return [];
  return broken("task_id", "is required with action_menu", BAD_TASK_ID);
}

function textNotice(update: boolean): Check {
  const fields = {
    ...noticeFields(),
    main_title: may(mainTitle(36, 44, false)),
    emphasis_content: may(emphasisContent),
    sub_title_text: may(subTitleText),
  };
  return shape(fields, (card) => {
    const title = isPart(card["main_title"]) ? card["main_title"]["title"] : undefined;
    const titled = isGiven(title) || isGiven(card["sub_title_text"]);
    const untitled = titled ? [] : broken("main_title.title", "or sub_title_text is required", BAD_TITLE);
    return [...untitled, ...menuNeedsId(card, update)];
  });
}

function newsNotice(update: boolean): Check {
  const fields = {
    ...noticeFields(),
    main_title: must(mainTitle(36, 44, true), BAD_TITLE),
    card_image: may(cardImage),
    image_text_area: may(imageTextArea),
    vertical_content_list: may(verticalList),
  };
  return shape(fields, (card) => {
    const pictured = isGiven(card["card_image"]) || isGiven(card["image_text_area"]);
    const bare = pictured ? [] : broken("card_image", "or image_text_area is required", 42044);
    return [...bare, ...menuNeedsId(card, update)];
  });
}

function buttonInteraction(update: boolean): Check {
  return shape({
    card_type: cardType,
    source: may(source(true)),
    action_menu: may(actionMenu),
    main_title: must(mainTitle(36, 44, true), BAD_TITLE),
    quote_area: may(quoteArea),
    sub_title_text: may(subTitleText),
    horizontal_content_list: may(rows),
    card_action: may(cardAction([0, 1, 2])),
    task_id: idField(update),
    button_selection: may(selection(update)),
    button_list: must(buttonList, BAD_PARAMETER),
    ...replaceText(update),
  });
}

function voteInteraction(update: boolean): Check {
  return shape({
    card_type: cardType,
    source: may(source(false)),
    main_title: must(mainTitle(16, 160, true), BAD_TITLE),
    task_id: idField(update),
    checkbox: must(checkbox(update), 42043),
    submit_button: update ? may(submitButton) : must(submitButton, 42046),
    ...replaceText(update),
  });
}

function multipleInteraction(update: boolean): Check {
  return shape({
    card_type: cardType,
    source: may(source(false)),
    main_title: must(mainTitle(36, 160, true), BAD_TITLE),
    task_id: idField(update),
    select_list: must(selectList(update), 42047),
    submit_button: update ? may(submitButton) : must(submitButton, 42046),
    ...replaceText(update),
  });
}

const CHECKS: Readonly<Record<string, (update: boolean) => Check>> = {
  text_notice: textNotice,
  news_notice: newsNotice,
  button_interaction: buttonInteraction,
  vote_interaction: voteInteraction,
  multiple_interaction: multipleInteraction,
};

/**
 * Every limit that a template card breaks (reference/wecom.md 3.5, 3.6), for all five kinds; none means that
 * WeCom has no reason to refuse it, a repeated `task_id` apart. `update`: the card replaces an earlier one.
 */
export function violations(card: unknown, { update }: { update: boolean }): Violation[] {
  if (!isPart(card)) return broken("", "must be an object", BAD_CARD_TYPE);
  const kind = card["card_type"];
  const check = typeof kind === "string" && Object.hasOwn(CHECKS, kind) ? CHECKS[kind] : undefined;
  if (!check) return broken("card_type", `must be one of ${CARD_TYPES.join(", ")}`, BAD_CARD_TYPE);
  return check(update)(card, "");
}
