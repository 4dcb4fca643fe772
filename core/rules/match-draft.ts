import type { CompiledFeature, CompiledNode } from "./compile-feature.ts";
import type { CompiledRule } from "./compile-rule.ts";
import { operatorOf } from "./operator-names.ts";
import type { Read } from "./read-path.ts";
import type { Need } from "./test.ts";
import { scalarText } from "./values.ts";

/** A test of a whole event. */
export type Holds = (event: object) => boolean;

/** Something that an index can sort rules by. */
export interface SortKey {
  /** The same for keys that can be sorted together: kind and path. */
  slot: string;
  read: Read;
  need: Need;
  /** Whether the event has what is needed. */
  holds: Holds;
}

/** A rule while the index is built: what of its features has still to be tested. */
export interface Draft {
  rule: CompiledRule;
  /** Its place in the set. */
  position: number;
  /** What thing the rule is about: equal values, how a text begins or ends. */
  subjects: readonly SortKey[];
  /** Numbers that must be above or below a bound. */
  bounds: readonly SortKey[];
  /** Everything else, the cheap ones first. */
  others: readonly Holds[];
}

/** Counts how often a test is asked anew; what is remembered of an event ends with the event. */
export interface Run {
  no: number;
}

/** The rules of one type as drafts. Tests that stand in several of them are asked once for each event. */
export function draftsOf(rules: readonly CompiledRule[], run: Run): Draft[] {
  const conditions = rules.map((rule) => conjuncts(rule.features));
  const share = sharing(conditions.flat(), run);
  return rules.map((rule, position) => draftOf({ rule, position }, conditions[position] ?? [], share));
}

function draftOf(
  identity: Pick<Draft, "rule" | "position">,
  nodes: readonly CompiledNode[],
  share: (node: CompiledNode) => Holds,
): Draft {
  const subjects: SortKey[] = [];
  const bounds: SortKey[] = [];
  const others: CompiledNode[] = [];
  for (const node of nodes) {
    const need = node.kind === "test" ? node.need : undefined;
    if (node.kind !== "test" || need === undefined) {
      others.push(node);
      continue;
    }
    const isBound = need.kind === "above" || need.kind === "below";
    (isBound ? bounds : subjects).push(sortKey(node, need, share));
    if (!need.exact) others.push(node);
  }
  const cheapFirst = [...others].sort((a, b) => Number(isDear(a)) - Number(isDear(b)));
  return { ...identity, subjects, bounds, others: cheapFirst.map(share) };
}

function isDear(node: CompiledNode): boolean {
  return node.kind === "test" ? node.dear : node.members.some(isDear);
}

/** Everything that must hold, without the groups that only say so. */
function conjuncts(nodes: readonly CompiledNode[]): CompiledNode[] {
  return nodes.flatMap((node) => (node.kind === "all" ? conjuncts(node.members) : [node]));
}

function sortKey(feature: CompiledFeature, need: Need, share: (node: CompiledNode) => Holds): SortKey {
  const { keys, read } = feature;
  const holds = need.exact ? share(feature) : (event: object) => hasText(read(event), need);
  return { slot: JSON.stringify([need.kind, keys]), read, need, holds };
}

function hasText(value: unknown, need: Need): boolean {
  if (need.kind !== "start" && need.kind !== "end") return true;
  const text = scalarText(value);
  if (text === null) return false;
  return need.kind === "start" ? text.startsWith(need.text) : text.endsWith(need.text);
}

/** Gives one closure for equal tests; those that are met more than once remember their answer for the event. */
function sharing(nodes: readonly CompiledNode[], run: Run): (node: CompiledNode) => Holds {
  const counts = new Map<string, number>();
  const names = new WeakMap<CompiledNode, string>();
  const nameOf = (node: CompiledNode): string => {
    const known = names.get(node) ?? identityOf(node, nameOf);
    names.set(node, known);
    return known;
  };
  const count = (node: CompiledNode): void => {
    counts.set(nameOf(node), (counts.get(nameOf(node)) ?? 0) + 1);
    if (node.kind !== "test") node.members.forEach(count);
  };
  nodes.forEach(count);
  const closures = new Map<string, Holds>();
  const share = (node: CompiledNode): Holds => {
    const name = nameOf(node);
    const known = closures.get(name);
    if (known) return known;
    const holds = holdsOf(node, share);
    const shared = (counts.get(name) ?? 0) > 1 ? remembered(holds, run) : holds;
    closures.set(name, shared);
    return shared;
  };
  return share;
}

function identityOf(node: CompiledNode, nameOf: (node: CompiledNode) => string): string {
  if (node.kind !== "test") return JSON.stringify([node.kind, node.members.map(nameOf)]);
  const { op, value, items, condition } = node.feature;
  return JSON.stringify([node.keys, operatorOf(op), value, items ?? null, condition ?? null]);
}

function holdsOf(node: CompiledNode, share: (node: CompiledNode) => Holds): Holds {
  if (node.kind === "test") {
    const { read, test } = node;
    return (event) => test(read(event), event);
  }
  const { kind } = node;
  const members = node.members.map(share);
  switch (kind) {
    case "any":
      return (event) => members.some((holds) => holds(event));
    case "all":
      return (event) => members.every((holds) => holds(event));
    case "not":
      return (event) => !members.some((holds) => holds(event));
    default:
      return kind satisfies never;
  }
}

function remembered(holds: Holds, run: Run): Holds {
  let no = -1;
  let answer = false;
  return (event) => {
    if (no === run.no) return answer;
    answer = holds(event);
    no = run.no;
    return answer;
  };
}
