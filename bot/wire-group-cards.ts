import { anyOf, type CardFinder, taskCards } from "./channels/index.ts";
import { upgradeCards } from "./clusters/index.ts";
import { questionCards } from "./inquiries/index.ts";
import { releaseCards } from "./releases/index.ts";
import type { Ground } from "./work.ts";
import type { Viewer } from "./workers/index.ts";

/** What cards in groups are about: tasks, what their workflows ask, upgrades and releases. */
export function groupCardsOver(ground: Ground, view: Viewer): CardFinder {
  const { stores, advancer, fleet, releases, clock, log } = ground;
  const { state, tasks, outbox } = stores.store;
  const { directory } = ground.wecom;
  const { keeper } = releases;
  return anyOf([
    taskCards({ tasks, advancer, view, log }),
    questionCards({ state, tasks, outbox, directory, view, clock }),
    upgradeCards({ upgrades: fleet.upgrades, directory, view }),
    ...(keeper === null ? [] : [releaseCards({ releases: keeper, directory, view })]),
  ]);
}
