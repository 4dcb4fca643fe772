import type { CompiledFeature, CompiledNode } from "../rules/index.ts";

/** Tests that an event must all pass. */
export type Branch = readonly CompiledFeature[];

/** With more ways than this, groups of `any` are not looked into. */
const MOST_BRANCHES = 64;

/**
 * The ways in which an event can pass some features: it must pass all tests of one branch. A test in `not` is left
 * out, and where there would be too many branches so is a group of `any`: a branch may then ask less than the rule.
 */
export function branchesOf(nodes: readonly CompiledNode[]): Branch[] {
  let branches: Branch[] = [[]];
  for (const node of nodes) {
    const ways = waysOf(node);
    if (branches.length * ways.length > MOST_BRANCHES) continue;
    branches = branches.flatMap((branch) => ways.map((way) => [...branch, ...way]));
  }
  return branches;
}

function waysOf(node: CompiledNode): Branch[] {
  switch (node.kind) {
    case "test":
      return [[node]];
    case "all":
      return branchesOf(node.members);
    case "any":
      return node.members.flatMap((member) => branchesOf([member]));
    case "not":
      return [[]];
    default:
      return node satisfies never;
  }
}
