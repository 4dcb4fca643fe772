import {
  type Chat,
  type CommandDeps,
  chatCommands,
  createChat,
  createConfirmations,
  createPlaces,
  denierOver,
} from "./chat/index.ts";
import { muteObjectOver } from "./mutes/index.ts";
import { answererOver } from "./wire-inquiries.ts";
import { chatReleasesOver } from "./wire-release.ts";
import type { Ground } from "./work.ts";
import type { Viewer } from "./workers/index.ts";

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
    decisions: { ...people, tasks, advancer, settings, view, clock, state: stores.store.state },
    answers: { ...people, tasks, state: stores.store.state, answerer: answererOver(ground, view) },
    orders: { ...people, orders, tasks, rules, grants, settings, clock, denied, view },
    events: { archive: stores.archive, registry: () => inForce().registry, explainer, rules, denied },
    rules: { rules, throttle, denied },
    clusters: { fleet: ground.fleet, clusters, denied },
    mutes: { mutes: ground.mutes, objectOf: muteObjectOver(rules), denied },
    stops: { tasks, advancer, stops, rules, clusters, denied },
    releases: chatReleasesOver(ground, denied),
    replays: { replays, audit, explainer, rules, denied, clock },
    delegations: { delegations, clock },
    language: { languages: ground.languages, view },
    runs: { desk: ground.runs, aliases: ground.aliases, grants },
    duty: { rosters: ground.rosters, directory },
  };
}
