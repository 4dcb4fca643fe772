import type { Clock, Executor, PackRegistry, Rollouts, StateStore } from "../../core/ports/index.ts";
import type { ReleaseDeed, ReleaseInput, ReleaseTerms } from "../../core/releases/index.ts";
import type { Drains } from "../clusters/index.ts";
import type { StepObserver } from "../workers/index.ts";

/** What a set and a build of it would be released as now. */
export type TermsFound =
  | { outcome: "found"; terms: ReleaseTerms; title: string }
  | { outcome: "refused"; zh: string; en: string };

/** Makes terms; the newest finished build of the set where none is named. Throws when a cluster cannot be read. */
export type TermsFinder = (set: string, build: string | null) => Promise<TermsFound>;

export interface ReleaseDeedDeps {
  terms: TermsFinder;
  rollouts: Rollouts;
  registry: Pick<PackRegistry, "registered" | "register" | "remove">;
  executor: Pick<Executor, "canary" | "start" | "find">;
  drains: Pick<Drains, "order" | "lift">;
  state: StateStore;
  clock: Clock;
  onStep: StepObserver;
}

/** One kind of deed. */
export type Deed<K extends ReleaseDeed["outcome"]> = Extract<ReleaseDeed, { outcome: K }>;
/** How a deed moves its release; null: it is too early to say. */
export type Done = ReleaseInput | null;

/** It is done. */
export const STEPPED: ReleaseInput = { kind: "stepped" };

/** It cannot be done. */
export function failed(message: string): ReleaseInput {
  return { kind: "fail", message };
}

/** What is not known yet, unless its time is over. */
export function open(isLate: boolean, message: string): Done {
  return isLate ? failed(`超时 (it took too long): ${message}`) : null;
}
