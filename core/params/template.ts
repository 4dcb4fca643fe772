import { type Template as LiquidNode, Output } from "liquidjs";
import { errorText } from "../errors.ts";
import type { Json } from "../ids/index.ts";
import { textEngine, valueEngine } from "./engine.ts";
import { numericFilter } from "./filters.ts";
import { jsonValue } from "./json-value.ts";
import { rememberedText } from "./remembered.ts";
import { textOf } from "./text.ts";

/** What a template may read: own properties of these values. */
export type Scope = Readonly<Record<string, unknown>>;

export type Rendering<T> = { outcome: "rendered"; value: T } | { outcome: "failed"; message: string };

/** A compiled template. Rendering never throws, reads nothing but the scope, and is bounded in time and size. */
export interface Template {
  readonly text: string;
  /**
   * The value for this scope, sharing nothing with it. A template that is exactly one `{{ … }}`, filters
   * allowed and white space around it not counted, keeps the type of what it names; every other gives text,
   * in which lists and objects stand as JSON. What comes out is data and is never rendered again. Fails on
   * an unknown reference, a result that JSON cannot hold, and a passed limit (`TEMPLATE_LIMITS`).
   */
  render(scope: Scope): Rendering<Json>;
  /** As `render`, but always text: a number as its digits, null as nothing. */
  renderText(scope: Scope): Rendering<string>;
  /** The references it makes to the scope, for example `detail.host`. */
  variables(): string[];
}

export type CompiledTemplate =
  | { outcome: "compiled"; template: Template }
  | { outcome: "invalid"; message: string; line: number; column: number };

/** Whether a text is a template at all; any other is passed through as it is. */
export function isTemplate(text: string): boolean {
  return text.includes("{{") || text.includes("{%");
}

/**
 * Compiles a template once, to be rendered often. A text without `{{` and `{%` is its own value. Refuses
 * unknown filters and tags, and `}}}`, whose meaning would depend on the reader; lines and columns count from 1.
 */
export function compileTemplate(text: string): CompiledTemplate {
  if (!isTemplate(text)) return { outcome: "compiled", template: literal(text) };
  const braces = text.indexOf("}}}");
  if (braces >= 0) return { outcome: "invalid", message: "`}}}` is ambiguous", ...positionOf(text, braces) };
  return parsedOnce(text);
}

const MAX_KNOWN = 10_000;

/** Rules name the same few values again and again, and a parsed template is large. */
const parsedOnce = rememberedText((text): CompiledTemplate => {
  try {
    return { outcome: "compiled", template: parse(text) };
  } catch (error) {
    return { outcome: "invalid", message: plainMessage(error), ...errorPosition(error) };
  }
}, MAX_KNOWN);

/** The references that a template makes to its scope, for example `detail.host`; its own variables are left out. */
export function variables(template: Template): string[] {
  return template.variables();
}

function literal(text: string): Template {
  const rendering = { outcome: "rendered", value: text.toWellFormed() } as const;
  return { text, render: () => rendering, renderText: () => rendering, variables: () => [] };
}

function parse(text: string): Template {
  const nodes = valueEngine.parse(text);
  const lone = loneOutput(nodes);
  const evaluate = lone ? evaluateLone(lone, text) : evaluateText(text);
  return {
    text,
    render: (scope) => guarded(() => jsonValue(evaluate(scope))),
    renderText: (scope) => guarded(() => bounded(textOf(evaluate(scope)))),
    variables: () => valueEngine.globalFullVariablesSync(nodes),
  };
}

function loneOutput(nodes: readonly LiquidNode[]): LiquidNode | null {
  const shown = nodes.filter((node) => node instanceof Output || node.token.getText().trim() !== "");
  const [first] = shown;
  return shown.length === 1 && first instanceof Output ? first : null;
}

type Evaluate = (scope: Scope) => unknown;

/**
 * Most templates name one value, many as a number, which is read here without the engine. Wherever the engine
 * might have something of its own to say (a name that is missing, `size` of a list) it is asked.
 */
function evaluateLone(output: LiquidNode, text: string): Evaluate {
  const engine = evaluateValue(output);
  const [, path, filter, operand] = PLAIN_OUTPUT.exec(text) ?? [];
  if (path === undefined) return engine;
  const keys = path.split(".");
  const apply = filter === undefined ? undefined : numericFilter(filter);
  if (filter === undefined) return (scope) => plainValue(scope, keys) ?? engine(scope);
  if (!apply) return engine;
  const operands = operand === undefined ? [] : [Number(operand)];
  return (scope) => {
    const value = plainValue(scope, keys) ?? undefined;
    return value === undefined ? engine(scope) : apply(value, ...operands);
  };
}

/** One reference, and behind it at most one filter with at most one number. */
const PLAIN_OUTPUT =
  /^\s*\{\{\s*\.?([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*(?:\|\s*([a-z_]+)\s*(?::\s*(-?\d{1,15}(?:\.\d{1,15})?)\s*)?)?\}\}\s*$/;

/** What stands below own keys of plain objects all the way; undefined where the way ends before. */
function plainValue(scope: Scope, keys: readonly string[]): unknown {
  let value: unknown = scope;
  for (const key of keys) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    if (!Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function evaluateValue(output: LiquidNode): Evaluate {
  return (scope) => valueEngine.renderSync([output], scope);
}

/** A text that only names values, as most keys of throttles do, is put together here without the engine. */
function evaluateText(text: string): Evaluate {
  const nodes = textEngine.parse(text);
  const engine: Evaluate = (scope) => textEngine.renderSync(nodes, scope);
  const parts = plainParts(text);
  return parts ? (scope) => joinedParts(parts, scope) ?? engine(scope) : engine;
}

const REFERENCE = /\{\{\s*\.?([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*\}\}/;
const MARKUP = /\{[{%]|[%}]\}/;

/** Literal texts and, at odd places, the keys of references; null when there is anything else. */
function plainParts(text: string): (string | string[])[] | null {
  const parts = text.split(REFERENCE);
  if (parts.some((part, index) => index % 2 === 0 && MARKUP.test(part))) return null;
  return parts.map((part, index) => (index % 2 === 0 ? part : part.split(".")));
}

/** Null where a reference names no text, number or boolean. */
function joinedParts(parts: readonly (string | string[])[], scope: Scope): string | null {
  let joined = "";
  for (const part of parts) {
    const value = typeof part === "string" ? part : plainValue(scope, part);
    if (value === null || value === undefined || typeof value === "object") return null;
    joined += textOf(value);
  }
  return joined;
}

function guarded<T>(evaluate: () => T): Rendering<T> {
  try {
    return { outcome: "rendered", value: evaluate() };
  } catch (error) {
    return { outcome: "failed", message: plainMessage(error) };
  }
}

function bounded(text: string): string {
  return String(jsonValue(text));
}

/** The engine adds the position to the text of its errors; here it has fields of its own. */
function plainMessage(error: unknown): string {
  return errorText(error)
    .replace(/, line:\d+, col:\d+$/, "")
    .slice(0, 500);
}

function errorPosition(error: unknown): { line: number; column: number } {
  const token = (error as { token?: { getPosition?: () => [number, number] } }).token;
  const [line = 1, column = 1] = token?.getPosition?.() ?? [];
  return { line, column };
}

function positionOf(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
