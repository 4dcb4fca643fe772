import { remembered } from "../params/remembered.ts";
import type { CompiledRule } from "./compile-rule.ts";
import type { Draft, SortKey } from "./match-draft.ts";
import type { Holds, Read } from "./read-path.ts";
import type { Need } from "./test.ts";
import { type Twig, textTrie } from "./text-trie.ts";
import type { FailedFeature } from "./verdict.ts";

/** What the features of one rule say of an event. */
export interface TracedRule {
  rule: CompiledRule;
  /** The first that failed; null when the event fits. */
  failed: FailedFeature | null;
}

/** A rule at the end of a way through the tree, with what is left to test. */
export interface Entry {
  kind: "entry";
  rule: CompiledRule;
  /** The rule as a list of its own, and as one that fits: what is said of most events is made beforehand. */
  alone: readonly CompiledRule[];
  fitting: readonly TracedRule[];
  position: number;
  tests: readonly Holds[];
  /** All of them. */
  holds: Holds;
  /** So many of the tests, the first ones, say what the rule is about. */
  subjects: number;
}

/**
 * Rules sorted by what they need. A value leads to one child, a text to the children whose text it begins or
 * ends with, a number to those whose bound it passes; `rest` holds the rules that do not ask.
 */
export type TreeNode =
  | Entry
  | { kind: "leaf"; entries: readonly Entry[] }
  | { kind: "values"; read: Read; children: ReadonlyMap<unknown, TreeNode>; rest: TreeNode | null }
  | {
      kind: "start" | "end";
      read: Read;
      children: Twig<TreeNode>;
      rest: TreeNode | null;
    }
  | {
      kind: "above" | "below";
      read: Read;
      /** The easiest to pass first. */
      bounds: readonly number[];
      children: readonly TreeNode[];
      rest: TreeNode | null;
    };

/** So few rules are tested one by one. */
const FEW = 2;
/** A split is worth it when it leaves at most this share of the rules to look at. */
const WORTH = 0.7;
/** So many different bounds are worth a sorted list. */
const MANY_BOUNDS = 4;

/** Builds the tree: first by what leaves the fewest rules for an event, bounds last. */
export function buildTree(drafts: readonly Draft[], allOf: AllOf): TreeNode {
  const [first] = drafts;
  if (first && drafts.length === 1) return entryOf(first, allOf);
  const slot = drafts.length > FEW ? bestSubject(drafts) : null;
  if (slot !== null) return subjectNode(drafts, slot, allOf);
  const bound = drafts.length >= MANY_BOUNDS ? bestBound(drafts) : null;
  if (bound !== null) return boundNode(drafts, bound, allOf);
  return { kind: "leaf", entries: drafts.map((draft) => entryOf(draft, allOf)) };
}

/** The value under which `values` nodes keep a scalar: texts and numbers that are equal share one. */
export function valueKey(value: unknown): unknown {
  return typeof value === "number" ? String(value) : value;
}

function entryOf({ rule, position, subjects, bounds, others }: Draft, allOf: AllOf): Entry {
  const wholes = subjects.flatMap(({ whole }) => whole ?? []);
  const tests = [...[...subjects, ...bounds].map(({ holds }) => holds), ...others, ...wholes];
  return {
    kind: "entry",
    rule,
    alone: [rule],
    fitting: [{ rule, failed: null }],
    position,
    tests,
    holds: allOf(tests),
    subjects: subjects.length,
  };
}

/** Several tests as one. */
export type AllOf = (tests: readonly Holds[]) => Holds;

const MAX_KNOWN = 10_000;

/** Rules that test the same, beside what the tree has told apart, are one closure, which stays near the processor. */
export function sharedAllOf(): AllOf {
  const numbers = new Map<Holds, number>();
  const numberOf = (holds: Holds): number => {
    const no = numbers.get(holds) ?? numbers.size;
    numbers.set(holds, no);
    return no;
  };
  return remembered(everyOf, MAX_KNOWN, (tests) => tests.map(numberOf).join());
}

