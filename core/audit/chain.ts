import { hashOf } from "../ids/index.ts";
import type { AuditEntry, AuditFact } from "./entry.ts";

/** The place in a chain that the next entry joins. */
export interface AuditLink {
  seq: number;
  hash: string;
}

/** The link before the first entry. */
export const GENESIS: AuditLink = { seq: 0, hash: "0".repeat(64) };

/** What a look along a chain found; `reason` says what is wrong at the first entry that does not hold. */
export type ChainCheck =
  | { outcome: "whole"; last: AuditLink }
  | { outcome: "broken"; seq: number; reason: "missing" | "unlinked" | "altered" };

/** The entry that a fact becomes behind a link. Throws on a detail that JSON cannot hold. */
export function chained(before: AuditLink, fact: AuditFact): AuditEntry {
  const { at, who, what, object, detail } = fact;
  const content = { seq: before.seq + 1, prev: before.hash, at, who, what, object, detail };
  return { ...content, hash: hashOf(content) };
}

/**
 * Follows the entries behind a link, in order. `missing`: a number is left out, told at that number;
 * `unlinked`: an entry does not name the hash before it; `altered`: its content does not give its own hash.
 * That the newest entries were cut off cannot be seen in the chain: compare `last` with one kept elsewhere.
 */
export function checkChain(before: AuditLink, entries: readonly AuditEntry[]): ChainCheck {
  let last: AuditLink = { seq: before.seq, hash: before.hash };
  for (const entry of entries) {
    const { seq, hash } = entry;
    if (seq !== last.seq + 1) return { outcome: "broken", seq: last.seq + 1, reason: "missing" };
    if (entry.prev !== last.hash) return { outcome: "broken", seq, reason: "unlinked" };
    if (chained(last, entry).hash !== hash) return { outcome: "broken", seq, reason: "altered" };
    last = { seq, hash };
  }
  return { outcome: "whole", last };
}
