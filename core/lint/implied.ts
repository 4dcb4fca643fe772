import { type CompiledFeature, operatorOf } from "../rules/index.ts";
import type { Branch } from "./branches.ts";
import { rangeOf, valuesOf } from "./contradiction.ts";

/**
 * Whether every event that passes the one branch passes the other, as far as equal and plainly weaker tests
 * tell. False says nothing.
 */
export function implies(branch: Branch, other: Branch): boolean {
  return other.every((wanted) => branch.some((given) => impliesTest(given, wanted)));
}

function impliesTest(given: CompiledFeature, wanted: CompiledFeature): boolean {
  if (JSON.stringify(given.keys) !== JSON.stringify(wanted.keys)) return false;
  return sameTest(given, wanted) || covers(given, wanted);
}

function sameTest({ feature: one }: CompiledFeature, { feature: other }: CompiledFeature): boolean {
  const told = ({ op, value, items, condition }: typeof one) =>
    JSON.stringify([operatorOf(op), value, items ?? null, condition ?? null]);
  return told(one) === told(other);
}

function covers(given: CompiledFeature, wanted: CompiledFeature): boolean {
  const isPlain = (one: CompiledFeature) =>
    one.feature.items === undefined && !/^(timediff_|search)/.test(operatorOf(one.feature.op) ?? "");
  if (!isPlain(given) || !isPlain(wanted)) return false;
  const values = valuesOf(given);
  if (values) return values.every((value) => wanted.test(value));
  const [inner, outer] = [rangeOf(given), rangeOf(wanted)];
  if (inner && outer) return within(inner, outer);
  if (given.need?.kind === "start" && wanted.need?.kind === "start" && wanted.need.exact) {
    return given.need.text.startsWith(wanted.need.text);
  }
  return false;
}

type Range = NonNullable<ReturnType<typeof rangeOf>>;

function within(inner: Range, outer: Range): boolean {
  const strict = inner.closed && !outer.closed;
  return strict
    ? inner.low > outer.low && inner.high < outer.high
    : inner.low >= outer.low && inner.high <= outer.high;
}
