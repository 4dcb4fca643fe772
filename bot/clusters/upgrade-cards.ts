import { parseUpgradeCardId } from "../../core/cards/index.ts";
import type { Upgrade, UpgradeCardSent } from "../../core/clusters/index.ts";
import { errorText } from "../../core/errors.ts";
import type { Logger, StateStore } from "../../core/ports/index.ts";
import { changed, UPGRADE_NAME, type UpgradeDocument } from "./upgrade-document.ts";

export interface UpgradeCardDeps {
  state: StateStore;
  /** Shows cards of a step that is over as they are now, without their buttons. */
  close: (upgrade: Upgrade, cards: readonly UpgradeCardSent[]) => Promise<void>;
  log: Logger;
}

const MAX_TRIES = 8;

/** Remembers a card of the upgrade that somebody got; any other card is none of its. */
export async function cardSent(
  card: UpgradeCardSent,
  { state }: Pick<UpgradeCardDeps, "state">,
): Promise<void> {
  const about = parseUpgradeCardId(card.cardId);
  if (!about) return;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const found = await state.get("upgrade", UPGRADE_NAME);
    if (found?.body.id !== about.id) return;
    const others = (found.body.cards ?? []).filter(({ cardId }) => cardId !== card.cardId);
    if (await changed({ ...found, body: { ...found.body, cards: [...others, card] } }, state)) return;
  }
}

/** Cards of a step that is over ask nobody any more. Shown before it is remembered as shown; nothing waits for it. */
export async function closedOf(found: UpgradeDocument, { state, close, log }: UpgradeCardDeps) {
  const { revision, body } = found;
  const { cards = [], since } = body;
  const open = cards.filter(({ cardId }) => parseUpgradeCardId(cardId)?.since === since);
  if (open.length === cards.length) return found;
  try {
    await close(
      body,
      cards.filter((card) => !open.includes(card)),
    );
  } catch (error) {
    log.warn({ upgrade: body.id, reason: errorText(error) }, "cards of an upgrade could not be closed");
    return found;
  }
  return changed({ revision, body: { ...body, cards: open } }, state);
}
