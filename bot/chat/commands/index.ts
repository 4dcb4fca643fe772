import type { ChatCommands } from "../command.ts";
import { answerCommands, type ChatAnswerDeps } from "./answer.ts";
import { type ChatClusterDeps, clusterCommands } from "./clusters.ts";
import { type DecisionDeps, decisionCommands } from "./decisions.ts";
import { type ChatDelegationDeps, delegationCommands } from "./delegations.ts";
import { type ChatDutyDeps, dutyCommands } from "./duty.ts";
import { type ChatEventDeps, eventCommands } from "./events.ts";
import { type ChatLanguageDeps, languageCommands } from "./language.ts";
import { type ChatMuteDeps, muteCommands } from "./mutes.ts";
import { type OrderDeps, orderCommands } from "./orders.ts";
import { type ChatReleaseDeps, releaseCommands } from "./releases.ts";
import { type ChatReplayDeps, replayCommands } from "./replay.ts";
import { type ChatRuleDeps, ruleCommands } from "./rules.ts";
import { type ChatRunDeps, runCommands } from "./runs.ts";
import { type ChatStopDeps, stopCommands } from "./stops.ts";
import { type TaskReadDeps, taskCommands } from "./tasks.ts";
import { type ChatUpgradeDeps, upgradeCommand } from "./upgrade.ts";
import { type WhoamiDeps, whoamiCommands } from "./whoami.ts";

/** What each group of commands stands on. */
export interface CommandDeps {
  about: WhoamiDeps;
  tasks: TaskReadDeps;
  decisions: DecisionDeps;
  orders: OrderDeps;
  answers: ChatAnswerDeps;
  events: ChatEventDeps;
  rules: ChatRuleDeps;
  clusters: ChatClusterDeps;
  upgrades: ChatUpgradeDeps;
  mutes: ChatMuteDeps;
  stops: ChatStopDeps;
  releases: ChatReleaseDeps;
  replays: ChatReplayDeps;
  delegations: ChatDelegationDeps;
  duty: ChatDutyDeps;
  runs: ChatRunDeps;
  language: ChatLanguageDeps;
}

/** How each command of the registry is carried out; complete by its type. */
export function chatCommands(deps: CommandDeps): ChatCommands {
  return {
    ...whoamiCommands(deps.about),
    ...taskCommands(deps.tasks),
    ...decisionCommands(deps.decisions),
    ...orderCommands(deps.orders),
    ...answerCommands(deps.answers),
    ...eventCommands(deps.events),
    ...ruleCommands(deps.rules),
    ...clusterCommands(deps.clusters),
    upgrade: upgradeCommand(deps.upgrades),
    ...muteCommands(deps.mutes),
    ...stopCommands(deps.stops),
    ...releaseCommands(deps.releases),
    ...replayCommands(deps.replays),
    ...delegationCommands(deps.delegations),
    ...dutyCommands(deps.duty),
    ...languageCommands(deps.language),
    ...runCommands(deps.runs),
  };
}
