import type { PeopleGroups } from "../people/people.ts";
import type { RefusalReason } from "./reasons.ts";

/**
 * What a move sends out. Each becomes one durable outbox item, written in the same atomic write as the move.
 * Closed union; the text is made when the item is sent, from the task as it is then. `task` is filled in when the item
 * is written; where it is absent, an earlier version wrote it among the task's other messages.
 */
export type Effect =
  /** Send card `cardNo` to its people. */
  | { kind: "card"; cardNo: number }
  /**
   * Show the task's present state on card `cardNo`, spending this code. `asked`: somebody wants to know how it stands,
   * so that the engine is asked how far it is.
   */
  | { kind: "update"; cardNo: number; code: string; asked?: true }
  /** Make card `cardNo` tell what holds the task, unless it does, spending the code that can be spared most. */
  | { kind: "show_hold"; cardNo: number }
  /** Tell the task's audience how it ended. */
  | { kind: "report" }
  /** Show this card in a group of groups.yaml. */
  | { kind: "group_card"; group: string; cardId: string }
  /** Tell a group in words how what a card is about stands now: the card itself cannot be changed. */
  | { kind: "group_state"; group: string; cardId: string }
  /** Tell a group of groups.yaml how the task ended. */
  | { kind: "group_report"; task: string; group: string }
  /** Tell one person why a click did nothing, or what it did. */
  | {
      kind: "reply";
      to: string;
      about: RefusalReason | "approval_counted" | "rejection_counted" | "reason_asked" | "offer_taken";
    }
  /** Tell some people something about the task that is no end of it. */
  | { kind: "notice"; to: PeopleGroups; about: NoticeAbout }
  /** The approval is void: judge the event again by the rules in force, and ask for what comes of it. */
  | { kind: "ask_again"; task?: string }
  /** Journal the event `whale.task.ended`. */
  | { kind: "ended"; task?: string };

export type NoticeAbout =
  | "stuck"
  /** StackStorm has more than one execution of one request. */
  | "doubled"
  /** StackStorm refused to cancel, pause or resume. */
  | "control_refused"
  /** Whether StackStorm took it could not be found out in time. */
  | "control_lost"
  /** The approval is void, and its rule makes no task of the event any more. */
  | "not_asked_again";

export type EffectKind = Effect["kind"];
