import type { DutyLookup } from "../rosters/index.ts";

/** A look-up of one kind. */
export type LookupOf<Kind extends DutyLookup["kind"]> = Extract<DutyLookup, { kind: Kind }>;

/** Somebody else who keeps a roster. */
export interface DutySource<Kind extends DutyLookup["kind"]> {
  /**
   * The userids that are on duty now, each once; none is an answer. One question, never repeated by itself. Fails
   * with `ChatOpsError` when there is no answer in time or it cannot be read; nothing of the answer and no secret
   * stands in its text.
   */
  ask(lookup: LookupOf<Kind>): Promise<string[]>;
}
