import type { Chosen } from "../approvals/choices.ts";
import type { ClusterChoice } from "../clusters/choice.ts";
import type { Entitlement } from "../people/people.ts";
import type { Policy } from "../policies/policy.ts";
import type { Stop } from "../stops/stop.ts";
import type { Candidate, Control, ExecutionRecord } from "./task.ts";

/** Somebody who is stood in for, and the names of the groups that they may decide for. */
export interface Absent {
  person: string;
  groups: readonly string[];
}

/** A click as the machine sees it: verified, and its person looked up at this moment. */
export interface Click {
  by: string;
  /** As whom they may decide. */
  entitlement: Entitlement;
  /** Present where they may decide only in the place of others: those who delegated to them and may. */
  standsFor?: readonly Absent[];
  cardNo: number;
  /** The callback's dedupe key. */
  clickKey: string;
  /** Code for one update of the card; absent when WeCom sent none. */
  code?: string;
  /**
   * Present where no card was touched: it was typed into the chat, or made on the task's page. Who took it answers its
   * person.
   */
  written?: Written;
  /** It was made on the card of a batch, which shows the task with this hash, and tells its person by itself. */
  batch?: { id: string; hash: string };
  /** The options that were chosen on the card, by the name of their choice. */
  selected?: Chosen;
}

/** What a person wrote with their decision. */
export interface Written {
  on: "chat" | "page";
  /** Empty when nothing. */
  reason: string;
  /** Of the content that they were shown; absent where nothing was. */
  hash?: string;
}

/** What is known after asking the engine to start. */
export type StartAnswer =
  | { outcome: "started"; execution: ExecutionRecord }
  | { outcome: "refused"; message: string }
  /** `at`: the cluster that did not take it; absent where that was no cluster's doing. */
  | { outcome: "not_sent"; message: string; at?: string }
  | { outcome: "unknown"; message: string };

/** What is known after looking for a start by its request id. */
export type Sighting =
  /** `doubles`: further executions of this task's requests, which must not be. */
  | { outcome: "found"; execution: ExecutionRecord; doubles?: readonly string[] }
  /** `candidates`: what nobody else claims and could be it. */
  | { outcome: "absent"; candidates?: readonly Candidate[] }
  /** `at`: which of the clusters. */
  | { outcome: "unreachable"; message: string; at?: string };

/** What a person orders from a card, a message or REST: verified, and the person looked up at this moment. */
export interface Order {
  /** userid, or `local`. */
  by: string;
  entitlement: Entitlement;
  /** Its own key: the same order twice changes nothing. Of one that its sender named, made by `orderKey`. */
  key: string;
  /** The card it came from; absent for messages and REST, which answer by themselves. */
  card?: { no: number; code?: string };
}

/** What is known of the execution that a person names as this task's. */
export type Evidence =
  /** `paramsHash` is null when StackStorm hides some of them. */
  | {
      outcome: "seen";
      execution: ExecutionRecord;
      action: string;
      paramsHash: string | null;
      requestId?: string;
      /** The ended run that it is one more run of. */
      rerunOf?: string;
    }
  | { outcome: "absent" }
  | { outcome: "unreachable"; message: string };

/** What is known after asking the engine to cancel, pause or resume. */
export type ControlAnswer =
  /** It has done so, or had before; `execution` as it is now. */
  | { outcome: "taken"; execution: ExecutionRecord }
  | { outcome: "refused"; message: string }
  /** Not known, or not sent: the run is looked at before it is asked for again. */
  | { outcome: "open"; message: string };

/** How the rule and its policy stand at the moment of starting. */
export interface Standing {
  /** Digest of the rule (or offer) as it is now; null when it is gone. */
  digest: string | null;
  /** The policy as it is now; null when it is gone or none is needed. */
  policy: Policy | null;
  choice: ClusterChoice;
  /** Where an ended run is run once more: what others have made of it since this was asked for. */
  rerunSince?: readonly string[];
}

/** Everything that can happen to a task. Closed union; the machine answers each in each state. */
export type TaskInput =
  | { kind: "approve"; click: Click }
  | { kind: "reject"; click: Click }
  | { kind: "refresh"; click: Click }
  /** The reason that a click before waits for, as its person wrote it; `key` is the message's own. */
  | ({ kind: "reason"; text: string; key: string } & Pick<Click, "by" | "entitlement" | "standsFor">)
  | { kind: "offer"; click: Click; offer: string }
  | { kind: "again"; click: Click }
  | { kind: "give_up"; click: Click }
  /** The due time has come. */
  | { kind: "tick" }
  /** `sender` names this one try to start, so that whoever stored the intent recognises it. */
  | { kind: "intend"; standing: Standing; sender: string }
  | { kind: "start_answer"; requestId: string; answer: StartAnswer }
  | { kind: "look"; sighting: Sighting }
  /** `doubles`: further executions of the same request. */
  | { kind: "news"; execution: ExecutionRecord; doubles?: readonly string[] }
  /** StackStorm's own retry policy has followed the execution up with another one, and others `between`. */
  | { kind: "retried"; execution: ExecutionRecord; between?: readonly string[] }
  | { kind: "adopt"; order: Order; evidence: Evidence }
  | { kind: "control"; order: Order; what: Control }
  | { kind: "control_answer"; key: string; answer: ControlAnswer }
  /** The engine does not know the execution any more. */
  | { kind: "gone" }
  | {
      kind: "card_sent";
      cardNo: number;
      recipients: string[];
      unreachable: string[];
      code?: string;
      messageId?: string;
      /** Since when the hold is in force that it tells of. */
      holdMs?: number;
    }
  /** It was shown anew, which has used this code up. `holdMs` as for one that was sent. */
  | { kind: "card_shown"; cardNo: number; code: string; holdMs?: number }
  | { kind: "card_failed"; cardNo: number; message: string }
  /** A batch's card will stand for this one, which is not sent. */
  | { kind: "batched"; cardNo: number; batch: string }
  /** There is no room for a card in its people's budgets yet. */
  | { kind: "card_waits" }
  | { kind: "withdraw" }
  /** This stop keeps it from starting. */
  | { kind: "hold"; stop: Stop }
  | { kind: "release" };

export type InputKind = TaskInput["kind"];
export type InputOf<K extends InputKind> = Extract<TaskInput, { kind: K }>;

/** Inputs that are clicks of people. */
export const CLICK_KINDS = ["approve", "reject", "refresh", "offer", "again", "give_up"] as const;
export type ClickKind = (typeof CLICK_KINDS)[number];
