import {
  type Chat,
  type CommandDeps,
  chatCommands,
  createChat,
  createConfirmations,
  createPlaces,
  denierOver,
  handleUpgradeClick,
} from "./chat/index.ts";
import { muteObjectOver } from "./mutes/index.ts";
import { answererOver } from "./wire-inquiries.ts";
import { chatReleasesOver } from "./wire-release.ts";
import type { Ground } from "./work.ts";
import type { Viewer } from "./workers/index.ts";

/** Takes a click on an upgrade's card; false when it is none. */
export function upgradeClicksOver(ground: Ground, view: Viewer) {
  const { stores, rolesOf, inForce, fleet, clock, log, metrics } = ground;
  const denied = denierOver({ roles: () => inForce().roles, log, metrics });
  const { directory } = ground.wecom;
  const { outbox } = stores.store;
  const deps = { upgrades: fleet.upgrades, rolesOf, denied, directory, view, outbox, clock, log, metrics };
  return (...[payload, key]: [Parameters<typeof handleUpgradeClick>[0], string]): Promise<boolean> =>
    handleUpgradeClick(payload, key, deps);
}

/** What people can do by messages, over everything that it stands on. One for all channels of a process. */
export function chatOver(ground: Ground, view: Viewer): Chat {
  const { stores, rolesOf, inForce, clock, log, metrics } = ground;
  const { state } = stores.store;
  const denied = denierOver({ roles: () => inForce().roles, log, metrics });
  return createChat({
    ...{
      commands: chatCommands(commandDeps(ground, { view, denied })),
      rolesOf,
      denied,
      view,
      clock,
      log,
      metrics,
    },
    confirmations: createConfirmations({ state, clock }),
    places: createPlaces({ state, clock }),
    mayRun: async (userId) => (await ground.runs.usableBy(userId)).length > 0,
  });
}

function commandDeps(
  ground: Ground,
  { view, denied }: { view: Viewer; denied: ReturnType<typeof denierOver> },
): CommandDeps {
  const { stores, executor, inForce, settings, advancer, orders, delegations, stops, explainer, clock } =
    ground;
  const { tasks, audit, throttle, replays } = stores.store;
  const { directory } = ground.wecom;
  const rules = () => inForce().rules;
  const grants = () => inForce().grants;
  const clusters = () => inForce().clusters;
  const people = { directory, delegations };
  return {
    about: { directory },
    tasks: { ...people, tasks, executor, audit, denied, view, clock },
    decisions: { ...people, tasks, advancer, stops, settings, view, clock, state: stores.store.state },
    answers: { ...people, tasks, state: stores.store.state, answerer: answererOver(ground, view) },
    orders: { ...people, orders, tasks, settings, clock, denied, view },
    events: {
      archive: stores.archive,
      registry: () => inForce().registry,
      explainer,
      rules,
      directory,
      denied,
    },
    rules: { rules, refused: ground.keeper.refused, throttle, directory, denied },
    clusters: { fleet: ground.fleet, clusters, directory, denied },
    upgrades: { upgrades: ground.fleet.upgrades, directory, denied },
    mutes: { mutes: ground.mutes, objectOf: muteObjectOver(rules), rules, directory, denied },
    stops: { tasks, advancer, stops, rules, clusters, directory, denied },
    releases: chatReleasesOver(ground, denied),
    replays: { replays, audit, explainer, rules, denied, clock },
    delegations: { delegations, directory, clock },
    language: { languages: ground.languages, view },
    runs: { desk: ground.runs, aliases: ground.aliases, grants, stops },
    duty: { rosters: ground.rosters, directory },
  };
}
