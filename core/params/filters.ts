import { type FilterImplOptions, filters } from "liquidjs";
import { TEMPLATE_LIMITS } from "./limits.ts";
import { type CompiledPattern, compilePattern } from "./pattern.ts";
import { shellQuote } from "./shell-quote.ts";
import { textOf } from "./text.ts";

const NUMERIC = ["plus", "minus", "times", "divided_by", "round", "floor", "ceil", "abs"] as const;

/** The filters that are stricter here than in the engine: they fail where it would make something up. */
export function strictFilters(): Record<string, FilterImplOptions> {
  const own = { date: dateFilter(), regex_replace: regexReplace, shell_quote: shellQuoted };
  return { ...Object.fromEntries(NUMERIC_FILTERS), ...own };
}

type Handler = Extract<FilterImplOptions, (...args: never[]) => unknown>;

function original(name: string): Handler {
  const filter = filters[name];
  if (typeof filter !== "function") throw new TypeError(`the template engine has no filter ${name}`);
  return filter;
}

/** A filter over numbers that needs no engine around it; undefined for any other name. */
export function numericFilter(name: string): ((...values: unknown[]) => unknown) | undefined {
  return NUMERIC_FILTERS.get(name);
}

/** Liquid takes 0 for what is no number; a threshold or a size made of that would be a wrong action. */
function numeric(name: string): (...values: unknown[]) => unknown {
  // None of them looks at the engine that calls it.
  const apply = original(name) as (...numbers: unknown[]) => unknown;
  return (value, operand, ...rest) => {
    const numbers = operand === undefined ? [] : [numberOf(name, operand), ...rest];
    const result = apply(numberOf(name, value), ...numbers);
    if (!Number.isFinite(result)) throw new TypeError(`${name}: the result is not a number`);
    return result;
  };
}

function numberOf(filter: string, value: unknown): number {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  throw new TypeError(`${filter}: ${excerpt(value)} is not a number`);
}

/** The same event must render the same whenever it is judged, so `now` is refused. */
function dateFilter(): Handler {
  const format = original("date");
  return function (value: unknown, ...args: unknown[]) {
    if (value === "now" || value === "today") {
      throw new TypeError(`date: "${value}" is not known to a template; use receivedAt`);
    }
    const result: unknown = format.call(this, value, ...args);
    // The engine hands back what it cannot read, and formats an impossible time as NaN.
    if (typeof result !== "string" || result === value || result.includes("NaN")) {
      throw new TypeError(`date: ${excerpt(value)} is not a time`);
    }
    return result;
  };
}

/** Every place where a pattern is found, in time linear in the text; `$1` and `${name}` stand for its groups. */
function regexReplace(value: unknown, pattern: unknown, replacement: unknown = ""): string {
  const compiled = patternOf(textOf(pattern));
  if (compiled.outcome === "invalid") throw new TypeError(`regex_replace: ${compiled.message}`);
  const { maxValueBytes } = TEMPLATE_LIMITS;
  return compiled.pattern.replaceAll(textOf(value), textOf(replacement), maxValueBytes);
}

/** Patterns stand in rules, so that there are few; compiling one takes longer than using it. */
const patterns = new Map<string, CompiledPattern>();
const MOST_PATTERNS = 500;

function patternOf(source: string): CompiledPattern {
  const known = patterns.get(source);
  if (known) return known;
  if (patterns.size >= MOST_PATTERNS) patterns.clear();
  const compiled = compilePattern(source);
  patterns.set(source, compiled);
  return compiled;
}

/** Each element of a list by itself, so that the shell reads as many words as there are. */
function shellQuoted(value: unknown): string {
  return Array.isArray(value)
    ? value.map((one) => shellQuote(textOf(one))).join(" ")
    : shellQuote(textOf(value));
}

function excerpt(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : typeof value;
  return value === null ? "null" : text;
}

const NUMERIC_FILTERS: ReadonlyMap<string, (...values: unknown[]) => unknown> = new Map(
  NUMERIC.map((name) => [name, numeric(name)]),
);
