import type {
  ButtonsView,
  CardLine,
  CardLink,
  CardMenu,
  CardOption,
  CardSelect,
  Tone,
} from "../../core/cards/index.ts";
import type { CardSizes } from "./card-channels.ts";
import type { ButtonInteraction, CardRow, QuoteArea, Select, TextNotice } from "./card-model.ts";
import { cardText } from "./card-text.ts";

/** Stands where WeCom demands a text and none is left. */
export const NOTHING = "—";

/** No size is documented for these places; the client's screen gives these. */
const OWN_SIZES = { quoteTitle: 80, quoteText: 300, selectTitle: 16, menuTitle: 20, menuEntry: 10 } as const;

const COLOURS: Record<Tone, number> = { neutral: 0, primary: 1, danger: 2, good: 3 };
/** How a button of each tone looks. */
export const STYLES: Record<Tone, number> = { primary: 1, good: 1, neutral: 2, danger: 3 };

/** Leaves out what is empty: WeCom refuses some empty texts that it allows to be missing. */
export function filled<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined | ""> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined | ""> };
}

/** Who speaks, in the colour of the tone. */
export function renderSource(
  view: { source: string; tone: Tone },
  sizes: CardSizes,
): ButtonInteraction["source"] {
  const desc = cardText(view.source, sizes.source);
  return desc ? { desc, desc_color: COLOURS[view.tone] } : undefined;
}

/** A title and the line below it. */
export function renderTitle(title: string, below: string, sizes: { title: number; below: number }) {
  const desc = cardText(below, sizes.below);
  return { title: cardText(title, sizes.title, NOTHING), ...filled({ desc }) };
}

export function renderRows(rows: readonly CardLine[], sizes: CardSizes): CardRow[] | undefined {
  if (rows.length === 0) return undefined;
  return rows.map((row) => {
    const value = cardText(row.value, sizes.value);
    return { keyname: cardText(row.label, sizes.label, NOTHING), ...filled({ value }) };
  });
}

export function renderQuote(quote: ButtonsView["quote"]): QuoteArea | undefined {
  if (!quote) return undefined;
  const title = cardText(quote.title, OWN_SIZES.quoteTitle);
  const quote_text = cardText(quote.text, OWN_SIZES.quoteText);
  return title || quote_text ? { type: 0, ...filled({ title, quote_text }) } : undefined;
}

export function renderMenu(menu: CardMenu | undefined): ButtonInteraction["action_menu"] {
  if (!menu) return undefined;
  const desc = cardText(menu.title, OWN_SIZES.menuTitle);
  const action_list = menu.entries.map(({ key, text }) => {
    return { key, text: cardText(text, OWN_SIZES.menuEntry, NOTHING) };
  });
  return { ...filled({ desc }), action_list };
}

export function renderLinks(links: readonly CardLink[], sizes: CardSizes): TextNotice["jump_list"] {
  if (links.length === 0) return undefined;
  return links.map(({ text, url }) => ({ type: 1, title: cardText(text, sizes.link, NOTHING), url }));
}

export function renderOptions(options: readonly CardOption[], characters: number): CardOption[] {
  return options.map(({ id, text }) => ({ id, text: cardText(text, characters, NOTHING) }));
}

export function renderSelect({ key, title, options, selected }: CardSelect, sizes: CardSizes): Select {
  return {
    question_key: key,
    ...filled({ title: cardText(title, OWN_SIZES.selectTitle), selected_id: selected }),
    option_list: renderOptions(options, sizes.option),
  };
}
