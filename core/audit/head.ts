import type { AuditLink, ChainCheck } from "./chain.ts";

/** A whole look along a chain; `cut` and `other_head` are told against a head that was noted elsewhere. */
export type AuditCheck =
  | ChainCheck
  | { outcome: "broken"; seq: number; reason: "cut" | "other_head" | "not_archived" | "archived_otherwise" };

export type BrokenReason = Extract<AuditCheck, { outcome: "broken" }>["reason"];

/**
 * Holds a chain that is whole against a head that a person noted elsewhere; `found` is the entry that has its number
 * now. `cut`: the chain ends before it, so that its newest entries were taken away; `other_head`: what was noted is
 * not what stands there, so that the chain was written anew.
 */
export function checkHead(checked: AuditCheck, noted: AuditLink, found: AuditLink | undefined): AuditCheck {
  if (checked.outcome === "broken") return checked;
  const { seq, hash } = noted;
  if (seq > checked.last.seq) return { outcome: "broken", seq: checked.last.seq + 1, reason: "cut" };
  if (found?.seq !== seq || found.hash !== hash) return { outcome: "broken", seq, reason: "other_head" };
  return checked;
}

/**
 * Holds the archive's copy of some entries against the chain's, in order. Null when each is there with its hash.
 * `not_archived` is told at the first that the copy lacks, `archived_otherwise` at the first that differs.
 */
export function checkCopy(chain: readonly AuditLink[], copy: readonly AuditLink[]): AuditCheck | null {
  const copied = new Map(copy.map(({ seq, hash }) => [seq, hash]));
  for (const { seq, hash } of chain) {
    const there = copied.get(seq);
    if (there === undefined) return { outcome: "broken", seq, reason: "not_archived" };
    if (there !== hash) return { outcome: "broken", seq, reason: "archived_otherwise" };
  }
  return null;
}

/** The words that say what is wrong with an entry, Chinese and English. */
export function brokenWords(seq: number, reason: BrokenReason): { zh: string; en: string } {
  switch (reason) {
    case "missing":
      return { zh: `第 ${seq} 条不见了`, en: `entry ${seq} is missing` };
    case "unlinked":
      return { zh: `第 ${seq} 条接不上前一条`, en: `entry ${seq} does not follow the one before` };
    case "altered":
      return { zh: `第 ${seq} 条的内容被改过`, en: `entry ${seq} was altered` };
    case "cut":
      return { zh: `从第 ${seq} 条起被截掉了`, en: `the chain was cut off from entry ${seq} on` };
    case "other_head":
      return {
        zh: `第 ${seq} 条不是记下的那一条，链被重写过`,
        en: `entry ${seq} is not the one that was noted: the chain was written anew`,
      };
    case "not_archived":
      return { zh: `归档里没有第 ${seq} 条`, en: `the archive lacks entry ${seq}` };
    case "archived_otherwise":
      return { zh: `归档里的第 ${seq} 条和链上的不同`, en: `entry ${seq} is another in the archive` };
    default:
      return reason satisfies never;
  }
}

/** `HASH@SEQ` as a person noted it; null when it is none. */
export function parseHead(text: string): AuditLink | null {
  const found = /^([0-9a-f]{64})@([1-9]\d{0,15})$/.exec(text.trim().toLowerCase());
  return found?.[1] === undefined ? null : { hash: found[1], seq: Number(found[2]) };
}

/** A head as a person notes it. */
export function headText({ hash, seq }: AuditLink): string {
  return `${hash}@${seq}`;
}
