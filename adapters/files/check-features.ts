import { isJsonObject } from "../../core/ids/index.ts";
import {
  compileFeature,
  compileFeatures,
  type Feature,
  type FeatureNode,
  MAX_NESTING,
  MAX_TESTS,
  operatorOf,
} from "../../core/rules/index.ts";
import type { Path } from "./home-file.ts";
import type { Located } from "./located.ts";
import { problemAt, problemAtKey, problemMissing, quotingWords } from "./located.ts";
import { itemsAt, keysAt, textAt, valueAt } from "./look.ts";
import type { Problem } from "./problem.ts";
import { FeatureShape } from "./schema.ts";
import { shapeOf } from "./shape.ts";

const SHAPE = shapeOf<Feature>(FeatureShape);
const GROUPS = ["any", "all", "not"];

/** A rule's features: each test, in groups and in `search` too. */
export function checkFeatures(located: Located): Problem[] {
  const nodes = itemsAt(located, ["features"]);
  if (countOf(located, nodes) > MAX_TESTS) {
    const words = { zh: `特征过多，最多 ${MAX_TESTS} 个`, en: `too many features, at most ${MAX_TESTS}` };
    return [problemAt(located, ["features"], words)];
  }
  const problems = nodes.flatMap((path) => checkNode(located, path, 0));
  return problems.length > 0 ? problems : checkWhole(located);
}

/** How many features there are, counted no further than is allowed. */
function countOf(located: Located, nodes: readonly Path[], depth = 0): number {
  let count = 0;
  for (const path of nodes) {
    count += 1;
    if (count > MAX_TESTS || depth > MAX_NESTING) return count;
    for (const members of memberLists(located, path)) count += countOf(located, members, depth + 1);
  }
  return count;
}

/** The members of a group, or the features inside a `search`. */
function memberLists(located: Located, path: Path): Path[][] {
  const not = valueAt(located, [...path, "not"]) === undefined ? [] : [[...path, "not"]];
  const inner = isSearch(located, path) ? itemsAt(located, [...path, "value"]) : [];
  return [itemsAt(located, [...path, "any"]), itemsAt(located, [...path, "all"]), not, inner];
}

function isSearch(located: Located, path: Path): boolean {
  return operatorOf(textAt(located, [...path, "op"]) ?? "") === "search";
}

function checkNode(located: Located, path: Path, depth: number): Problem[] {
  if (depth > MAX_NESTING) {
    const words = { zh: `嵌套过深，最多 ${MAX_NESTING} 层`, en: `nested too deep, at most ${MAX_NESTING}` };
    return [problemAt(located, path, words)];
  }
  const misshapen = SHAPE.problems(located, path);
  const inner = memberLists(located, path)
    .flat()
    .flatMap((member) => checkNode(located, member, depth + 1));
  const keys = keysAt(located, path);
  const group = keys.find((key) => GROUPS.includes(key));
  // A misspelled group would be told to be a test without path and op, too.
  const isTest = misshapen.length === 0 || keys.includes("path") || keys.includes("op");
  const test = isTest ? checkTest(located, path, keys) : [];
  const own = group === undefined ? test : checkGroup(located, path, group);
  return [...misshapen, ...own, ...inner];
}

/** A group stands alone. */
function checkGroup(located: Located, path: Path, group: string): Problem[] {
  const beside = keysAt(located, path).filter((key) => key !== group);
  return beside.map((key) =>
    problemAtKey(located, [...path, key], {
      zh: `${group} 旁边不能再写别的`,
      en: `nothing may stand beside ${group}`,
    }),
  );
}

function checkTest(located: Located, path: Path, keys: readonly string[]): Problem[] {
  if (!isJsonObject(valueAt(located, path))) return [];
  const missing = ["path", "op"].filter((key) => !keys.includes(key));
  if (missing.length > 0) return missing.map((key) => problemMissing(located, [...path, key]));
  const operator = operatorOf(textAt(located, [...path, "op"]) ?? "");
  if (operator === null || textAt(located, [...path, "path"]) === undefined) return [];
  const takesValue = operator !== "exists" && operator !== "nexists";
  if (takesValue && !keys.includes("value")) return [problemMissing(located, [...path, "value"])];
  // What is inside a search is checked by itself; the whole is compiled when all parts are right.
  return operator === "search" ? [] : checkCompiled(located, path);
}

function checkCompiled(located: Located, path: Path): Problem[] {
  const compiled = compileFeature(valueAt(located, path) as unknown as Feature);
  return compiled.outcome === "compiled" ? [] : [faultAt(located, path, compiled)];
}

/** What can be told of all features together alone: what `search` and groups ask of their members. */
function checkWhole(located: Located): Problem[] {
  const nodes = itemsAt(located, ["features"]).map((path) => valueAt(located, path));
  const compiled = compileFeatures(nodes as unknown as FeatureNode[]);
  return compiled.outcome === "compiled" ? [] : [faultAt(located, ["features"], compiled)];
}

function faultAt(
  located: Located,
  path: Path,
  { field, message }: { field: string; message: string },
): Problem {
  const at = field === "" ? path : [...path, ...field.split(".")];
  const words = { zh: "特征写得不对", en: "not a valid feature" };
  return problemAt(located, at, quotingWords(located, at, words, message));
}
