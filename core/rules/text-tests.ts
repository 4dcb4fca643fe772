import type { Json } from "../ids/index.ts";
import { compilePattern, MAX_PATTERN_CHARS } from "../params/pattern.ts";
import { equalValues } from "./equality.ts";
import { type PatternShape, patternShape } from "./pattern-shape.ts";
import type { Built, Need } from "./test.ts";
import { isSpelled, scalarText } from "./values.ts";
import { wildcardPattern } from "./wildcard.ts";

type Compare = (text: string, wanted: string) => boolean;
const NEEDS_TEXT = "needs a text";

/** Tests of the text of a text, number or boolean. */
export function startswith(value: Json): Built | string {
  return onText(value, (text, wanted) => text.startsWith(wanted), "start");
}

export function endswith(value: Json): Built | string {
  return onText(value, (text, wanted) => text.endsWith(wanted), "end");
}

export function istartswith(value: Json): Built | string {
  return onLowerText(value, (text, wanted) => text.startsWith(wanted));
}

export function iendswith(value: Json): Built | string {
  return onLowerText(value, (text, wanted) => text.endsWith(wanted));
}

function onText(value: Json, holds: Compare, kind: "start" | "end"): Built | string {
  const wanted = scalarText(value);
  if (wanted === null) return NEEDS_TEXT;
  const test = (actual: unknown) => {
    const text = scalarText(actual);
    return text !== null && holds(text, wanted);
  };
  return { test, need: { kind, text: wanted, exact: true } };
}

function onLowerText(value: Json, holds: Compare): Built | string {
  const wanted = scalarText(value)?.toLowerCase();
  if (wanted === undefined) return NEEDS_TEXT;
  const test = (actual: unknown) => {
    const text = scalarText(actual);
    return text !== null && holds(text.toLowerCase(), wanted);
  };
  return { test };
}

/** The same text or number, whatever the case. */
export function iequals(value: Json): Built | string {
  if (!isSpelled(value)) return "needs a text or number";
  const wanted = String(value).toLowerCase();
  return { test: (actual) => isSpelled(actual) && String(actual).toLowerCase() === wanted };
}

/** A list holds an equal value; the text of a scalar contains the text. */
export function contains(value: Json): Built {
  const wanted = scalarText(value);
  const test = (actual: unknown) => {
    if (Array.isArray(actual)) return actual.some((element) => equalValues(element, value));
    return wanted !== null && (scalarText(actual)?.includes(wanted) ?? false);
  };
  return { test };
}

export function icontains(value: Json): Built | string {
  const wanted = scalarText(value)?.toLowerCase();
  if (wanted === undefined) return NEEDS_TEXT;
  const test = (actual: unknown) => {
    if (Array.isArray(actual)) return actual.some((element) => scalarText(element)?.toLowerCase() === wanted);
    return scalarText(actual)?.toLowerCase().includes(wanted) ?? false;
  };
  return { test };
}

/** Searches anywhere, in linear time; plain text is looked for as text. */
export function regex(value: Json): Built | string {
  if (typeof value !== "string") return "needs a pattern";
  return searching(value, patternShape(value), value);
}

export function iregex(value: Json): Built | string {
  if (typeof value !== "string") return "needs a pattern";
  return searching(`(?i)${value}`, null, value);
}

/** Shell wildcards over the whole text: `*`, `?`, `[abc]`, `[!a-z]`. */
export function matchwildcard(value: Json): Built | string {
  if (typeof value !== "string") return "needs a text with wildcards";
  if (value.length > MAX_PATTERN_CHARS) return `is longer than ${MAX_PATTERN_CHARS} characters`;
  const pattern = wildcardPattern(value);
  return searching(`(?s)${pattern}`, patternShape(pattern), value);
}

function searching(source: string, shape: PatternShape | null, written: string): Built | string {
  const compiled = compilePattern(source);
  if (compiled.outcome === "invalid") {
    const column = Math.min(Math.max(1, compiled.column - source.length + written.length), written.length);
    return `has an invalid pattern at column ${column}: ${compiled.message}`;
  }
  const { pattern } = compiled;
  const quick = shape === null ? null : quickTest(shape);
  const holds = (text: string) => (quick === null || quick(text)) && (shape?.exact || pattern.test(text));
  const test = (actual: unknown) => {
    const text = scalarText(actual);
    return text !== null && holds(text);
  };
  return { test, ...needOf(shape), dear: !shape?.exact };
}

function quickTest({ at, literal }: PatternShape): (text: string) => boolean {
  switch (at) {
    case "start":
      return (text) => text.startsWith(literal);
    case "end":
      return (text) => text.endsWith(literal);
    case "whole":
      return (text) => text === literal;
    case "anywhere":
      return (text) => text.includes(literal);
    default:
      return at satisfies never;
  }
}

function needOf(shape: PatternShape | null): { need?: Need } {
  if (!shape || shape.at === "anywhere") return {};
  const kind = shape.at === "end" ? "end" : "start";
  return { need: { kind, text: shape.literal, exact: shape.exact && shape.at !== "whole" } };
}
