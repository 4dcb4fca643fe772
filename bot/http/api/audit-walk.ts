import type { AuditEntry } from "../../../core/audit/index.ts";
import type { Audit } from "../../../core/ports/index.ts";

/** Which entries are wanted; what is absent does not narrow. */
export interface AuditFilter {
  /** What it was done to, such as a task's id. */
  object?: string;
  who?: string;
  what?: readonly string[];
  /** ISO instants, from (inclusive) and to (exclusive). */
  since?: string;
  until?: string;
}

const AT_ONCE = 500;
/** One page looks at no more entries, so that a filter that nothing fits does not hold up the process. */
const MOST_LOOKED_AT = 20_000;

/** Entries that fit, from behind a number, and where to go on; null at the chain's end. */
export async function auditPage(
  audit: Pick<Audit, "read">,
  filter: AuditFilter,
  { after, limit }: { after: number; limit: number },
): Promise<{ entries: AuditEntry[]; next: number | null }> {
  const found: AuditEntry[] = [];
  let last = after;
  for (let looked = 0; looked < MOST_LOOKED_AT; looked += AT_ONCE) {
    const some = await audit.read(last, AT_ONCE);
    for (const entry of some) {
      last = entry.seq;
      if (fitsFilter(entry, filter)) found.push(entry);
      if (found.length === limit) return { entries: found, next: last };
    }
    if (some.length < AT_ONCE) return { entries: found, next: null };
  }
  return { entries: found, next: last };
}

function fitsFilter(entry: AuditEntry, { object, who, what, since, until }: AuditFilter): boolean {
  if (object !== undefined && entry.object !== object) return false;
  if (who !== undefined && entry.who !== who && entry.who !== `user:${who}`) return false;
  if (what !== undefined && !what.includes(entry.what)) return false;
  return (since === undefined || entry.at >= since) && (until === undefined || entry.at < until);
}

/** All entries that fit, as JSON lines; a page is read when the one before has been taken. */
export async function* auditLines(audit: Pick<Audit, "read">, filter: AuditFilter): AsyncGenerator<string> {
  let after: number | null = 0;
  while (after !== null) {
    const page: Awaited<ReturnType<typeof auditPage>> = await auditPage(audit, filter, {
      after,
      limit: AT_ONCE,
    });
    yield page.entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    after = page.next;
  }
}
