import type { CompiledFeature, CompiledNode } from "./compile-feature.ts";
import type { CompiledRule } from "./compile-rule.ts";
import { operatorOf } from "./operator-names.ts";
import type { Holds, Read } from "./read-path.ts";
import type { Need, Tail, Test } from "./test.ts";
import { scalarText } from "./values.ts";

/** Something that an index can sort rules by. */
export interface SortKey {
  /** The same for keys that can be sorted together: kind and path. */
  slot: string;
  read: Read;
  need: Need;
  /** Whether the event has what is needed. */
  holds: Holds;
  /** The whole test, where the need is not all of it. */
  whole: Holds | null;
  /** What is left of the test for an event that has what is needed. */
  left: Holds | null;
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

/** Makes drafts of the rules of one type, which are in the order of the set. */
export type Drafting = (rules: readonly CompiledRule[]) => Draft[];

/** Makes drafts of some rules. Tests that stand in several of them are one closure, asked once for each event. */
export function draftingOf(rules: readonly CompiledRule[], run: Run): Drafting {
  const sharing = sharingOf(
    rules.flatMap((rule) => rule.features),
    run,
  );
  return (named) => named.map((rule, position) => draftOf(rule, position, sharing));
}

function draftOf(rule: CompiledRule, position: number, sharing: Sharing): Draft {
  const subjects: SortKey[] = [];
  const bounds: SortKey[] = [];
  const others: CompiledNode[] = [];
  for (const node of conjuncts(rule.features)) {
    const need = node.kind === "test" ? node.need : undefined;
    if (node.kind !== "test" || need === undefined) {
      others.push(node);
      continue;
    }
    const isBound = need.kind === "above" || need.kind === "below";
    (isBound ? bounds : subjects).push(sortKey(node, need, sharing));
  }
  const cheapFirst = [...others].sort((a, b) => Number(isDear(a)) - Number(isDear(b)));
  return { rule, position, subjects, bounds, others: cheapFirst.map(sharing.holds) };
}

function isDear(node: CompiledNode): boolean {
  return node.kind === "test" ? node.dear : node.members.some(isDear);
}

/** Everything that must hold, without the groups that only say so. */
function conjuncts(nodes: readonly CompiledNode[]): CompiledNode[] {
  return nodes.flatMap((node) => (node.kind === "all" ? conjuncts(node.members) : [node]));
}

function sortKey(feature: CompiledFeature, need: Need, sharing: Sharing): SortKey {
  const { keys, read } = feature;
  const slot = JSON.stringify([need.kind, keys]);
  const whole = sharing.holds(feature);
  if (need.exact) return { slot, read, need, holds: whole, whole: null, left: null };
  const left = sharing.left(feature, need) ?? whole;
  return { slot, read, need, holds: (event) => hasText(read(event), need), whole, left };
}

function hasText(value: unknown, need: Need): boolean {
  if (need.kind !== "start" && need.kind !== "end") return true;
  const text = scalarText(value);
  if (text === null) return false;
  return need.kind === "start" ? text.startsWith(need.text) : text.endsWith(need.text);
}

/** Gives one closure for equal tests, so that many rules are few closures. */
interface Sharing {
  holds(node: CompiledNode): Holds;
  /** What is left of a test for an event that has what is needed; undefined when that cannot be told apart. */
  left(feature: CompiledFeature, need: Need): Holds | undefined;
}

/** Remembering what is met more than once pays for dear tests alone: it costs as much as a comparison. */
function sharingOf(nodes: readonly CompiledNode[], run: Run): Sharing {
  const counts = countsOfDear(nodes);
  const closures = new Map<string, Holds>();
  const once = (name: string, make: () => Holds): Holds => {
    const known = closures.get(name) ?? make();
    closures.set(name, known);
    return known;
  };
  const holds = (node: CompiledNode): Holds => {
    const name = nameOf(node);
    return once(name, () => {
      const fresh = holdsOf(node, holds);
      return (counts.get(name) ?? 0) > 1 ? remembered(fresh, run) : fresh;
    });
  };
  const left = ({ keys, tested }: CompiledFeature, need: Need) => {
    if (!("text" in need) || !need.tail) return undefined;
    const { tail, text } = need;
    const name = JSON.stringify(["tail", keys, text.length, tail.source]);
    return once(name, () => tested(tailTest(text.length, tail)));
  };
  return { holds, left };
}

function tailTest(length: number, tail: Tail): Test {
  return (actual) => {
    const text = scalarText(actual);
    return text !== null && tail.test(text.slice(length));
  };
}

function countsOfDear(nodes: readonly CompiledNode[]): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (node: CompiledNode): void => {
    if (!isDear(node)) return;
    counts.set(nameOf(node), (counts.get(nameOf(node)) ?? 0) + 1);
    if (node.kind !== "test") node.members.forEach(count);
  };
  nodes.forEach(count);
  return counts;
}

/** Equal tests have one name. */
function nameOf(node: CompiledNode): string {
  if (node.kind !== "test") return JSON.stringify([node.kind, node.members.map(nameOf)]);
  const { op, value, items, condition } = node.feature;
  return JSON.stringify([node.keys, operatorOf(op), value, items ?? null, condition ?? null]);
}

function holdsOf(node: CompiledNode, share: (node: CompiledNode) => Holds): Holds {
  if (node.kind === "test") return node.holds;
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