/** Written out for so many as most rules have: a loop over them costs a tenth of the whole. */
function everyOf(tests: readonly Holds[]): Holds {
  const [a, b, c, ...more] = tests;
  if (!a) return () => true;
  if (!b) return a;
  if (!c) return (event) => a(event) && b(event);
  if (more.length === 0) return (event) => a(event) && b(event) && c(event);
  const rest = everyOf(more);
  return (event) => a(event) && b(event) && c(event) && rest(event);
}

interface Spread {
  rules: number;
  keys: Set<unknown>;
}

function spreads(drafts: readonly Draft[], part: "subjects" | "bounds"): Map<string, Spread> {
  const found = new Map<string, Spread>();
  for (const draft of drafts) {
    for (const slot of new Set(draft[part].map((key) => key.slot))) {
      const spread = found.get(slot) ?? { rules: 0, keys: new Set() };
      found.set(slot, spread);
      spread.rules += 1;
      const key = draft[part].find((one) => one.slot === slot);
      for (const name of key ? keyNames(key.need) : []) spread.keys.add(name);
    }
  }
  return found;
}

function keyNames(need: Need): readonly unknown[] {
  if ("values" in need) return need.values.map(valueKey);
  return ["text" in need ? need.text : need.bound];
}

/** The slot that leaves the fewest rules for an event which has one of its keys; null when none is worth it. */
function bestSubject(drafts: readonly Draft[]): string | null {
  let best: string | null = null;
  let least = drafts.length * WORTH;
  for (const [slot, { rules, keys }] of spreads(drafts, "subjects")) {
    const left = drafts.length - rules + rules / keys.size;
    if (left >= least) continue;
    least = left;
    best = slot;
  }
  return best;
}

function bestBound(drafts: readonly Draft[]): string | null {
  let best: string | null = null;
  let most = MANY_BOUNDS - 1;
  for (const [slot, { keys }] of spreads(drafts, "bounds")) {
    if (keys.size <= most) continue;
    most = keys.size;
    best = slot;
  }
  return best;
}

interface Sorted {
  key: SortKey;
  children: Map<unknown, Draft[]>;
  rest: Draft[];
}

/** Takes one key of the slot out of each rule that has one, and sorts the rules by it. */
function sorted(drafts: readonly Draft[], part: "subjects" | "bounds", slot: string): Sorted {
  const children = new Map<unknown, Draft[]>();
  const rest: Draft[] = [];
  let first: SortKey | undefined;
  for (const draft of drafts) {
    const key = draft[part].find((one) => one.slot === slot);
    if (!key) {
      rest.push(draft);
      continue;
    }
    first ??= key;
    const others = key.left === null ? draft.others : [...draft.others, key.left];
    const left = { ...draft, others, [part]: draft[part].filter((one) => one !== key) };
    for (const name of new Set(keyNames(key.need))) {
      const child = children.get(name);
      if (child) child.push(left);
      else children.set(name, [left]);
    }
  }
  if (!first) throw new RangeError(`no rule has the slot ${slot}`);
  return { key: first, children, rest };
}

function subjectNode(drafts: readonly Draft[], slot: string, allOf: AllOf): TreeNode {
  const { key, children, rest } = sorted(drafts, "subjects", slot);
  const { read, need } = key;
  const nodes = new Map([...children].map(([name, child]) => [name, buildTree(child, allOf)]));
  if (need.kind !== "start" && need.kind !== "end") {
    return { kind: "values", read, children: nodes, rest: restOf(rest, allOf) };
  }
  const texts = new Map([...nodes].map(([name, node]) => [String(name), node]));
  return { kind: need.kind, read, children: textTrie(texts, need.kind), rest: restOf(rest, allOf) };
}

function boundNode(drafts: readonly Draft[], slot: string, allOf: AllOf): TreeNode {
  const { key, children, rest } = sorted(drafts, "bounds", slot);
  const kind = key.need.kind === "below" ? "below" : "above";
  const bounds = [...children.keys()].map(Number).sort((a, b) => (kind === "above" ? a - b : b - a));
  const nodes = bounds.map((bound) => buildTree(children.get(bound) ?? [], allOf));
  return { kind, read: key.read, bounds, children: nodes, rest: restOf(rest, allOf) };
}

function restOf(drafts: readonly Draft[], allOf: AllOf): TreeNode | null {
  return drafts.length === 0 ? null : buildTree(drafts, allOf);
}
