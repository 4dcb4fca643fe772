import type { Json } from "../ids/index.ts";
import { parseDuration } from "../time/duration.ts";
import { parseBlock } from "./cidr.ts";
import { equalValues } from "./equality.ts";
import { OPERATOR_WORDS, type Operator, operatorOf } from "./operator-names.ts";
import { type Builder, type Built, opposite, type Test } from "./test.ts";
import {
  contains,
  endswith,
  icontains,
  iendswith,
  iequals,
  iregex,
  istartswith,
  matchwildcard,
  regex,
  startswith,
} from "./text-tests.ts";
import { instantOf, isSpelled, plainNumber } from "./values.ts";

/** Longest list that a value may be. */
export const MAX_VALUES = 10_000;

export type CompiledTest =
  | ({ outcome: "compiled" } & Built)
  | { outcome: "invalid"; field: "op" | "value"; message: string };

/**
 * Compiles one test, all but `search`, which has features of its own. What each operator takes for what is a
 * table in the README; nothing else is coerced, and what does not fit, fails. A missing value fails every
 * operator but those that deny something, which hold for it.
 */
export function compileTest(op: string, value: Json | undefined): CompiledTest {
  const operator = operatorOf(op);
  if (operator === null || operator === "search") return unknownOperator(op);
  if (operator === "exists" || operator === "nexists") return presence(operator, value);
  if (value === undefined) return invalid("value", `${op} needs a value`);
  if (Array.isArray(value) && value.length > MAX_VALUES) {
    return invalid("value", `has more than ${MAX_VALUES} values`);
  }
  const built = BUILDERS[operator](value);
  return typeof built === "string" ? invalid("value", `${op} ${built}`) : { outcome: "compiled", ...built };
}

function unknownOperator(op: string): CompiledTest {
  return invalid("op", `unknown operator "${op}"; known are ${OPERATOR_WORDS.join(", ")}`);
}

function invalid(field: "op" | "value", message: string): CompiledTest {
  return { outcome: "invalid", field, message };
}

function presence(op: "exists" | "nexists", value: Json | undefined): CompiledTest {
  if (value !== undefined) return invalid("value", `${op} takes no value`);
  const wanted = op === "exists";
  return { outcome: "compiled", test: (actual) => (actual !== undefined && actual !== null) === wanted };
}

const BUILDERS: Record<Exclude<Operator, "exists" | "nexists" | "search">, Builder> = {
  equals,
  nequals: opposite(equals),
  iequals,
  contains,
  ncontains: opposite(contains),
  icontains,
  incontains: opposite(icontains),
  startswith,
  istartswith,
  endswith,
  iendswith,
  greaterthan: (value) => bounded(value, "above"),
  lessthan: (value) => bounded(value, "below"),
  between,
  regex,
  iregex,
  matchwildcard,
  inside,
  ninside: opposite(inside),
  timediff_lt: (value) => age(value, (seconds, bound) => seconds < bound),
  timediff_gt: (value) => age(value, (seconds, bound) => seconds > bound),
  cidr,
};

function equals(value: Json): Built {
  if (typeof value === "object" && value !== null) return { test: (actual) => equalValues(actual, value) };
  return { test: equalTo(value), need: { kind: "values", values: [value], exact: true } };
}

function equalTo(value: string | number | boolean | null): Test {
  if (typeof value === "string") {
    return (actual) => actual === value || (typeof actual === "number" && String(actual) === value);
  }
  return (actual) => equalValues(actual, value);
}

function bounded(value: Json, kind: "above" | "below"): Built | string {
  const bound = plainNumber(value);
  if (bound === null) return "needs a number";
  const test = (actual: unknown) => {
    const number = plainNumber(actual);
    return number !== null && (kind === "above" ? number > bound : number < bound);
  };
  return { test, need: { kind, bound, exact: true } };
}

function between(value: Json): Built | string {
  const bounds = Array.isArray(value) && value.length === 2 ? value.map(plainNumber) : [];
  const [low, high] = bounds;
  if (typeof low !== "number" || typeof high !== "number") return "needs a list of two numbers";
  if (low > high) return "needs the lower number first";
  const test = (actual: unknown) => {
    const number = plainNumber(actual);
    return number !== null && number >= low && number <= high;
  };
  return { test };
}

/** More values than this are looked up by the test itself. */
const MAX_INDEXED_VALUES = 16;

function inside(value: Json): Built | string {
  if (!Array.isArray(value)) return "needs a list";
  // Texts and numbers that are equal have one spelling, so that a long list costs one look-up.
  const spellings = new Set(value.filter(isSpelled).map(String));
  const others = value.filter((element) => !isSpelled(element));
  const test = (actual: unknown) =>
    isSpelled(actual) ? spellings.has(String(actual)) : others.some((e) => equalValues(actual, e));
  const values = value.filter((element) => element === null || typeof element !== "object");
  if (values.length !== value.length || values.length > MAX_INDEXED_VALUES) return { test };
  return { test, need: { kind: "values", values, exact: true } };
}

/** Of a time: how many seconds the event was received after it. */
function age(value: Json, holds: (seconds: number, bound: number) => boolean): Built | string {
  const bound = secondsOf(value);
  if (bound === null) return "needs seconds or a duration such as 10m";
  const test: Test = (actual, event) => {
    const at = instantOf(actual);
    if (at === null || !event || !("receivedAt" in event)) return false;
    const received = instantOf(event.receivedAt);
    return received !== null && holds((received - at) / 1000, bound);
  };
  return { test, dear: true };
}

function secondsOf(value: Json): number | null {
  const ms = typeof value === "string" ? parseDuration(value) : null;
  return ms === null ? plainNumber(value) : ms / 1000;
}

function cidr(value: Json): Built | string {
  const texts = Array.isArray(value) ? value : [value];
  const blocks = texts.map((text) => (typeof text === "string" ? parseBlock(text) : null));
  const wrong = blocks.indexOf(null);
  if (blocks.length === 0) return "needs a network";
  if (wrong >= 0) return `needs networks such as 10.0.0.0/8; ${JSON.stringify(texts[wrong])} is none`;
  const test = (actual: unknown) =>
    typeof actual === "string" && blocks.some((block) => block?.(actual) ?? false);
  return { test, dear: true };
}
