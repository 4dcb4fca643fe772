import type { CompiledRule } from "./compile-rule.ts";
import { failedFeature } from "./features.ts";
import { type Drafting, draftingOf, type Run } from "./match-draft.ts";
import { buildTree, type Entry, type TreeNode, valueKey } from "./match-tree.ts";
import { eachAffix } from "./text-trie.ts";
import { plainNumber, scalarText } from "./values.ts";
import type { FailedFeature } from "./verdict.ts";

/** So few rules of one type are traced in full. */
export const TRACED_IN_FULL = 5;
/** Of more rules, so many near misses are traced. */
export const MAX_NEAR_MISSES = 10;

/** What the features of one rule say of an event. */
export interface TracedRule {
  rule: CompiledRule;
  /** The first that failed; null when the event fits. */
  failed: FailedFeature | null;
}

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

/** What a walk through the tree has found. */
interface Found {
  fits: Entry[];
  /** Null when nobody asks. */
  near: Entry[] | null;
}

/** Sorts rules by event type. */
export function matchersOf(byType: ReadonlyMap<string, readonly CompiledRule[]>): Map<string, Matcher> {
  const run: Run = { no: 0 };
  const drafting = draftingOf([...new Set([...byType.values()].flat())], run);
  return new Map([...byType].map(([type, rules]) => [type, matcherOf(rules, drafting, run)]));
}

function matcherOf(rules: readonly CompiledRule[], drafting: Drafting, run: Run): Matcher {
  const tree = buildTree(drafting(rules));
  const look = (event: object, near: Entry[] | null): Found => {
    run.no += 1;
    const found: Found = { fits: [], near };
    visit(tree, event, found);
    return found;
  };
  const fits = (event: object) => inOrder(look(event, null).fits).map(({ rule }) => rule);
  const traceAll = (event: object) => {
    const fitting = fits(event);
    return rules.map((rule) => traced(rule, event, fitting.includes(rule)));
  };
  const traceNear = (event: object) => {
    const found = look(event, []);
    const near = found.near ?? [];
    const all = near.length === 0 ? found.fits : found.fits.concat(near);
    return inOrder(all).map((entry) => traced(entry.rule, event, !near.includes(entry)));
  };
  return { fits, trace: rules.length <= TRACED_IN_FULL ? traceAll : traceNear };
}

function traced(rule: CompiledRule, event: object, fits: boolean): TracedRule {
  return { rule, failed: fits ? null : failedFeature(rule.features, event) };
}

function inOrder(entries: Entry[]): Entry[] {
  return entries.length > 1 ? entries.sort((a, b) => a.position - b.position) : entries;
}

function visit(node: TreeNode, event: object, found: Found): void {
  switch (node.kind) {
    case "leaf":
      for (const entry of node.entries) meet(entry, event, found);
      return;
    case "values":
      visitValues(node, event, found);
      break;
    case "start":
    case "end":
      visitTexts(node, event, found);
      break;
    case "above":
    case "below":
      visitBounds(node, event, found);
      break;
    default:
      node satisfies never;
  }
  if (node.rest) visit(node.rest, event, found);
}

function meet(entry: Entry, event: object, found: Found): void {
  const { tests, subjects } = entry;
  for (let index = 0; index < tests.length; index += 1) {
    if (tests[index]?.(event)) continue;
    if (index >= subjects) missed(entry, found);
    return;
  }
  found.fits.push(entry);
}

function missed(entry: Entry, { near }: Found): void {
  if (near !== null && near.length < MAX_NEAR_MISSES) near.push(entry);
}

function visitValues(node: Extract<TreeNode, { kind: "values" }>, event: object, found: Found): void {
  const child = node.children.get(valueKey(node.read(event)));
  if (child) visit(child, event, found);
}

function visitTexts(node: Extract<TreeNode, { kind: "start" | "end" }>, event: object, found: Found): void {
  const text = scalarText(node.read(event));
  if (text !== null) eachAffix(node.children, node.kind, text, (child) => visit(child, event, found));
}

type BoundNode = Extract<TreeNode, { kind: "above" | "below" }>;

function visitBounds({ kind, read, bounds, children }: BoundNode, event: object, found: Found): void {
  const number = plainNumber(read(event));
  let index = 0;
  for (; number !== null && index < bounds.length; index += 1) {
    const bound = bounds[index] ?? 0;
    if (!(kind === "above" ? number > bound : number < bound)) break;
    const child = children[index];
    if (child) visit(child, event, found);
  }
  if (found.near !== null) nearBounds(children.slice(index), event, found);
}

/** What is left behind bounds that the event does not pass misses them at least; the nearest come first. */
function nearBounds(nodes: readonly TreeNode[], event: object, { near }: Found): void {
  const behind: Found = { fits: [], near };
  for (const node of nodes) {
    if (near === null || near.length >= MAX_NEAR_MISSES) return;
    visit(node, event, behind);
    for (const entry of behind.fits.splice(0)) missed(entry, behind);
  }
}
