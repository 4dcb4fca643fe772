import type { Json } from "../../../core/ids/index.ts";
import { type Feature, type FeatureNode, operatorOf } from "../../../core/rules/index.ts";

// What the operators mean, written again slowly and without sharing anything with the product.

type Value = Json | undefined;

function numberOf(v: Value): number | null {
  if (typeof v === "number") return v;
  if (typeof v !== "string" || !/^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i.test(v)) return null;
  return Number(v);
}

const textOf = (v: Value) => (["string", "number", "boolean"].includes(typeof v) ? `${v}` : null);
const lower = (v: Value) => textOf(v)?.toLowerCase() ?? null;

function sorted(v: Value): string {
  if (Array.isArray(v)) return `[${v.map(sorted).join()}]`;
  if (v === null || typeof v !== "object") return JSON.stringify(v) ?? "";
  return `{${Object.entries(v)
    .map(([key, member]) => `${JSON.stringify(key)}:${sorted(member)}`)
    .sort()
    .join()}}`;
}

const mixed = (a: Value, b: Value) => typeof a === "number" && typeof b === "string" && `${a}` === b;

function equal(a: Value, b: Value): boolean {
  return a !== undefined && b !== undefined && (sorted(a) === sorted(b) || mixed(a, b) || mixed(b, a));
}

function both(a: string | null, b: string | null, holds: (a: string, b: string) => boolean): boolean {
  return a !== null && b !== null && holds(a, b);
}

function numbers(a: Value, b: Value, holds: (a: number, b: number) => boolean): boolean {
  const [x, y] = [numberOf(a), numberOf(b)];
  return x !== null && y !== null && holds(x, y);
}

/** A wildcard by trying every way. */
function wild(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  const [head = "", ...rest] = [...pattern];
  const [char, ...left] = [...text];
  const tail = rest.join("");
  if (head === "*") return wild(tail, text) || (char !== undefined && wild(pattern, left.join("")));
  return char !== undefined && (head === "?" || head === char) && wild(tail, left.join(""));
}

function block(text: string): { bits: string; prefix: number } | null {
  const [address = "", prefix = "32"] = text.split("/");
  const parts = address.split(".");
  if (
    parts.length !== 4 ||
    parts.some((part) => !/^\d+$/.test(part) || String(Number(part)) !== part || Number(part) > 255)
  )
    return null;
  return {
    bits: parts.map((part) => Number(part).toString(2).padStart(8, "0")).join(""),
    prefix: Number(prefix),
  };
}

function inBlock(actual: Value, value: Value): boolean {
  const wanted = block(String(value));
  const found = typeof actual === "string" ? block(actual) : null;
  return (
    wanted !== null &&
    found !== null &&
    found.bits.slice(0, wanted.prefix) === wanted.bits.slice(0, wanted.prefix)
  );
}

function ageOf(actual: Value, event: Value): number | null {
  const ms = typeof actual === "string" && /^\d{4}-\d\d-\d\dT/.test(actual) ? Date.parse(actual) : Number.NaN;
  const at = Date.parse(String((event as { receivedAt?: Json }).receivedAt));
  return Number.isNaN(ms) ? null : (at - ms) / 1000;
}

