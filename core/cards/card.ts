/** How a card or a button looks: what matters is told apart by more than colour. */
export type Tone = "neutral" | "primary" | "danger" | "good";

export interface CardButton {
  /** What the click brings back, for example `approve`, `offer:view`. */
  key: string;
  text: string;
  tone: Tone;
}

export interface CardLine {
  label: string;
  value: string;
}

/** Opens a page; no click comes of it. */
export interface CardLink {
  text: string;
  /** `http(s)://`. */
  url: string;
}

export interface CardOption {
  /** What comes back when it is chosen. */
  id: string;
  text: string;
}

/** A dropdown. Clients always show one option: put one that means nothing first where none may be chosen unseen. */
export interface CardSelect {
  /** The question under which the chosen option comes back. */
  key: string;
  title: string;
  options: readonly CardOption[];
  /** Id of the option that is shown; the first when absent. */
  selected?: string;
}

/** Options to tick; any number of them. */
export interface CardBoxes {
  /** The question under which the ticked options come back. */
  key: string;
  options: readonly CardOption[];
  /** Ids of those that are ticked already. */
  ticked: readonly string[];
}

/** The menu in a card's corner. */
export interface CardMenu {
  title: string;
  entries: readonly { key: string; text: string }[];
}

interface Head {
  /** Who speaks, for example `鲸 · shop`. */
  source: string;
  tone: Tone;
  title: string;
  /** A longer line below the title. */
  text: string;
}

/** What cards without boxes and with one dropdown at most can show. */
interface Shown extends Head {
  subtitle: string;
  rows: CardLine[];
  quote?: { title: string; text: string };
  menu?: CardMenu;
}

/** A card with buttons. */
export interface ButtonsView extends Shown {
  /** A dropdown above the buttons; what it shows comes with any of them. */
  select?: CardSelect;
  /** Buttons that can be clicked. Empty when `closed` is set. */
  buttons: CardButton[];
  /** One grey text in place of the buttons: nothing is left to decide. */
  closed?: string;
  /** What a tap on the card opens. */
  link?: string;
  /** Shown behind the buttons as far as the channel has room. */
  links?: readonly CardLink[];
}

/** A card that only tells; WeCom wants it to lead somewhere. */
export interface NoticeView extends Shown {
  link: string;
  links: readonly CardLink[];
  /** One figure in large type. */
  emphasis?: { title: string; text: string };
}

/** A card of dropdowns, sent off with one button. It has no rows: `text` must say what it is about. */
export interface SelectsView extends Head {
  selects: readonly CardSelect[];
  submit: { key: string; text: string };
}

/** A card of boxes to tick, sent off with one button. It has no rows: `text` must say what it is about. */
export interface BoxesView extends Head {
  boxes: CardBoxes;
  submit: { key: string; text: string };
}

/**
 * A card, independent of the channel. The channel shortens what is only shown, and refuses what it cannot
 * carry (too many rows, buttons or options).
 */
export type CardView = ButtonsView | NoticeView | SelectsView | BoxesView;

/** What a card says, for those who have nothing to click on it; a tap on it opens the link. */
export function asNotice(view: ButtonsView, link: string): NoticeView {
  const { source, tone, title, subtitle, text, rows, quote, links = [] } = view;
  const state = view.closed === undefined ? {} : { emphasis: { title: view.closed, text: "" } };
  return {
    ...{ source, tone, title, subtitle, text, rows, link, links },
    ...(quote ? { quote } : {}),
    ...state,
  };
}

/** What a click brings back and where a link leads is no text. */
const NO_TEXT: ReadonlySet<string> = new Set(["key", "id", "selected", "ticked", "url", "tone"]);

/** A card of which each text is hidden in. */
export function withoutSecrets<View extends CardView>(view: View, hide: (text: string) => string): View {
  const copy = (value: unknown, key: string): unknown => {
    if (typeof value === "string") return NO_TEXT.has(key) ? value : hide(value);
    if (Array.isArray(value)) return value.map((one) => copy(one, key));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, copy(one, name)]));
  };
  return copy(view, "") as View;
}
