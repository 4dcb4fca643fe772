import { type CardChannel, CHANNEL_RULES, type ChannelRules } from "./card-channels.ts";
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
import type { CardType } from "./card-model.ts";
import {
  actionMenu,
  buttonList,
  cardAction,
  cardImage,
  checkbox,
  emphasisContent,
  feedback,
  imageTextArea,
  jumpList,
  mainTitle,
  quoteArea,
  rows,
  selection,
  selectList,
  source,
  submitButton,
  taskId,
  verticalList,
} from "./card-parts.ts";

export type { Violation } from "./card-checks.ts";

const BAD_CARD_TYPE = 42031;
const BAD_TITLE = 42033;
const BAD_CARD_ACTION = 42045;
const BAD_TASK_ID = 42014;

type Fields = Record<string, FieldRule>;

/** Of which card the limits are asked. */
interface Asked {
  rules: ChannelRules;
  update: boolean;
}

/** Whether a card must name itself: a new one, and one that replaces another by its name. */
function mustName({ rules, update }: Asked): boolean {
  return !update || rules.updateNamesCard;
}

function common({ rules }: Asked): Fields {
  const cardType = must(oneOf(rules.types, BAD_CARD_TYPE), BAD_CARD_TYPE);
  return { card_type: cardType, ...(rules.fields.feedback ? { feedback: may(feedback) } : {}) };
}

function noticeFields(asked: Asked): Fields {
  const { rules } = asked;
  return {
    ...common(asked),
    source: may(source(rules.sizes, true)),
    ...(rules.fields.answers ? { action_menu: may(actionMenu), task_id: may(taskId) } : {}),
    quote_area: may(quoteArea),
    horizontal_content_list: may(rows(rules)),
    jump_list: may(jumpList(rules)),
    card_action: must(cardAction([1, 2]), BAD_CARD_ACTION),
  };
}

function interactionFields(asked: Asked): Fields {
  const { rules, update } = asked;
  return {
    ...common(asked),
    task_id: mustName(asked) ? must(taskId, BAD_TASK_ID) : may(taskId),
    ...(update && rules.fields.replaceText ? { replace_text: may(chars(Number.POSITIVE_INFINITY)) } : {}),
  };
}

function menuNeedsId(card: Part, asked: Asked): Violation[] {
  if (!mustName(asked) || !isGiven(card["action_menu"]) || isGiven(card["task_id"])) return [];
  if (!asked.rules.fields.answers) return [];
  return broken("task_id", "is required with action_menu", BAD_TASK_ID);
}

function textNotice(asked: Asked): Check {
  const { sizes } = asked.rules;
  const fields = {
    ...noticeFields(asked),
    main_title: may(mainTitle(sizes.title, sizes.subtitle, false)),
    emphasis_content: may(emphasisContent(sizes)),
    sub_title_text: may(chars(sizes.text)),
  };
  return shape(fields, (card) => {
    const title = isPart(card["main_title"]) ? card["main_title"]["title"] : undefined;
    const titled = isGiven(title) || isGiven(card["sub_title_text"]);
    const untitled = titled ? [] : broken("main_title.title", "or sub_title_text is required", BAD_TITLE);
    return [...untitled, ...menuNeedsId(card, asked)];
  });
}

function newsNotice(asked: Asked): Check {
  const { sizes } = asked.rules;
  const fields = {
    ...noticeFields(asked),
    main_title: must(mainTitle(sizes.title, sizes.subtitle, true), BAD_TITLE),
    card_image: may(cardImage),
    image_text_area: may(imageTextArea),
    vertical_content_list: may(verticalList(sizes)),
  };
  return shape(fields, (card) => {
    const pictured = isGiven(card["card_image"]) || isGiven(card["image_text_area"]);
    const bare = pictured ? [] : broken("card_image", "or image_text_area is required", 42044);
    return [...bare, ...menuNeedsId(card, asked)];
  });
}

function buttonInteraction(asked: Asked): Check {
  const { rules, update } = asked;
  const { sizes } = rules;
  return shape({
    source: may(source(sizes, true)),
    action_menu: may(actionMenu),
    main_title: must(mainTitle(sizes.title, sizes.subtitle, true), BAD_TITLE),
    quote_area: may(quoteArea),
    sub_title_text: may(chars(sizes.text)),
    horizontal_content_list: may(rows(rules)),
    card_action: may(cardAction([0, 1, 2])),
    button_selection: may(selection(sizes, update)),
    button_list: must(buttonList(rules), BAD_PARAMETER),
    ...interactionFields(asked),
  });
}

function voteInteraction(asked: Asked): Check {
  const { sizes } = asked.rules;
  return shape({
    source: may(source(sizes, false)),
    main_title: must(mainTitle(sizes.boxesTitle, sizes.formText, true), BAD_TITLE),
    checkbox: must(checkbox(sizes, asked.update), 42043),
    submit_button: submitField(asked),
    ...interactionFields(asked),
  });
}

function multipleInteraction(asked: Asked): Check {
  const { sizes } = asked.rules;
  return shape({
    source: may(source(sizes, false)),
    main_title: must(mainTitle(sizes.title, sizes.formText, true), BAD_TITLE),
    select_list: must(selectList(sizes, asked.update), 42047),
    submit_button: submitField(asked),
    ...interactionFields(asked),
  });
}

function submitField({ rules, update }: Asked): FieldRule {
  return update ? may(submitButton(rules.sizes)) : must(submitButton(rules.sizes), 42046);
}

const CHECKS: Readonly<Record<CardType, (asked: Asked) => Check>> = {
  text_notice: textNotice,
  news_notice: newsNotice,
  button_interaction: buttonInteraction,
  vote_interaction: voteInteraction,
  multiple_interaction: multipleInteraction,
};

/**
 * Every limit of a channel that a template card breaks (reference/wecom.md 3.5, 3.6, 3.12, 4.4), for all five types;
 * none means that WeCom has no reason to refuse it, a repeated `task_id` apart. `update`: it replaces an earlier card.
 */
export function checkCard(
  card: unknown,
  channel: CardChannel,
  { update }: { update: boolean } = { update: false },
): Violation[] {
  const rules = CHANNEL_RULES[channel];
  if (!isPart(card)) return broken("", "must be an object", BAD_CARD_TYPE);
  const type = rules.types.find((known) => known === card["card_type"]);
  if (!type) return broken("card_type", `must be one of ${rules.types.join(", ")}`, BAD_CARD_TYPE);
  return CHECKS[type]({ rules, update })(card, "");
}
