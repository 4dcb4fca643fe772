import type { Control, MoveReason, RefusalReason, TaskState } from "../tasks/index.ts";
import type { CardTexts } from "./card-texts.ts";
import type { ChoiceTexts } from "./choice-texts.ts";
import type { CommandTexts } from "./command-texts.ts";
import type { ConsoleTexts } from "./console-texts.ts";
import type { FleetTexts } from "./fleet-texts.ts";
import type { PageTexts } from "./page-texts.ts";
import type { QuestionTexts } from "./question-texts.ts";
import type { RetryTexts } from "./retry-texts.ts";
import type { RunTexts } from "./runs-texts.ts";

/** Languages that people read in chat. */
export const LANGUAGES = ["zh", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Every text of one language. Row labels have at most 5 characters, buttons at most 10 (reference/wecom.md 3.5). */
export interface Texts {
  /** Of the pages that cards link to. */
  page: PageTexts;
  /** Of the console. */
  console: ConsoleTexts;
  /** Of runs that people ask for by hand. */
  runs: RunTexts;
  /** Of clusters and draining them. */
  fleet: FleetTexts;
  /** Of retries in another way than as it was. */
  retries: RetryTexts;
  brand: string;
  cards: CardTexts;
  choice: ChoiceTexts;
  /** Stands before the title of a task that a replay made. */
  replayed: string;
  labels: {
    action: string;
    target: string;
    by: string;
    took: string;
    status: string;
    reason: string;
    params: string;
    output: string;
    id: string;
    alert: string;
    candidate: string;
    approval: string;
  };
  /** `adopt` stands before the last characters of an execution's id. */
  buttons: {
    approve: string;
    reject: string;
    refresh: string;
    again: string;
    giveUp: string;
    adopt: string;
  };
  states: Record<TaskState, string>;
  /** Why a task moved, where the new state and who moved it do not say it already. */
  reasons: Partial<Record<MoveReason, string>>;
  refusals: Record<RefusalReason, string>;
  /** `until` is null until WeCom has taken the card: then the time from its arrival is told, in minutes. */
  waiting: (facts: {
    until: string | null;
    minutes: number;
    /** Who must approve, and who still must where that is not plain. */
    needs: string;
    missing: string;
    approvedBy: string;
    rejectedBy: string;
    /** With which decisions a reason must come. */
    reason: readonly ("approve" | "reject")[];
  }) => string;
  approvedBy: (names: string) => string;
  rejectedBy: (names: string) => string;
  /** Who decided in the place of an absent person. */
  onBehalf: (people: { name: string; absent: string }) => string;
  byPolicy: (policy: string) => string;
  /** A card that many tasks of one rule share, and what is told of clicks on it. */
  batch: {
    title: (facts: { title: string; count: number }) => string;
    open: (count: number) => string;
    closed: string;
    all: (count: number) => string;
    none: (count: number) => string;
    choose: string;
    choosing: string;
    chosen: string;
    approved: (count: number) => string;
    rejected: (count: number) => string;
    counted: (count: number) => string;
    reasons: (count: number, id: string) => string;
    refused: (count: number, why: string) => string;
    nothingOpen: string;
  };
  /** What an approver chooses. `none` stands for nothing chosen yet. */
  choices: { none: string; decision: string; submit: string };
  unknownTitle: string;
  unknownText: (requestId: string) => string;
  unknownQuestion: string;
  counted: (missing: string) => string;
  /** What is missing, or so many of those whom it was escalated to. */
  orEscalated: (missing: string, people: number) => string;
  /** A rejection that ends nothing yet; so many people have rejected. */
  rejectionCounted: (people: number) => string;
  /** To somebody whose click needs a reason; `id` is the task's short id. */
  reasonAsked: (id: string) => string;
  reasonTaken: string;
  /** So many alerts were held back by the throttle and are told with this card. */
  coalesced: (count: number) => string;
  offerTaken: string;
  /** What can be done about a run that does not move stands behind it. */
  stuck: (facts: { status: string; minutes: number; id: string }) => string;
  /** StackStorm has several executions of one request; `ids` names the further ones. */
  judgedAnew: string;
  askAnew: string;
  notAskedAgain: string;
  renewed: string;
  doubled: (facts: { followed: string; ids: string }) => string;
  /** Of a run that is canceled: what that does not mean. */
  canceledOnly: string;
  controls: Record<Control, string>;
  controlRefused: (message: string) => string;
  controlLost: (message: string) => string;
  /** Stands before the title of a task that was asked for once more. */
  retried: string;
  moreOutput: (command: string) => string;
  noOutput: string;
  /** To the owner of a rule whose file was refused; `place` is file and line. */
  ruleRefused: (facts: { rule: string; place: string; what: string }) => string;
  /** To the administrator, of a file that nobody owns. */
  fileRefused: (facts: { place: string; what: string }) => string;
  /** To the approver of a policy that ends soon. */
  policyExpires: (facts: { policy: string; days: number; expires: string }) => string;
  /** How texts that belong together are joined, with the language's own marks. */
  joins: {
    /** `状态：成功`, or `Status: done`. */
    fact: (label: string, value: string) => string;
    /** `磁盘清理（编号 123）`, or `Clean disks (ID 123)`. */
    aside: (text: string, more: string) => string;
    /** `甲、乙`, or `A, B`. */
    list: (texts: readonly string[]) => string;
  };
  /** Of a sentence in both languages, this one's. */
  wordsOf: (words: { zh: string; en: string }) => string;
  commands: CommandTexts;
  /** What workflows ask people. */
  questions: QuestionTexts;
  /** What the outbox says of itself: digests, who could not be reached, long output. */
  outbox: {
    /** So many tasks have ended and so many other messages are told with them. */
    digestTitle: (counts: { ended: number; texts: number }) => string;
    /** So many more that are not shown one by one. */
    andMore: (count: number) => string;
    /** `what` was to be told or asked; `people` did not get it. */
    unreached: (facts: { what: string; id: string; people: string }) => string;
    /** The question could not be brought to anybody. */
    cardFailed: (facts: { what: string; id: string; why: string }) => string;
    /** So many lines are left out here; the file that follows has all. */
    leftOut: (lines: number) => string;
    /** The same where no file follows. */
    leftOutHere: (lines: number) => string;
  };
}
