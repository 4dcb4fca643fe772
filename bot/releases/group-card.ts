import { cardWords, parseReleaseCardId, releaseDeeds } from "../../core/cards/index.ts";
import type { Directory } from "../../core/ports/index.ts";
import type { CardFinder } from "../channels/index.ts";
import type { Viewer } from "../workers/index.ts";
import type { Releases } from "./keeper.ts";
import { shownTo } from "./tell.ts";

export interface ReleaseCardDeps {
  releases: Pick<Releases, "find">;
  directory: Pick<Directory, "nameOf">;
  view: Viewer;
}

/** Finds cards of releases, which all show the release as it is now. */
export function releaseCards(deps: ReleaseCardDeps): CardFinder {
  return async (cardId) => {
    const at = parseReleaseCardId(cardId);
    const release = at ? await deps.releases.find(at.id) : null;
    if (!at || !release) return null;
    const { card, viewing } = await shownTo(release, [], deps);
    const open = release.since === at.since && releaseDeeds(release).length > 0;
    return { view: card, words: cardWords(card, viewing), open };
  };
}
