import { isJsonObject, type Json } from "../ids/index.ts";
import { parsePath } from "../params/path.ts";
import { remembered } from "../params/remembered.ts";
import { operatorOf } from "./operator-names.ts";
import { compileTest } from "./operators.ts";
import { type Holds, type ReadablePath, readablePath } from "./read-path.ts";
import { type Feature, type FeatureNode, ITEM_QUANTIFIERS, SEARCH_CONDITIONS } from "./rule.ts";
import { compileSearch } from "./search.ts";
import type { Built, Need, Test } from "./test.ts";

/** Most tests of one rule, those inside groups and `search` too. */
export const MAX_TESTS = 256;
/** How deep groups and `search` may stand in each other. */
export const MAX_NESTING = 8;

/** A feature as a closure over its path, operator and value. */
export interface CompiledFeature extends ReadablePath {
  readonly kind: "test";
  readonly feature: Feature;
  /** Judges what its path gave below an event, or below an item of `search`. */
  readonly test: Test;
  readonly need?: Need | undefined;
  readonly dear: boolean;
  /** Whether the event passes. */
  readonly holds: Holds;
}

/** A group with its members compiled; `not` has one. */
export interface CompiledGroup {
  readonly kind: "any" | "all" | "not";
  readonly members: readonly CompiledNode[];
  readonly holds: Holds;
}

export type CompiledNode = CompiledFeature | CompiledGroup;

/** What is wrong with a feature, and in which field below it: `op`, `any.1.value`. */
export interface FeatureFault {
  outcome: "invalid";
  field: string;
  message: string;
}

export type CompiledFeatureOutcome = { outcome: "compiled"; feature: CompiledFeature } | FeatureFault;
export type CompiledNodesOutcome = { outcome: "compiled"; nodes: readonly CompiledNode[] } | FeatureFault;

/** How many tests a rule may still have, and how deep it is. */
interface Room {
  left: number;
  depth: number;
}

/** Compiles a rule's features, or names the first field that is wrong. Too many, or too deep, is wrong too. */
export function compileFeatures(nodes: readonly FeatureNode[]): CompiledNodesOutcome {
  return compileNodes(nodes, { left: MAX_TESTS, depth: 0 });
}

/** Compiles one feature that is no group. `event_type` is another name of an event's `type`. */
export function compileFeature(feature: Feature): CompiledFeatureOutcome {
  return compileOne(feature, { left: MAX_TESTS, depth: 0 });
}

function compileNodes(nodes: readonly unknown[], room: Room): CompiledNodesOutcome {
  const compiled: CompiledNode[] = [];
  for (const [index, node] of nodes.entries()) {
    const outcome = compileNode(node, room);
    if (outcome.outcome === "invalid") return { ...outcome, field: joined(String(index), outcome.field) };
    compiled.push(outcome.node);
  }
  return { outcome: "compiled", nodes: compiled };
}

function compileNode(node: unknown, room: Room): { outcome: "compiled"; node: CompiledNode } | FeatureFault {
  if (!isJsonObject(node)) return invalid("", "is neither a feature nor a group");
  if (room.depth > MAX_NESTING) return invalid("", `stands deeper than ${MAX_NESTING} groups`);
  const [kind, ...others] = (["any", "all", "not"] as const).filter((word) => Object.hasOwn(node, word));
  if (kind === undefined) {
    const outcome = compileOne(node as unknown as Feature, room);
    return outcome.outcome === "invalid" ? outcome : { outcome: "compiled", node: outcome.feature };
  }
  if (others.length > 0 || Object.keys(node).length > 1) {
    return invalid(kind, "a group has nothing beside its members");
  }
  return compileGroup(kind, node[kind], room);
}

function compileGroup(
  kind: CompiledGroup["kind"],
  value: unknown,
  room: Room,
): { outcome: "compiled"; node: CompiledGroup } | FeatureFault {
  const list = kind === "not" ? [value] : value;
  if (!Array.isArray(list) || list.length === 0) return invalid(kind, "needs a list of features");
  room.depth += 1;
  const outcome = compileNodes(list, room);
  room.depth -= 1;
  if (outcome.outcome === "invalid") {
    const field = kind === "not" ? outcome.field.replace(/^0\.?/, "") : outcome.field;
    return { ...outcome, field: joined(kind, field) };
  }
  return { outcome: "compiled", node: groupOf(kind, outcome.nodes) };
}

