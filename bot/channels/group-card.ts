import type { CardView } from "../../core/cards/index.ts";

/** The outbox item that a record of its sending settles. */
export interface Settles {
  key: string;
  fence: number;
}

/** A card that is shown in a group, as what it is about stands now. */
export interface GroupCard {
  view: CardView;
  /** The same in words; null where another message tells how it stands. */
  words: string | null;
  /** Whether it still asks for something, so that it is worth showing. */
  open: boolean;
  /** Records that it was shown, and settles its item; absent where that is of no matter. */
  sent?: (settles: Settles) => Promise<void>;
  /** Records why it never will be, and settles its item. */
  failed?: (settles: Settles, message: string) => Promise<void>;
}

/** Finds what a card is about by its id; null where it is none of its kind, or about nothing any more. */
export type CardFinder = (cardId: string) => Promise<GroupCard | null>;

/** Asks each of them in turn. */
export function anyOf(finders: readonly CardFinder[]): CardFinder {
  return async (cardId) => {
    for (const find of finders) {
      const found = await find(cardId);
      if (found) return found;
    }
    return null;
  };
}
