import type { EventType } from "./event-type.ts";

/** So many numeric fields of `detail` can be searched by range, over all event types together. */
export const MOST_NUMERIC_FIELDS = 50;

/** The numeric fields that event types declare. */
export interface NumericFields {
  /** Those that can be searched. */
  searched: readonly string[];
  /** Those beyond the bound, and those whose names no index takes. */
  ignored: readonly string[];
}

/** From and to, both included; at least one of them. */
export interface NumberRange {
  min?: number;
  max?: number;
}

// A dot would be a path inside an index.
const INDEXABLE = /^[\p{L}\p{N}_][\p{L}\p{N}_ -]{0,99}$/u;

/**
 * The top-level properties of `detail` that the schemas of event types declare as `number` or `integer`, each once,
 * in the order of the types' names and then of the schema, so that the same files always give the same.
 */
export function numericFieldsOf(types: Iterable<Pick<EventType, "type" | "schema">>): NumericFields {
  const sorted = [...types].sort((a, b) => (a.type < b.type ? -1 : 1));
  const declared = [...new Set(sorted.flatMap(({ schema }) => numbersIn(schema?.["properties"])))];
  const fit = declared.filter((name) => INDEXABLE.test(name) && name === name.trim());
  const searched = fit.slice(0, MOST_NUMERIC_FIELDS);
  return { searched, ignored: declared.filter((name) => !searched.includes(name)) };
}

function numbersIn(properties: unknown): string[] {
  if (typeof properties !== "object" || properties === null) return [];
  return Object.entries(properties).flatMap(([name, schema]) => (isNumeric(schema) ? [name] : []));
}

function isNumeric(schema: unknown): boolean {
  if (typeof schema !== "object" || schema === null) return false;
  const type: unknown = Reflect.get(schema, "type");
  return [type].flat().some((one) => one === "number" || one === "integer");
}

/** Whether a value is a number of a range. */
export function isInRange(value: unknown, { min, max }: NumberRange): boolean {
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}

/** What is wrong with the ranges that a search asks for; null when nothing. */
export function rangesFault(
  ranges: Readonly<Record<string, NumberRange>>,
  searched: readonly string[],
): { name: string; value: string; wants: string } | null {
  for (const [field, range] of Object.entries(ranges)) {
    const about = { name: `numbers.${field}`, value: JSON.stringify(range) };
    const known = searched.join(", ") || "none";
    if (!searched.includes(field))
      return { ...about, wants: `of a numeric field that an event type declares: ${known}` };
    const bounds = [range.min, range.max].filter((bound) => bound !== undefined);
    if (bounds.length === 0 || !bounds.every((bound) => Number.isFinite(bound)))
      return { ...about, wants: "a range with min, max or both, which are numbers" };
  }
  return null;
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Reads `85..95`, `85..`, `..95` or `85`; null when it is none of these. */
export function readRange(text: string): NumberRange | null {
  const [from = "", to = from, ...more] = text.trim().split("..");
  const bounds = [from, to].filter((bound) => bound !== "");
  const fine = bounds.every((bound) => NUMBER.test(bound) && Number.isFinite(Number(bound)));
  if (more.length > 0 || bounds.length === 0 || !fine) return null;
  return { ...(from === "" ? {} : { min: Number(from) }), ...(to === "" ? {} : { max: Number(to) }) };
}