function groupOf(kind: CompiledGroup["kind"], members: readonly CompiledNode[]): CompiledGroup {
  const [first] = members;
  switch (kind) {
    case "any":
      return { kind, members, holds: (scope, event) => members.some((one) => one.holds(scope, event)) };
    case "all":
      return { kind, members, holds: (scope, event) => members.every((one) => one.holds(scope, event)) };
    case "not":
      return { kind, members, holds: (scope, event) => !(first?.holds(scope, event) ?? false) };
    default:
      return kind satisfies never;
  }
}

function compileOne(feature: Feature, room: Room): CompiledFeatureOutcome {
  room.left -= 1;
  if (room.left < 0) return invalid("", `is one of more than ${MAX_TESTS} tests of the rule`);
  return isPlain(feature) ? compiledOnce(feature) : compileHere(feature, room);
}

const MAX_KNOWN = 10_000;

/** Told whole by its path, operator and value. */
function isPlain({ path, op, value, items, condition }: Feature): boolean {
  const isScalar = value === null || typeof value !== "object";
  const isBare = items === undefined && condition === undefined;
  return isScalar && isBare && typeof path === "string" && typeof op === "string";
}

/** Many rules ask the same of a plain value: that is one closure. */
const compiledOnce = remembered(
  (feature: Feature) => compileHere(feature, { left: 0, depth: 0 }),
  MAX_KNOWN,
  ({ path, op, value }) => JSON.stringify([path, op, typeof value, String(value)]),
);

function compileHere(feature: Feature, room: Room): CompiledFeatureOutcome {
  const path = typeof feature.path === "string" ? readablePath(feature.path) : null;
  if (!path) return invalid("path", `"${feature.path}" is not a path`);
  const built = builtOf(feature, room);
  if (built.outcome === "invalid") return built;
  return { outcome: "compiled", feature: closed(feature, path, built) };
}

function closed(feature: Feature, path: ReadablePath, built: Built): CompiledFeature {
  const { test, need, dear = false } = built;
  return { kind: "test", feature, ...path, test, need, dear, holds: path.tested(test) };
}

type BuiltOutcome = ({ outcome: "compiled" } & Built) | FeatureFault;

function builtOf(feature: Feature, room: Room): BuiltOutcome {
  const { op, value, items, condition } = feature;
  const isSearch = operatorOf(String(op)) === "search";
  if (condition !== undefined && !isSearch) return invalid("condition", "is for search alone");
  if (isSearch) return searchOf(feature, room);
  const compiled = compileTest(String(op), value);
  if (compiled.outcome === "invalid") return compiled;
  if (items === undefined) return compiled;
  if (!ITEM_QUANTIFIERS.includes(items)) {
    return invalid("items", `must be one of ${ITEM_QUANTIFIERS.join(", ")}`);
  }
  return { outcome: "compiled", test: overItems(compiled.test, items), dear: true };
}

/** What is no list has no items: then `none` holds alone. Of an empty list `all` holds too. */
function overItems(test: Test, items: NonNullable<Feature["items"]>): Test {
  return (actual, event) => {
    if (!Array.isArray(actual)) return items === "none";
    if (items === "all") return actual.every((item) => test(item, event));
    return actual.some((item) => test(item, event)) === (items === "any");
  };
}

function searchOf({ value, items, condition = "any" }: Feature, room: Room): BuiltOutcome {
  if (items !== undefined) return invalid("items", "is not for search, which has a condition");
  if (!SEARCH_CONDITIONS.includes(condition)) {
    return invalid("condition", `must be one of ${SEARCH_CONDITIONS.join(", ")}`);
  }
  if (!Array.isArray(value) || value.length === 0) return invalid("value", "search needs a list of features");
  const wrong = value.findIndex((one) => !startAtItem(one));
  if (wrong >= 0) return invalid(`value.${wrong}`, 'a path inside search begins with "item"');
  room.depth += 1;
  const outcome = compileNodes(value, room);
  room.depth -= 1;
  if (outcome.outcome === "invalid") return { ...outcome, field: joined("value", outcome.field) };
  return { outcome: "compiled", test: compileSearch(outcome.nodes, condition), dear: true };
}

/** Whether all paths of a feature or group, which need not be well formed, are below `item`. */
function startAtItem(node: Json): boolean {
  if (!isJsonObject(node)) return true;
  const { any, all, not, path } = node;
  const members = [any, all, not].flat().filter((member) => member !== undefined);
  const keys = typeof path === "string" ? parsePath(path) : null;
  return (keys === null || keys[0] === "item") && members.every(startAtItem);
}

function invalid(field: string, message: string): FeatureFault {
  return { outcome: "invalid", field, message };
}

function joined(head: string, tail: string): string {
  return tail === "" ? head : `${head}.${tail}`;
}