function testHolds(feature: Feature, actual: Value, event: Value): boolean {
  const { value } = feature;
  const op = operatorOf(feature.op) ?? "search";
  const [at, vt, al, vl] = [textOf(actual), textOf(value), lower(actual), lower(value)];
  const list = Array.isArray(actual) ? actual : null;
  const spelled = (v: Value) => typeof v === "string" || typeof v === "number";
  switch (op) {
    case "equals":
      return equal(actual, value);
    case "nequals":
      return !equal(actual, value);
    case "iequals":
      return spelled(actual) && al === vl;
    case "contains":
      return list ? list.some((e) => equal(e, value)) : both(at, vt, (a, v) => a.indexOf(v) >= 0);
    case "ncontains":
      return !testHolds({ ...feature, op: "contains" }, actual, event);
    case "icontains":
      return list ? list.some((e) => lower(e) === vl) : both(al, vl, (a, v) => a.indexOf(v) >= 0);
    case "incontains":
      return !testHolds({ ...feature, op: "icontains" }, actual, event);
    case "startswith":
      return both(at, vt, (a, v) => a.slice(0, v.length) === v);
    case "istartswith":
      return both(al, vl, (a, v) => a.slice(0, v.length) === v);
    case "endswith":
      return both(at, vt, (a, v) => v === "" || a.slice(-v.length) === v);
    case "iendswith":
      return both(al, vl, (a, v) => v === "" || a.slice(-v.length) === v);
    case "greaterthan":
      return numbers(actual, value, (a, v) => a > v);
    case "lessthan":
      return numbers(actual, value, (a, v) => a < v);
    case "between":
      return (
        numbers(actual, (value as Json[])[0], (a, v) => a >= v) &&
        numbers(actual, (value as Json[])[1], (a, v) => a <= v)
      );
    case "regex":
      return at !== null && new RegExp(String(value), "u").test(at);
    case "iregex":
      return at !== null && new RegExp(String(value), "iu").test(at);
    case "matchwildcard":
      return at !== null && wild(String(value), at);
    case "inside":
      return actual !== undefined && (value as Json[]).some((e) => equal(e, actual));
    case "ninside":
      return !testHolds({ ...feature, op: "inside" }, actual, event);
    case "exists":
      return actual !== undefined && actual !== null;
    case "nexists":
      return actual === undefined || actual === null;
    case "timediff_lt":
    case "timediff_gt": {
      const [age, bound] = [ageOf(actual, event), Number(value)];
      return age !== null && (op === "timediff_lt" ? age < bound : age > bound);
    }
    case "cidr":
      return inBlock(actual, value);
    case "search":
      return searchHolds(feature, actual, event);
    default:
      return op satisfies never;
  }
}

function searchHolds({ value, condition = "any" }: Feature, actual: Value, event: Value): boolean {
  if (typeof actual !== "object" || actual === null) return false;
  const items = Array.isArray(actual) ? actual : [actual];
  const fits = items.map((item) => {
    const answers = (value as unknown as FeatureNode[]).map((node) => nodeHolds(node, { item }, event));
    return condition.endsWith("2any") ? answers.includes(true) : !answers.includes(false);
  });
  return condition.startsWith("all") ? !fits.includes(false) : fits.includes(true);
}

function valueAt(scope: Value, path: string): Value {
  let current = scope;
  for (const key of path.split(".")) {
    if (typeof current !== "object" || current === null || !Object.keys(current).includes(key))
      return undefined;
    current = (current as Record<string, Json>)[key];
  }
  return current;
}

/** Whether a feature or group holds, by trying everything. Paths are plain, without brackets. */
export function nodeHolds(node: FeatureNode, scope: Value, event: Value = scope): boolean {
  if ("any" in node) return node.any.map((one) => nodeHolds(one, scope, event)).includes(true);
  if ("all" in node) return !node.all.map((one) => nodeHolds(one, scope, event)).includes(false);
  if ("not" in node) return !nodeHolds(node.not, scope, event);
  const actual = valueAt(scope, node.path);
  const plain: Feature = {
    path: node.path,
    op: node.op,
    ...(node.value === undefined ? {} : { value: node.value }),
  };
  if (node.items === undefined) return testHolds(node, actual, event);
  if (!Array.isArray(actual)) return node.items === "none";
  const answers = actual.map((item) => testHolds(plain, item, event));
  if (node.items === "any") return answers.includes(true);
  return node.items === "all" ? !answers.includes(false) : !answers.includes(true);
}

/** The first feature that does not hold; null when all do. */
export function firstFailing(nodes: readonly FeatureNode[], event: Value): number | null {
  const index = nodes.findIndex((node) => !nodeHolds(node, event));
  return index < 0 ? null : index;
}
