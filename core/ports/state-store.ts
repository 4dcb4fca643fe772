import type { Batch } from "../batches/batch.ts";
import type { Drain } from "../clusters/drain.ts";
import type { CanaryResult } from "../clusters/finding.ts";
import type { Upgrade } from "../clusters/upgrade.ts";
import type { Confirmation } from "../commands/confirmation.ts";
import type { ListPlace } from "../commands/paging.ts";
import type { Delegation } from "../delegations/index.ts";
import type { Question } from "../inquiries/question.ts";
import type { LanguageChoice } from "../languages/languages.ts";
import type { Mute } from "../mutes/mute.ts";
import type { DriftFinding } from "../releases/drift.ts";
import type { Build } from "../releases/image.ts";
import type { Release } from "../releases/release.ts";
import type { Stop } from "../stops/stop.ts";

/** The kinds of documents, and what one of each says. */
export interface StateBodies {
  /** By `stopName`. */
  stop: Stop;
  /** By an id of its own: `m_` and a ULID. */
  mute: Mute;
  /** By an id of its own: `d_` and a ULID. */
  delegation: Delegation;
  /** By userid. */
  language: LanguageChoice;
  /** By its id. */
  batch: Batch;
  /** By the id of its card: `c_` and a ULID. */
  confirmation: Confirmation;
  /** By its id. */
  question: Question;
  /** By userid: where `more` goes on. */
  place: ListPlace;
  /** By what was said: that people were told it, so that it is said once. */
  notice: { at: string };
  /** By the cluster's name: nothing new starts there. */
  drain: Drain;
  /** One: the upgrade that is under way, or was last. */
  upgrade: Upgrade;
  /** By its id: a release that is under way or over. */
  release: Release;
  /** By the cluster's name: the release that has it for itself until it is over. */
  release_hold: { release: string; at: string };
  /** By the cluster's name: the last start of a release's own canary that may have reached it. */
  canary_start: { request: string; at: string };
  /** By the cluster's name: how it differed from its release when people were told of it last. */
  drift: { at: string; hash: string; findings: readonly DriftFinding[] };
  /** By the cluster's name: the last canary that was run there, absent result while it runs. */
  canary: { at: string; result?: CanaryResult };
  /** By the cluster's name: how it was when people were told of it last. */
  health: { at: string; state: "up" | "degraded" | "down" };
  /** By its id. */
  build: Build;
}

export type StateKind = keyof StateBodies;

export interface StateDocument<Kind extends StateKind> {
  name: string;
  /** The store's version with which it was written: never given twice, not even to a document made anew. */
  revision: number;
  body: StateBodies[Kind];
}

export interface StateChange<Kind extends StateKind> {
  kind: Kind;
  name: string;
  /** The revision that must be stored for the change to happen; null: there must be no document. */
  expected: number | null;
  body: StateBodies[Kind];
}

export type StateOutcome<Kind extends StateKind> =
  | { outcome: "stored"; document: StateDocument<Kind> }
  /** Nothing changed; `current` is what is stored, null when there is none. */
  | { outcome: "conflict"; current: StateDocument<Kind> | null };

/** Small documents that all processes share: what people ordered and may take back, and what they were told. Each change is durable when it returns. */
export interface StateStore {
  /** Null when there is none. */
  get<Kind extends StateKind>(kind: Kind, name: string): Promise<StateDocument<Kind> | null>;
  /** All documents of a kind, by name. */
  list<Kind extends StateKind>(kind: Kind): Promise<StateDocument<Kind>[]>;
  /** One atomic compare-and-set. */
  put<Kind extends StateKind>(change: StateChange<Kind>): Promise<StateOutcome<Kind>>;
  /** Removes a document of this revision. False, and no change, when another or none is stored. */
  remove(kind: StateKind, name: string, expected: number): Promise<boolean>;
  /**
   * Another number after each change of any document; 0 before the first. Cheap: whoever read it before the lists
   * knows by it that they still hold.
   */
  version(): Promise<number>;
}
