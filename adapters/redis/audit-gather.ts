import { type AuditEntry, type AuditFact, type AuditLink, chained, GENESIS } from "../../core/audit/index.ts";
import type { Engine } from "./engine.ts";
import { undecidedError } from "./errors.ts";
import { AUDIT_TAG, TASK_TAGS } from "./partitions.ts";
import { script } from "./script.ts";

/** The newest entry's text. */
export const NEWEST = script(`
return redis.call('ZREVRANGE', B .. ':chain', 0, 0)[1]
`);

/** Up to which number the facts of each partition are in the chain: tag, number and so on. */
const TAKEN = script(`
return redis.call('HGETALL', B .. ':taken')
`);

/** 2: how many at most. What waits to be told, numbered. */
const FACTS = script(`
return redis.call('ZRANGE', B .. ':facts', 0, ARGV[2] - 1)
`);

/**
 * 2: the newest entry as it must be, 3: how many partitions, then of each tag, number taken before, number taken
 * with this; then of each entry number and text. Whether they were added: all or none.
 */
const APPEND_TAKEN = script(`
if (redis.call('ZREVRANGE', B .. ':chain', 0, 0)[1] or '') ~= ARGV[2] then return 0 end
local entries = 4 + 3 * tonumber(ARGV[3])
for i = 4, entries - 1, 3 do
  if (redis.call('HGET', B .. ':taken', ARGV[i]) or '0') ~= ARGV[i + 1] then return 0 end
end
for i = 4, entries - 1, 3 do redis.call('HSET', B .. ':taken', ARGV[i], ARGV[i + 2]) end
for i = entries, #ARGV, 2 do redis.call('ZADD', B .. ':chain', ARGV[i], ARGV[i + 1]) end
return 1
`);

/** 2: up to which number facts are in the chain. */
const DROP = script(`
return redis.call('ZREMRANGEBYSCORE', B .. ':facts', '-inf', ARGV[2])
`);

/** Of one partition at once: small enough that one call of the script holds nobody up. */
const AT_ONCE = 50;

/** What waits of one partition. */
interface Waiting {
  tag: string;
  /** Up to here facts are in the chain. */
  before: number;
  /** Up to here with what waits. */
  after: number;
  facts: AuditFact[];
}

/**
 * Brings what tasks were moved with into the chain, in the order of their partition, each exactly once whoever else
 * does the same at this moment and whatever dies: the chain knows how far of each partition it has taken. Only then
 * it is dropped from beside the tasks.
 */
export async function gatherFacts(engine: Engine): Promise<void> {
  for (;;) {
    const pages = await engine.runEach<string[]>(FACTS, TASK_TAGS, { args: [AT_ONCE] });
    if (pages.every((page) => page.length === 0)) return;
    const newest = (await engine.run<string | null>(NEWEST, AUDIT_TAG)) ?? "";
    const taken = takenOf(await engine.run<string[]>(TAKEN, AUDIT_TAG));
    const waiting = TASK_TAGS.flatMap((tag, i) => waitingOf(tag, pages[i] ?? [], taken.get(tag) ?? 0));
    if (!(await append(engine, newest, waiting))) continue;
    await Promise.all(waiting.map(({ tag, after }) => engine.run(DROP, tag, [after])));
  }
}

function takenOf(flat: readonly string[]): Map<string, number> {
  const taken = new Map<string, number>();
  for (let i = 0; i < flat.length; i += 2) taken.set(flat[i] ?? "", Number(flat[i + 1]));
  return taken;
}

/** Nothing when nothing waits; without facts where all of them are in the chain and were only not dropped. */
function waitingOf(tag: string, page: readonly string[], before: number): Waiting[] {
  const last = page.at(-1);
  if (last === undefined) return [];
  const fresh = page.filter((one) => Number(one.slice(0, 16)) > before);
  const facts = fresh.map((one) => JSON.parse(one.slice(17)) as AuditFact);
  return [{ tag, before, after: Math.max(before, Number(last.slice(0, 16))), facts }];
}

async function append(engine: Engine, newest: string, waiting: readonly Waiting[]): Promise<boolean> {
  const entries = entriesBehind(
    newest,
    waiting.flatMap(({ facts }) => facts),
  );
  if (entries.length === 0) return true;
  const places = waiting.flatMap(({ tag, before, after }) => [tag, before, after]);
  const texts = entries.flatMap((entry) => [entry.seq, JSON.stringify(entry)]);
  const args = [newest, waiting.length, ...places, ...texts];
  return (await engine.write<number>(APPEND_TAKEN, AUDIT_TAG, args)) === 1;
}

/** The entries that facts become behind the newest, given as its text. Throws on what JSON cannot hold. */
export function entriesBehind(newest: string, facts: readonly AuditFact[]): AuditEntry[] {
  try {
    let last: AuditLink = newest === "" ? GENESIS : (JSON.parse(newest) as AuditEntry);
    return facts.map((fact) => {
      const entry = chained(last, fact);
      last = entry;
      return entry;
    });
  } catch (cause) {
    throw undecidedError(cause);
  }
}
