import { cardWords, parseUpgradeCardId, upgradeCard, waitsForPerson } from "../../core/cards/index.ts";
import { upgradeWords } from "../../core/clusters/index.ts";
import type { Directory } from "../../core/ports/index.ts";
import type { CardFinder } from "../channels/index.ts";
import type { Viewer } from "../workers/index.ts";
import { actorNames } from "./upgrade-teller.ts";
import type { Upgrades } from "./upgrades.ts";

export interface UpgradeCardDeps {
  upgrades: Pick<Upgrades, "current">;
  directory: Pick<Directory, "nameOf">;
  view: Viewer;
}

/** Finds cards of the upgrade: of a step that is over, what has become of it stands in place of the buttons. */
export function upgradeCards({ upgrades, directory, view }: UpgradeCardDeps): CardFinder {
  return async (cardId) => {
    const at = parseUpgradeCardId(cardId);
    const upgrade = at ? await upgrades.current() : null;
    if (!at || upgrade?.id !== at.id) return null;
    const viewing = await view(null);
    const open = upgrade.since === at.since && waitsForPerson(upgrade);
    const nameOf = await actorNames(upgrade, directory);
    const closed = open ? undefined : viewing.texts.wordsOf(upgradeWords(upgrade));
    const card = upgradeCard(upgrade, { ...viewing, nameOf }, closed);
    return { view: card, words: cardWords(card, viewing), open };
  };
}
