import type { BucketSpec } from "./bucket.ts";

export const SHARED_BY = ["all", "business", "cluster"] as const;
/** One bucket for all rules that name it, one for each business, or one for each cluster. */
export type SharedBy = (typeof SHARED_BY)[number];

/** A bucket of throttles.yaml: a budget over several rules. */
export interface SharedBucket extends Pick<BucketSpec, "limit" | "perMs" | "burst"> {
  name: string;
  by: SharedBy;
}

/**
 * The buckets that a task asks of a shared one. Which cluster it runs on is known at its start alone, so that by
 * cluster it asks one of each that it may run on.
 */
export function sharedSpecs(
  { name, by, limit, perMs, burst }: SharedBucket,
  task: { business: string; clusters: readonly string[] },
): BucketSpec[] {
  const rate = { limit, perMs, burst };
  switch (by) {
    case "all":
      return [{ key: sharedKey(name), ...rate }];
    case "business":
      return [{ key: sharedKey(name, task.business), ...rate }];
    case "cluster":
      return task.clusters.map((cluster) => ({ key: sharedKey(name, cluster), ...rate }));
    default:
      return by satisfies never;
  }
}

/** No rule's id begins like that, so that no rule's own key can name a shared bucket. */
const SHARED_MARK = "@";

function sharedKey(name: string, of?: string): string {
  return of === undefined ? `${SHARED_MARK}${name}` : `${SHARED_MARK}${name}:${of}`;
}

/** What a bucket's key says of whose it is. */
export type KeyOwner = { kind: "rule"; rule: string } | { kind: "shared"; name: string; of?: string };

/** Reads a bucket's key; the rule or name need not exist. */
export function keyOwner(key: string): KeyOwner {
  const at = key.indexOf(":");
  const head = at < 0 ? key : key.slice(0, at);
  if (!head.startsWith(SHARED_MARK)) return { kind: "rule", rule: head };
  const name = head.slice(SHARED_MARK.length);
  return at < 0 ? { kind: "shared", name } : { kind: "shared", name, of: key.slice(at + 1) };
}
