import type { CompiledRule } from "./compile-rule.ts";
import { failedFeature } from "./features.ts";
import { type Drafting, draftingOf, type Run } from "./match-draft.ts";
import {
  type AllOf,
  buildTree,
  type Entry,
  sharedAllOf,
  type TracedRule,
  type TreeNode,
  valueKey,
} from "./match-tree.ts";
import { eachAffix } from "./text-trie.ts";
import { plainNumber, scalarText } from "./values.ts";

export type { TracedRule } from "./match-tree.ts";

/** So few rules of one type are traced in full. */
export const TRACED_IN_FULL = 5;
/** Of more rules, so many near misses are traced. */
export const MAX_NEAR_MISSES = 10;

/** The rules of one event type, sorted so that an event meets only those which can fit it. */
export interface Matcher {
  /** The rules whose features the event passes, in the order of the set: exactly those of a full scan. */
  fits(event: object): readonly CompiledRule[];
  /**
   * The same, and why others do not fit, in the order of the set: of up to `TRACED_IN_FULL` rules all, of more up to `MAX_NEAR_MISSES`
   * near misses. A rule is a near miss when everything holds that says which thing it is about (its equal
   * values, how its texts begin or end, its patterns' plain beginnings), and something else fails. The rest
   * can be found again by `failedFeature`.
   */
  trace(event: object): readonly TracedRule[];
}

/** A walk of one event through the tree, and what it has found. */
interface Walk {
  event: object;
  /** Whether somebody asks for near misses. */
  isTraced: boolean;
  /** Most events fit none or one and miss none nearly, for which no list is made. */
  first: Entry | null;
  more: Entry[] | null;
  near: Entry[] | null;
}

/** Sorts rules by event type. */
export function matchersOf(byType: ReadonlyMap<string, readonly CompiledRule[]>): Map<string, Matcher> {
  const run: Run = { no: 0 };
  const drafting = draftingOf([...new Set([...byType.values()].flat())], run);
  const building = { drafting, run, allOf: sharedAllOf() };
  return new Map([...byType].map(([type, rules]) => [type, matcherOf(rules, building)]));
}

interface Building {
  drafting: Drafting;
  run: Run;
  allOf: AllOf;
}

function matcherOf(rules: readonly CompiledRule[], { drafting, run, allOf }: Building): Matcher {
  const tree = buildTree(drafting(rules), allOf);
  const visited = (walk: Walk): Walk => {
    run.no += 1;
    visit(tree, walk);
    return walk;
  };
  return {
    fits: (event) => rulesOf(visited(begun(event, false))),
    trace:
      rules.length <= TRACED_IN_FULL
        ? (event) => tracedAll(rules, visited(begun(event, false)))
        : (event) => tracedNear(visited(begun(event, true))),
  };
}

function begun(event: object, isTraced: boolean): Walk {
  return { event, isTraced, first: null, more: null, near: null };
}

function tracedAll(rules: readonly CompiledRule[], walk: Walk): readonly TracedRule[] {
  const [only] = rules;
  if (only && rules.length === 1) return walk.first?.fitting ?? [traced(only, walk.event, false)];
  const fitting = rulesOf(walk);
  return rules.map((rule) => traced(rule, walk.event, fitting.includes(rule)));
}

function tracedNear(walk: Walk): readonly TracedRule[] {
  const { first, more, near, event } = walk;
  if (near === null && more === null) return first === null ? NO_TRACE : first.fitting;
  const missed = near ?? [];
  const all = fitsOf(walk).concat(missed);
  return inOrder(all).map((entry) => traced(entry.rule, event, !missed.includes(entry)));
}

function traced(rule: CompiledRule, event: object, fits: boolean): TracedRule {
  return { rule, failed: fits ? null : failedFeature(rule.features, event) };
}

function inOrder(entries: Entry[]): Entry[] {
  return entries.length > 1 ? entries.sort((a, b) => a.position - b.position) : entries;
}

const NO_RULES: readonly CompiledRule[] = [];
const NO_TRACE: readonly TracedRule[] = [];

function rulesOf(walk: Walk): readonly CompiledRule[] {
  if (walk.first === null) return NO_RULES;
  return walk.more === null ? walk.first.alone : inOrder(fitsOf(walk)).map(({ rule }) => rule);
}

function fitsOf({ first, more }: Walk): Entry[] {
  if (first === null) return [];
  return more === null ? [first] : [first, ...more];
}

function visit(node: TreeNode, walk: Walk): void {
  switch (node.kind) {
    case "entry":
      meet(node, walk);
      return;
    case "leaf":
      for (const entry of node.entries) meet(entry, walk);
      return;
    case "values":
      visitValues(node, walk);
      break;
    case "start":
    case "end":
      visitTexts(node, walk);
      break;
    case "above":
    case "below":
      visitBounds(node, walk);
      break;
    default:
      node satisfies never;
  }
  if (node.rest) visit(node.rest, walk);
}

function meet(entry: Entry, walk: Walk): void {
  if (entry.holds(walk.event)) {
    if (walk.first === null) walk.first = entry;
    else if (walk.more === null) walk.more = [entry];
    else walk.more.push(entry);
    return;
  }
  if (walk.isTraced && entry.tests.findIndex((holds) => !holds(walk.event)) >= entry.subjects)
    missed(entry, walk);
}

function missed(entry: Entry, walk: Walk): void {
  if (walk.near === null) walk.near = [entry];
  else if (walk.near.length < MAX_NEAR_MISSES) walk.near.push(entry);
}

function visitValues({ read, children }: Extract<TreeNode, { kind: "values" }>, walk: Walk): void {
  const child = children.get(valueKey(read(walk.event)));
  if (child) visit(child, walk);
}

type TextNode = Extract<TreeNode, { kind: "start" | "end" }>;

function visitTexts({ kind, read, children }: TextNode, walk: Walk): void {
  const text = scalarText(read(walk.event));
  if (text !== null) eachAffix(children, { end: kind, text, found: visit, walk });
}

type BoundNode = Extract<TreeNode, { kind: "above" | "below" }>;

function visitBounds({ kind, read, bounds, children }: BoundNode, walk: Walk): void {
  const number = plainNumber(read(walk.event));
  let index = 0;
  for (; number !== null && index < bounds.length; index += 1) {
    const bound = bounds[index] ?? 0;
    if (!(kind === "above" ? number > bound : number < bound)) break;
    const child = children[index];
    if (child) visit(child, walk);
  }
  if (walk.isTraced) nearBounds(children.slice(index), walk);
}

/** What is left behind bounds that the event does not pass misses them at least; the nearest come first. */
function nearBounds(nodes: readonly TreeNode[], walk: Walk): void {
  for (const node of nodes) {
    if (walk.near !== null && walk.near.length >= MAX_NEAR_MISSES) return;
    const behind = begun(walk.event, true);
    visit(node, behind);
    for (const entry of behind.near ?? []) missed(entry, walk);
    for (const entry of fitsOf(behind)) missed(entry, walk);
  }
}
