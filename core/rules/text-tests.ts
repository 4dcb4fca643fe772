import type { Json } from "../ids/index.ts";
import { compilePattern, MAX_PATTERN_CHARS, type Pattern } from "../params/pattern.ts";
import { rememberedText } from "../params/remembered.ts";
import { equalValues } from "./equality.ts";
import { type PatternShape, patternShape } from "./pattern-shape.ts";
import type { Built, Need, Tail } from "./test.ts";
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
  return searching({ flags: "", pattern: value, shape: patternShape(value) });
}

export function iregex(value: Json): Built | string {
  if (typeof value !== "string") return "needs a pattern";
  return searching({ flags: "(?i)", pattern: value, shape: null });
}

/** Shell wildcards over the whole text: `*`, `?`, `[abc]`, `[!a-z]`. */
export function matchwildcard(value: Json): Built | string {
  if (typeof value !== "string") return "needs a text with wildcards";
  if (value.length > MAX_PATTERN_CHARS) return `is longer than ${MAX_PATTERN_CHARS} characters`;
  const pattern = wildcardPattern(value);
  return searching({ flags: "(?s)", pattern, shape: patternShape(pattern) });
}

interface Search {
  /** RE2 flags, which hold for the whole pattern. */
  flags: string;
  pattern: string;
  shape: PatternShape | null;
}

function searching({ flags, pattern, shape }: Search): Built | string {
  const compiled = compiledOnce(flags + pattern);
  if (compiled.outcome === "invalid") {
    const column = Math.max(1, compiled.column - flags.length);
    return `has an invalid pattern at column ${column}: ${compiled.message}`;
  }
  const tail = shape === null ? undefined : tailOf(flags, shape);
  const holds = shape === null ? compiled.pattern.test : shapedTest(shape, compiled.pattern, tail);
  const test = (actual: unknown) => {
    const text = scalarText(actual);
    return text !== null && holds(text);
  };
  return { test, ...needOf(shape, tail), dear: !shape?.exact };
}

function tailOf(flags: string, { exact, tail }: PatternShape): Tail | undefined {
  const after = exact || tail === undefined ? null : compiledOnce(flags + tail);
  return after?.outcome === "compiled" ? after.pattern : undefined;
}

/** Plain text first; the engine sees only what follows it, where that says the same. */
function shapedTest(shape: PatternShape, whole: Pattern, tail: Tail | undefined): (text: string) => boolean {
  if (shape.exact) return quickTest(shape);
  return tail ? tailTest(shape.literal, tail) : wholeTest(quickTest(shape), whole);
}

// Made apart from each other, so that a rule keeps alive only the pattern that it asks.
function tailTest(literal: string, tail: Tail): (text: string) => boolean {
  return (text) => text.startsWith(literal) && tail.test(text.slice(literal.length));
}

function wholeTest(quick: (text: string) => boolean, whole: Pattern): (text: string) => boolean {
  return (text) => quick(text) && whole.test(text);
}

const MAX_KNOWN = 1000;

/** Rules that differ in their plain beginnings alone share what follows. */
const compiledOnce = rememberedText(compilePattern, MAX_KNOWN);

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

function needOf(shape: PatternShape | null, tail: Tail | undefined): { need?: Need } {
  if (!shape || shape.at === "anywhere") return {};
  const kind = shape.at === "end" ? "end" : "start";
  const exact = shape.exact && shape.at !== "whole";
  return { need: { kind, text: shape.literal, exact, ...(tail ? { tail } : {}) } };
}
