import { EVENT_STATUSES, SEVERITIES } from "../events/event.ts";
import { type CompiledFeature, operatorOf } from "../rules/index.ts";
import { plainNumber } from "../rules/values.ts";
import type { Branch } from "./branches.ts";

/** Two tests that no event passes together; `other` is absent where one is enough. */
export interface Contradiction {
  one: CompiledFeature;
  other?: CompiledFeature;
}

/** What is known of fields that Whale itself fills in. A recovery makes no task. */
function knownValues(keys: readonly string[], types: readonly string[]): readonly unknown[] | null {
  if (keys.length !== 1) return null;
  if (keys[0] === "type") return types;
  if (keys[0] === "severity") return SEVERITIES;
  if (keys[0] === "status") return EVENT_STATUSES.filter((status) => status !== "resolved");
  return null;
}

/** The first contradiction within a branch, or null. What it cannot tell for certain it takes for possible. */
export function contradiction(branch: Branch, types: readonly string[]): Contradiction | null {
  for (const features of byPath(branch).values()) {
    const found = impossible(features, types) ?? crossing(features);
    if (found) return found;
  }
  return null;
}

/** Tests whose answer depends on their path's value alone. */
function byPath(branch: Branch): Map<string, CompiledFeature[]> {
  const plain = branch.filter(({ feature }) => {
    return feature.items === undefined && !/^(timediff_|search)/.test(operatorOf(feature.op) ?? "");
  });
  return Map.groupBy(plain, ({ keys }) => JSON.stringify(keys));
}

/** Where one test leaves few values, each is tried by the others. */
function impossible(features: readonly CompiledFeature[], types: readonly string[]): Contradiction | null {
  const known = features[0] ? knownValues(features[0].keys, types) : null;
  const alone = features.find((one) => known?.every((value) => !one.test(value)));
  if (alone) return { one: alone };
  for (const one of features) {
    const values = valuesOf(one) ?? known?.filter((value) => one.test(value));
    if (!values) continue;
    if (values.length === 0) return { one };
    const other = features.find((feature) => !values.some((value) => feature.test(value)));
    if (other) return { one, other };
  }
  return null;
}

/** All values that a test lets pass, where they are few: a text and a number that it spells are two of them. */
export function valuesOf({ need, feature, test }: CompiledFeature): unknown[] | null {
  if (operatorOf(feature.op) === "nexists") return [undefined, null];
  if (need?.kind !== "values") return null;
  const spelled = need.values.flatMap((value) => [value, String(value), plainNumber(value)]);
  return spelled.filter((value) => test(value));
}

interface Range {
  low: number;
  high: number;
  /** Whether the bounds themselves are let pass. */
  closed: boolean;
}

/** The numbers that a test lets pass; null when it is about something else. */
export function rangeOf({ feature, need }: CompiledFeature): Range | null {
  if (need?.kind === "above") return { low: need.bound, high: Number.POSITIVE_INFINITY, closed: false };
  if (need?.kind === "below") return { low: Number.NEGATIVE_INFINITY, high: need.bound, closed: false };
  if (operatorOf(feature.op) !== "between" || !Array.isArray(feature.value)) return null;
  const [low, high] = feature.value.map(plainNumber);
  return typeof low === "number" && typeof high === "number" ? { low, high, closed: true } : null;
}

/** Ranges of numbers that do not meet, and beginnings or ends of a text that differ. */
function crossing(features: readonly CompiledFeature[]): Contradiction | null {
  for (const [index, one] of features.entries()) {
    const other = features.slice(index + 1).find((feature) => apart(one, feature) || differ(one, feature));
    if (other) return { one, other };
  }
  return null;
}

function apart(one: CompiledFeature, other: CompiledFeature): boolean {
  const a = rangeOf(one);
  const b = rangeOf(other);
  if (!a || !b) return false;
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  return low > high || (low === high && !(a.closed && b.closed));
}

function differ({ need: one }: CompiledFeature, { need: other }: CompiledFeature): boolean {
  if (one?.kind === "start" && other?.kind === "start") {
    return !one.text.startsWith(other.text) && !other.text.startsWith(one.text);
  }
  if (one?.kind === "end" && other?.kind === "end") {
    return !one.text.endsWith(other.text) && !other.text.endsWith(one.text);
  }
  return false;
}
