import type { Json } from "../ids/index.ts";
import { compilePattern } from "../params/pattern.ts";
import { equalValues } from "./equality.ts";
import { OPERATORS, type Operator } from "./rule.ts";

/** One operator with its value: judges what the path gave, `undefined` when there is nothing. */
export type Test = (actual: unknown) => boolean;

export type CompiledTest =
  | { outcome: "compiled"; test: Test }
  | { outcome: "invalid"; field: "op" | "value"; message: string };

/** Either the test, or what is wrong with the value. */
type Built = Test | string;

/**
 * Compiles one test. Nothing is coerced beyond what is said here; what does not fit, fails. A missing value
 * fails every operator but `nexists`, `nequals` and `ninside`, which hold for it.
 *
 * - `equals`, `nequals`: the same JSON (`equalValues`).
 * - `inside`, `ninside`: equal to one value of the list.
 * - `contains`: a list holds an equal value; a text, number or boolean contains the text.
 * - `startswith`, `endswith`, `regex`: on the text of a text, number or boolean. `regex` searches anywhere.
 * - `greaterthan`, `lessthan`: numbers, or texts that are plainly numbers (`"97.13"`, not `"97%"`).
 * - `exists`, `nexists`: whether there is a value that is not null; they take no value.
 */
export function compileTest(op: string, value: Json | undefined): CompiledTest {
  if (!isOperator(op)) return invalid("op", `unknown operator "${op}"; known are ${OPERATORS.join(", ")}`);
  if (op === "exists" || op === "nexists") return presence(op, value);
  if (value === undefined) return invalid("value", `${op} needs a value`);
  const built = BUILDERS[op](value);
  return typeof built === "string"
    ? invalid("value", `${op} ${built}`)
    : { outcome: "compiled", test: built };
}

function isOperator(op: string): op is Operator {
  return (OPERATORS as readonly string[]).includes(op);
}

function invalid(field: "op" | "value", message: string): CompiledTest {
  return { outcome: "invalid", field, message };
}

function presence(op: "exists" | "nexists", value: Json | undefined): CompiledTest {
  if (value !== undefined) return invalid("value", `${op} takes no value`);
  const wanted = op === "exists";
  return { outcome: "compiled", test: (actual) => (actual !== undefined && actual !== null) === wanted };
}

const BUILDERS: Record<Exclude<Operator, "exists" | "nexists">, (value: Json) => Built> = {
  equals,
  nequals: (value) => negate(equals(value)),
  contains,
  startswith: (value) => onText(value, (text, wanted) => text.startsWith(wanted)),
  endswith: (value) => onText(value, (text, wanted) => text.endsWith(wanted)),
  greaterthan: (value) => compare(value, (actual, bound) => actual > bound),
  lessthan: (value) => compare(value, (actual, bound) => actual < bound),
  regex,
  inside,
  ninside: (value) => negate(inside(value)),
};

function negate(built: Built): Built {
  return typeof built === "string" ? built : (actual) => !built(actual);
}

function equals(value: Json): Test {
  if (typeof value === "string") {
    return (actual) => actual === value || (typeof actual === "number" && String(actual) === value);
  }
  return (actual) => equalValues(actual, value);
}

function contains(value: Json): Built {
  const wanted = scalarText(value);
  return (actual) => {
    if (Array.isArray(actual)) return actual.some((element) => equalValues(element, value));
    return wanted !== null && (scalarText(actual)?.includes(wanted) ?? false);
  };
}

function onText(value: Json, holds: (text: string, wanted: string) => boolean): Built {
  const wanted = scalarText(value);
  if (wanted === null) return "needs a text";
  return (actual) => {
    const text = scalarText(actual);
    return text !== null && holds(text, wanted);
  };
}

function compare(value: Json, holds: (actual: number, bound: number) => boolean): Built {
  const bound = plainNumber(value);
  if (bound === null) return "needs a number";
  return (actual) => {
    const number = plainNumber(actual);
    return number !== null && holds(number, bound);
  };
}

function regex(value: Json): Built {
  if (typeof value !== "string") return "needs a pattern";
  const compiled = compilePattern(value);
  if (compiled.outcome === "invalid") {
    return `has an invalid pattern at column ${compiled.column}: ${compiled.message}`;
  }
  return (actual) => {
    const text = scalarText(actual);
    return text !== null && compiled.pattern.test(text);
  };
}

function inside(value: Json): Built {
  if (!Array.isArray(value)) return "needs a list";
  // Texts and numbers that are equal have one spelling, so that a long list costs one look-up.
  const spellings = new Set(value.filter(isSpelled).map(String));
  const others = value.filter((element) => !isSpelled(element));
  return (actual) =>
    isSpelled(actual) ? spellings.has(String(actual)) : others.some((e) => equalValues(actual, e));
}

function isSpelled(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

/** The text of a text, number or boolean; null for anything else. */
function scalarText(value: unknown): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The number of a number or of a text that is plainly one; null for anything else. */
function plainNumber(value: unknown): number | null {
  const number = typeof value === "string" && DECIMAL.test(value.trim()) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}
