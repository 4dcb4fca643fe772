import type { ClusterChoice } from "../clusters/cluster.ts";
import type { Entitlement } from "../people/people.ts";
import type { Policy } from "../policies/policy.ts";
import type { ExecutionRecord } from "./task.ts";

/** A click as the machine sees it: verified, and its person looked up at this moment. */
export interface Click {
  by: string;
  entitlement: Entitlement;
  /** Present where they may decide only in the place of others: those who delegated to them and may. */
  standsFor?: readonly string[];
  cardNo: number;
  /** The callback's dedupe key. */
  clickKey: string;
  /** Code for one update of the card; absent when WeCom sent none. */
  code?: string;
}

/** What is known after asking the engine to start. */
export type StartAnswer =
  | { outcome: "started"; execution: ExecutionRecord }
  | { outcome: "refused"; message: string }
  | { outcome: "not_sent"; message: string }
  | { outcome: "unknown"; message: string };

/** What is known after looking for a start by its request id. */
export type Sighting =
  | { outcome: "found"; execution: ExecutionRecord }
  | { outcome: "absent" }
  | { outcome: "unreachable"; message: string };

/** How the rule and its policy stand at the moment of starting. */
export interface Standing {
  /** Digest of the rule (or offer) as it is now; null when it is gone. */
  digest: string | null;
  /** The policy as it is now; null when it is gone or none is needed. */
  policy: Policy | null;
  choice: ClusterChoice;
}

/** Everything that can happen to a task. Closed union; the machine answers each in each state. */
export type TaskInput =
  | { kind: "approve"; click: Click }
  | { kind: "reject"; click: Click }
  | { kind: "refresh"; click: Click }
  | { kind: "offer"; click: Click; offer: string }
  | { kind: "again"; click: Click }
  | { kind: "give_up"; click: Click }
  /** The due time has come. */
  | { kind: "tick" }
  | { kind: "intend"; standing: Standing }
  | { kind: "start_answer"; requestId: string; answer: StartAnswer }
  | { kind: "look"; sighting: Sighting }
  | { kind: "news"; execution: ExecutionRecord }
  /** The engine does not know the execution any more. */
  | { kind: "gone" }
  | {
      kind: "card_sent";
      cardNo: number;
      recipients: string[];
      unreachable: string[];
      code?: string;
      messageId?: string;
    }
  | { kind: "card_failed"; cardNo: number; message: string }
  | { kind: "withdraw" }
  | { kind: "hold" }
  | { kind: "release" };

export type InputKind = TaskInput["kind"];
export type InputOf<K extends InputKind> = Extract<TaskInput, { kind: K }>;

/** Inputs that are clicks of people. */
export const CLICK_KINDS = ["approve", "reject", "refresh", "offer", "again", "give_up"] as const;
export type ClickKind = (typeof CLICK_KINDS)[number];
