import type { CardButton, CardLine, CardView, Tone } from "../../core/cards/index.ts";
import { cardText, shorten } from "./card-text.ts";

/** A `button_interaction` card as WeCom takes it; `replace_text` only in an update. */
export interface ButtonCard {
  card_type: "button_interaction";
  source?: { desc: string; desc_color: number };
  main_title: { title: string; desc?: string };
  quote_area?: { type: 0; title?: string; quote_text?: string };
  sub_title_text?: string;
  horizontal_content_list?: { keyname: string; value?: string }[];
  task_id?: string;
  button_list: { type: 0; text: string; style: number; key: string }[];
  replace_text?: string;
}

/** Suggested lengths in characters; the client cuts longer text without a sign. */
export const TEXT_LIMITS = {
  source: 20,
  title: 36,
  subtitle: 44,
  text: 160,
  label: 5,
  value: 30,
  button: 10,
  quoteTitle: 36,
  quoteText: 300,
  closed: 30,
} as const;

/** Key of the one grey button of a closed card; it cannot be clicked. */
const CLOSED_KEY = "closed";
/** Stands where WeCom demands a text and none is left. */
const NOTHING = "—";

const COLOURS: Record<Tone, number> = { neutral: 0, primary: 1, danger: 2, good: 3 };
const STYLES: Record<Tone, number> = { primary: 1, good: 1, neutral: 2, danger: 3 };

/** Leaves out what is empty: WeCom refuses some empty texts that it allows to be missing. */
function filled<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined | ""> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined | ""> };
}

function renderRow(row: CardLine) {
  const value = cardText(row.value, TEXT_LIMITS.value);
  return { keyname: cardText(row.label, TEXT_LIMITS.label, NOTHING), ...filled({ value }) };
}

function renderButton(button: CardButton) {
  const text = cardText(button.text, TEXT_LIMITS.button, NOTHING);
  return { type: 0 as const, text, style: STYLES[button.tone], key: button.key };
}

function renderQuote(view: CardView): ButtonCard["quote_area"] {
  if (!view.quote) return undefined;
  const title = cardText(view.quote.title, TEXT_LIMITS.quoteTitle);
  const quote_text = cardText(view.quote.text, TEXT_LIMITS.quoteText);
  return title || quote_text ? { type: 0, ...filled({ title, quote_text }) } : undefined;
}

type Buttons = Pick<ButtonCard, "button_list" | "replace_text">;

/** A new card cannot be born grey: there the closing text is a button whose key nobody answers to. */
function renderButtons(view: CardView, isNew: boolean): Buttons {
  if (view.closed === undefined && view.buttons.length > 0) {
    return { button_list: view.buttons.map(renderButton) };
  }
  const replace_text = cardText(view.closed ?? "", TEXT_LIMITS.closed, NOTHING);
  const text = shorten(replace_text, TEXT_LIMITS.button);
  const button_list: Buttons["button_list"] = [{ type: 0, text, style: STYLES.neutral, key: CLOSED_KEY }];
  return isNew ? { button_list } : { button_list, replace_text };
}

/**
 * Renders a view as a card with buttons: a new one when a task id is given, else one that replaces it. What
 * is only shown is cleaned and shortened; keys are passed on as they are. Too many rows or buttons stay too
 * many: `violations` finds them.
 */
export function renderCard(view: CardView, taskId?: string): ButtonCard {
  const source = cardText(view.source, TEXT_LIMITS.source);
  const desc = cardText(view.subtitle, TEXT_LIMITS.subtitle);
  const rows = view.rows.map(renderRow);
  return {
    card_type: "button_interaction",
    ...filled({
      source: source ? { desc: source, desc_color: COLOURS[view.tone] } : undefined,
      quote_area: renderQuote(view),
      sub_title_text: cardText(view.text, TEXT_LIMITS.text),
      horizontal_content_list: rows.length > 0 ? rows : undefined,
      task_id: taskId,
    }),
    main_title: { title: cardText(view.title, TEXT_LIMITS.title, NOTHING), ...filled({ desc }) },
    ...renderButtons(view, taskId !== undefined),
  };
}
