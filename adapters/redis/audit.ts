import {
  type AuditEntry,
  type AuditFact,
  type AuditLink,
  type ChainCheck,
  checkChain,
  GENESIS,
} from "../../core/audit/index.ts";
import type { Audit } from "../../core/ports/index.ts";
import { entriesBehind, gatherFacts, NEWEST } from "./audit-gather.ts";
import { limitOf } from "./claims.ts";
import type { Engine } from "./engine.ts";
import { AUDIT_TAG } from "./partitions.ts";
import { script } from "./script.ts";

/** 2: the newest entry as it must be, 3: number, 4: entry. Whether it was added. */
const APPEND = script(`
if (redis.call('ZREVRANGE', B .. ':chain', 0, 0)[1] or '') ~= ARGV[2] then return 0 end
return redis.call('ZADD', B .. ':chain', ARGV[3], ARGV[4])
`);

/**
 * The audit log over Redis: one chain for all processes. What tasks were moved with waits beside them, and is
 * brought into the chain by whoever looks at it next.
 */
export function redisAudit(engine: Engine): Audit {
  const read = (after: number, limit: number) => entriesAfter(engine, after, limitOf(limit));
  // One after the other: entries of one process would only stand in each other's way.
  let last: Promise<unknown> = Promise.resolve();
  return {
    append: (fact) => {
      const added = last.then(async () => {
        await gatherFacts(engine);
        return appendEntry(engine, fact);
      });
      last = added.catch(() => undefined);
      return added;
    },
    read: async (after, limit) => {
      await gatherFacts(engine);
      return read(after, limit);
    },
    verify: async (from) => {
      await gatherFacts(engine);
      return verifyFrom(read, from);
    },
  };
}

/** Tries again behind the entry that another process added first. */
async function appendEntry(engine: Engine, fact: AuditFact): Promise<AuditEntry> {
  for (;;) {
    const newest = (await engine.run<string | null>(NEWEST, AUDIT_TAG)) ?? "";
    const [entry] = entriesBehind(newest, [fact]) as [AuditEntry];
    const args = [newest, entry.seq, JSON.stringify(entry)];
    if ((await engine.write<number>(APPEND, AUDIT_TAG, args)) === 1) return entry;
  }
}

async function entriesAfter(engine: Engine, after: number, limit: number): Promise<AuditEntry[]> {
  const key = `${engine.base(AUDIT_TAG)}:chain`;
  const range = [key, `(${after}`, "+inf", "LIMIT", 0, limit];
  const texts = await engine.command<string[]>("ZRANGEBYSCORE", range);
  return texts.map((text) => JSON.parse(text) as AuditEntry);
}

/** So many entries are followed at once. */
const FOLLOWED_AT_ONCE = 250;

async function verifyFrom(read: Audit["read"], from: number): Promise<ChainCheck> {
  const first = Math.max(1, Math.floor(from));
  const [before] = first === 1 ? [GENESIS] : await read(first - 2, 1);
  if (before?.seq !== first - 1) return { outcome: "broken", seq: first - 1, reason: "missing" };
  let last: AuditLink = before;
  for (;;) {
    const entries = await read(last.seq, FOLLOWED_AT_ONCE);
    const checked: ChainCheck = checkChain(last, entries);
    if (checked.outcome === "broken" || entries.length === 0) return checked;
    last = checked.last;
  }
}
