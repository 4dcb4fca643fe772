import type { ConfirmFault } from "../commands/confirmation.ts";
import type { CommandId } from "../commands/registry.ts";
import type { EventStatus } from "../events/event.ts";

/** What chat answers to commands, in one language. */
export interface CommandTexts {
  /** Above the list of commands, and below it. */
  helpTitle: string;
  helpEnd: string;
  /** Of each command how its arguments are written, and what it does. */
  about: Record<CommandId, { args?: string; does: string }>;
  /** How a command's names and what it does are put together. */
  helpLine: (facts: { zh: string; en: string; args: string; does: string }) => string;
  /** Other words for a command. */
  alsoCalled: (words: string) => string;

  unknown: (text: string) => string;
  didYouMean: (command: string) => string;
  needsId: (command: string) => string;
  noTasks: string;
  /** No task is what was asked for, though there may be others. */
  noSuchTasks: string;
  noSuchTask: (id: string) => string;
  ambiguous: (id: string) => string;
  tasksTitle: string;
  notStarted: string;
  historyTitle: string;
  /** Where output is longer than is shown. */
  cut: { head: string; tail: string };
  engineDown: (message: string) => string;
  noMutes: string;
  mutesTitle: string;
  muteUsage: string;
  muteLine: (facts: { id: string; what: string; until: string; by: string; why: string }) => string;
  muted: (line: string) => string;
  unmuted: (line: string) => string;
  noSuchMute: (id: string) => string;
  noDelegations: string;
  delegationsTitle: string;
  delegateUsage: string;
  delegationLine: (facts: { id: string; from: string; to: string; until: string; why: string }) => string;
  delegated: (line: string) => string;
  undelegated: (line: string) => string;
  noSuchDelegation: (id: string) => string;
  /** To who stands in. */
  delegatedToYou: (facts: { from: string; until: string; why: string }) => string;
  noRosters: string;
  noSuchRoster: (name: string) => string;
  nobodyOnDuty: string;
  leavingDuty: (names: string) => string;
  dutyUntil: (when: string) => string;
  nextOnDuty: (names: string) => string;
  dutyAsOf: (when: string) => string;
  dutyUnknown: (why: string) => string;
  noSuchEvent: (id: string) => string;
  ambiguousEvent: (id: string) => string;
  noSuchRule: (id: string) => string;
  noRules: string;
  otherTypes: (types: string) => string;
  untold: string;
  ruleChanged: string;
  wasActually: (value: string) => string;
  passesAt: (when: string) => string;
  known: { stored: string; recomputed: string };
  controlAsked: (what: string) => string;
  canceledBefore: string;
  adopted: (execution: string) => string;
  adoptUsage: string;
  noRetry: (why: string) => string;
  retryMade: (id: string) => string;
  /** Buttons of the app's menu, of at most 16 bytes each. */
  menu: { mine: string; running: string; help: string };
  languageUsage: string;
  languageChosen: string;
  nothingOwn: string;
  tooFast: string;
  /** To a message that comes too late to change anything. */
  tooOld: string;
  /** To a message or click that could not be worked on. */
  givenUp: string;
  /** Stands before what is asked for, because an argument is missing. */
  usage: (written: string) => string;
  noMore: string;
  /** Null: how many is not known. */
  more: (left: number | null) => string;
  notYours: string;
  whoami: (facts: { name: string; userId: string; roles: string; unsure: string; rights: string }) => string;
  none: string;
  waitsForYou: string;
  whoMayDecide: (people: string) => string;
  /** `isHeld`: a stop is in force that keeps it from starting. */
  approved: (isHeld: boolean) => string;
  rejected: string;
  decidedBefore: string;
  nothingToApprove: string;
  approveAll: (facts: { count: number; left: number; skipped: number }) => string;
  /** `held` of those that are approved are kept from starting by a stop. */
  approvedAll: (facts: { approved: number; counted: number; held: number }) => string;
  /** Why so many of those that were to be approved were not. */
  notApproved: (facts: { count: number; why: string }) => string;
  changedSince: string;
  confirm: {
    title: (what: string) => string;
    subtitle: (code: string) => string;
    yes: string;
    no: string;
    confirmed: string;
    abandoned: string;
    faults: Record<ConfirmFault, string>;
    cancel: string;
    retry: string;
    replay: string;
    stop: string;
    start: string;
    approveAll: string;
    approveAllTitle: (count: number) => string;
  };
  events: {
    title: string;
    none: string;
    labels: string;
    statuses: Record<EventStatus, string>;
    violations: string;
    tasksOf: string;
    notKept: string;
  };
  rules: {
    title: string;
    none: string;
    one: string;
    on: string;
    asks: string;
    /** So many faults keep the files from being taken; the first is at `place`. */
    refused: (facts: { count: number; place: string; what: string }) => string;
  };
  throttle: {
    none: (key: string) => string;
    bucket: (facts: { key: string; left: string; limit: string; next: string }) => string;
  };
  clusters: { title: string; none: string; up: (version: string) => string; down: (why: string) => string };
  replayMade: (id: string) => string;
  stops: {
    title: string;
    none: string;
    usage: string;
    scope: { everything: string; cluster: string; rule: string; business: string };
    unknown: (what: string) => string;
    line: (facts: { what: string; by: string; when: string; why: string }) => string;
    stopped: (line: string) => string;
    before: (line: string) => string;
    started: (what: string) => string;
    notStopped: (what: string) => string;
  };
  labels: { business: string; source: string; severity: string; time: string; cluster: string; who: string };
}
