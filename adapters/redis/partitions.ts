import { LRUCache } from "lru-cache";
import { partitionOf } from "../../core/ids/index.ts";

/** Fixed for the life of the data. */
const PARTITIONS = 64;

/** The tags of ids used of late: each id is asked for many times in its life, and its hash costs more than a look. */
const known = new LRUCache<string, string>({ max: 10_000 });

function tagOf(number: number): string {
  return `p${String(number).padStart(2, "0")}`;
}

/** The hash tags of all partitions that hold tasks and the messages of tasks. */
export const TASK_TAGS: readonly string[] = Array.from({ length: PARTITIONS }, (_, number) => tagOf(number));

/** Messages that belong to no task. */
export const OTHER_TAG = "out";

/** The hash tags of all partitions that hold messages. */
export const OUTBOX_TAGS: readonly string[] = [...TASK_TAGS, OTHER_TAG];

export const INBOX_TAG = "in";
export const JOURNAL_TAG = "journal";
export const AUDIT_TAG = "audit";
export const CONFIG_TAG = "config";
export const THROTTLE_TAG = "throttle";
export const REPLAYS_TAG = "replays";
export const STATE_TAG = "state";
export const LEASES_TAG = "leases";
export const META_TAG = "meta";

/** The partition of a task. */
export function homeOf(id: string): string {
  const tag = known.get(id) ?? tagOf(partitionOf("", id, PARTITIONS));
  known.set(id, tag);
  return tag;
}

/**
 * The partition of a message: that of its task when its key begins with the task's id, as the keys of all
 * messages of tasks do (`outboxKey`); one for all others, so that each key has one place.
 */
export function homeOfMessage(key: string): string {
  const task = /^(t_[^:]+):/.exec(key)?.[1];
  return task === undefined ? OTHER_TAG : homeOf(task);
}
