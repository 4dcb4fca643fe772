import type { Engine } from "./engine.ts";
import { INBOX_TAG, OUTBOX_TAGS, TASK_TAGS } from "./partitions.ts";
import { script } from "./script.ts";

/** 2: holder, 3: the sorted set of what is held, 4: how the keys of its items begin. How many it held. */
const FREE = script(`
local freed = 0
for _, member in ipairs(redis.call('ZRANGE', B .. ARGV[3], 0, -1)) do
  local item = B .. ARGV[4] .. keyOf(member)
  if redis.call('HGET', item, 'holder') == ARGV[2] then
    redis.call('ZREM', B .. ARGV[3], member)
    redis.call('HSET', item, 'fence', 0)
    freed = freed + 1
  end
end
return freed
`);

/**
 * Ends the leases that a process of this name left on tasks, messages and callbacks, so that nothing waits for them
 * to run out. To be called before a process of the name claims anything. Returns how many.
 */
export async function endOwnLeases(engine: Engine, holder: string): Promise<number> {
  const free = (tag: string, held: string, items: string) =>
    engine.run<number>(FREE, tag, [holder, held, items]);
  const freed = await Promise.all([
    ...TASK_TAGS.map((tag) => free(tag, ":held", ":t:")),
    ...OUTBOX_TAGS.map((tag) => free(tag, ":oh", ":o:")),
    free(INBOX_TAG, ":held", ":i:"),
  ]);
  return freed.reduce((sum, one) => sum + one, 0);
}
