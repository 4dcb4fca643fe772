import {
  asNotice,
  type BoxesView,
  type ButtonsView,
  type CardButton,
  type CardView,
  type NoticeView,
  type SelectsView,
} from "../../core/cards/index.ts";
import { type CardChannel, CHANNEL_RULES, type ChannelRules } from "./card-channels.ts";
import type {
  Button,
  ButtonInteraction,
  MultipleInteraction,
  TemplateCard,
  TextNotice,
  VoteInteraction,
} from "./card-model.ts";
import {
  filled,
  NOTHING,
  renderLinks,
  renderMenu,
  renderOptions,
  renderQuote,
  renderRows,
  renderSelect,
  renderSource,
  renderTitle,
  STYLES,
} from "./card-render-parts.ts";
import { cardText, shorten } from "./card-text.ts";

/** How a view becomes a card. */
export interface Rendering {
  channel: CardChannel;
  /** The card's id: a new card's own; with the AI bot also that of the card that an update replaces. */
  taskId?: string;
  /** It replaces an earlier card. */
  update: boolean;
}

/** A grey button holds more than a button that can be clicked. */
const CLOSED_CHARACTERS = 30;
const MOST_BUTTONS = 6;
/** Key of the one button of a closed card where it cannot be greyed; nobody answers to it. */
const CLOSED_KEY = "closed";

interface Asked extends Rendering {
  rules: ChannelRules;
}

type Buttons = Pick<ButtonInteraction, "button_list" | "replace_text">;

function renderButton(button: CardButton, { rules }: Asked): Button {
  const text = cardText(button.text, rules.sizes.button, NOTHING);
  const typed = rules.fields.linkButtons ? { type: 0 } : {};
  return { ...typed, text, style: STYLES[button.tone], key: button.key };
}

/** A new card cannot be born grey: there the closing text is a button whose key nobody answers to. */
function renderButtons(view: ButtonsView, asked: Asked): Buttons {
  const { rules, update } = asked;
  if (view.closed === undefined && view.buttons.length > 0) {
    const buttons = view.buttons.map((button) => renderButton(button, asked));
    return { button_list: [...buttons, ...linkButtons(view, asked)] };
  }
  const closing = cardText(view.closed ?? "", CLOSED_CHARACTERS, NOTHING);
  const text = shorten(closing, rules.sizes.button);
  const closed = renderButton({ key: CLOSED_KEY, text, tone: "neutral" }, asked);
  const grey = update && rules.fields.replaceText ? { replace_text: closing } : {};
  return { button_list: [closed], ...grey };
}

function linkButtons({ links = [], buttons }: ButtonsView, { rules }: Asked): Button[] {
  if (!rules.fields.linkButtons) return [];
  const room = Math.max(0, MOST_BUTTONS - buttons.length);
  return links.slice(0, room).map(({ text, url }) => {
    return { type: 1, text: cardText(text, rules.sizes.button, NOTHING), style: STYLES.neutral, url };
  });
}

function renderButtonCard(view: ButtonsView, asked: Asked): ButtonInteraction {
  const { rules, taskId } = asked;
  const { sizes } = rules;
  return {
    card_type: "button_interaction",
    ...filled({
      source: renderSource(view, sizes),
      action_menu: renderMenu(view.menu),
      quote_area: renderQuote(view.quote),
      sub_title_text: cardText(view.text, sizes.text),
      horizontal_content_list: renderRows(view.rows, sizes),
      card_action: view.link === undefined ? undefined : { type: 1, url: view.link },
      task_id: taskId,
      button_selection: view.select && renderSelect(view.select, sizes),
    }),
    main_title: renderTitle(view.title, view.subtitle, { title: sizes.title, below: sizes.subtitle }),
    ...renderButtons(view, asked),
  };
}

function renderNotice(view: NoticeView, { rules, taskId }: Asked): TextNotice {
  const { sizes, fields } = rules;
  const { emphasis } = view;
  return {
    card_type: "text_notice",
    ...filled({
      source: renderSource(view, sizes),
      quote_area: renderQuote(view.quote),
      emphasis_content: emphasis && {
        title: cardText(emphasis.title, sizes.emphasis, NOTHING),
        ...filled({ desc: cardText(emphasis.text, sizes.emphasisText) }),
      },
      sub_title_text: cardText(view.text, sizes.text),
      horizontal_content_list: renderRows(view.rows, sizes),
      jump_list: renderLinks(view.links, sizes),
      ...(fields.answers ? { action_menu: renderMenu(view.menu), task_id: taskId } : {}),
    }),
    main_title: renderTitle(view.title, view.subtitle, { title: sizes.title, below: sizes.subtitle }),
    card_action: { type: 1, url: view.link },
  };
}

function renderForm(view: SelectsView | BoxesView, { rules, taskId }: Asked, title: number) {
  const { sizes } = rules;
  const source = cardText(view.source, sizes.source);
  return {
    ...filled({ source: source ? { desc: source } : undefined, task_id: taskId }),
    main_title: renderTitle(view.title, view.text, { title, below: sizes.formText }),
    submit_button: { text: cardText(view.submit.text, sizes.button, NOTHING), key: view.submit.key },
  };
}

function renderSelects(view: SelectsView, asked: Asked): MultipleInteraction {
  const { sizes } = asked.rules;
  return {
    card_type: "multiple_interaction",
    ...renderForm(view, asked, sizes.title),
    select_list: view.selects.map((select) => renderSelect(select, sizes)),
  };
}

function renderBoxes(view: BoxesView, asked: Asked): VoteInteraction {
  const { sizes } = asked.rules;
  const { key, options, ticked } = view.boxes;
  const option_list = renderOptions(options, sizes.box).map((option) => ({
    ...option,
    is_checked: ticked.includes(option.id),
  }));
  return {
    card_type: "vote_interaction",
    ...renderForm(view, asked, sizes.boxesTitle),
    checkbox: { question_key: key, mode: 1, option_list },
  };
}

/**
 * Renders a view as the card of a channel. What is only shown is cleaned and shortened; keys, ids and addresses are
 * passed on as they are. Too many rows, buttons or options stay too many: `checkCard` finds them.
 */
export function renderCardFor(view: CardView, rendering: Rendering): TemplateCard {
  const asked = { ...rendering, rules: CHANNEL_RULES[rendering.channel] };
  if ("selects" in view) return renderSelects(view, asked);
  if ("boxes" in view) return renderBoxes(view, asked);
  if (!("buttons" in view)) return renderNotice(view, asked);
  const { link, closed } = view;
  // Where nothing can be greyed, a card without anything to click says best that it is over.
  const only = rendering.channel === "robot" || (closed !== undefined && !asked.rules.fields.replaceText);
  return only && link !== undefined
    ? renderNotice(asNotice(view, link), asked)
    : renderButtonCard(view, asked);
}

/** Renders a view as a card of the app: a new one when a task id is given, else one that replaces it. */
export function renderCard(view: CardView, taskId?: string): TemplateCard {
  const update = taskId === undefined;
  return renderCardFor(view, { channel: "app", update, ...(update ? {} : { taskId }) });
}
