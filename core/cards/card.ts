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

/**
 * A card, independent of the channel. The channel shortens what is only shown, and refuses what it cannot
 * carry (too many rows or buttons).
 */
export interface CardView {
  /** Who speaks, for example `鲸 · shop`. */
  source: string;
  tone: Tone;
  title: string;
  subtitle: string;
  rows: CardLine[];
  quote?: { title: string; text: string };
  /** A longer line below the title. */
  text: string;
  /** Buttons that can be clicked. Empty when `closed` is set. */
  buttons: CardButton[];
  /** One grey text in place of the buttons: nothing is left to decide. */
  closed?: string;
}
