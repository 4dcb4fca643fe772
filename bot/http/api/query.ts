import type { Context } from "koa";
import { parseDuration } from "../../../core/time/index.ts";
import { refuseApi } from "./answers.ts";

/** What is wrong with one parameter of a query. */
export interface ParameterFault {
  name: string;
  /** Chinese first. */
  message: string;
}

/** Reads the parameters of a query. What is wrong is remembered, and what is empty counts as not given. */
export interface QueryReader {
  /** One value. */
  text(name: string): string | undefined;
  oneOf<T extends string>(name: string, known: readonly T[]): T | undefined;
  /** Several values, repeated or parted by commas. */
  list(name: string): string[] | undefined;
  listOf<T extends string>(name: string, known: readonly T[]): T[] | undefined;
  whole(name: string, limits: { fallback: number; max: number }): number;
  /** An ISO instant of a date, of a time with its zone, or of so long ago as a duration says. */
  instant(name: string, nowMs: number): string | undefined;
  /** `name=key=value`, repeated. */
  pairs(name: string): Record<string, string> | undefined;
  fault(name: string, message: string): void;
  /** Everything that is wrong, parameters that nobody has read included. */
  faults(): ParameterFault[];
}

/** A reader over the query of a request. */
export function queryReader(query: Context["query"]): QueryReader {
  const plain = plainReader(query);
  const { text, list, fault } = plain;
  const among = <T extends string>(name: string, value: string, words: readonly T[]): T[] => {
    const one = words.find((word) => word === value);
    if (one === undefined) fault(name, `只能是 (must be one of): ${words.join(", ")}`);
    return one === undefined ? [] : [one];
  };
  return {
    ...{ text, list, fault, faults: plain.faults },
    oneOf: (name, words) => {
      const value = text(name);
      return value === undefined ? undefined : among(name, value, words)[0];
    },
    listOf: (name, words) => list(name)?.flatMap((value) => among(name, value, words)),
    whole: (name, { fallback, max }) => {
      const value = text(name);
      if (value === undefined) return fallback;
      if (/^\d{1,9}$/.test(value) && Number(value) >= 1 && Number(value) <= max) return Number(value);
      fault(name, `要填 1 到 ${max} 之间的整数 (a whole number from 1 to ${max})`);
      return fallback;
    },
    instant: (name, nowMs) => {
      const value = text(name);
      const iso = value === undefined ? undefined : instantOf(value, nowMs);
      if (iso === null) fault(name, INSTANT_WORDS);
      return iso ?? undefined;
    },
    pairs: (name) => pairsOf(plain.all(name), (message) => fault(name, message)),
  };
}

interface PlainReader extends Pick<QueryReader, "text" | "list" | "fault" | "faults"> {
  /** Every value as it came. */
  all(name: string): string[];
}

/** Reads values as texts, and knows which parameters were asked for. */
function plainReader(query: Context["query"]): PlainReader {
  const known = new Set<string>();
  const found: ParameterFault[] = [];
  const fault = (name: string, message: string) => void found.push({ name, message });
  const all = (name: string): string[] => {
    known.add(name);
    const values = query[name] ?? [];
    return (Array.isArray(values) ? values : [values]).filter((value) => value !== "");
  };
  return {
    ...{ all, fault },
    text: (name) => {
      const values = all(name);
      if (values.length > 1) fault(name, "只能给一个 (is given more than once)");
      return values[0];
    },
    list: (name) => {
      const values = all(name).flatMap((value) => value.split(","));
      const named = values.map((value) => value.trim()).filter((value) => value !== "");
      return named.length === 0 ? undefined : [...new Set(named)];
    },
    faults: () => [...found, ...unread(query, known)],
  };
}

const INSTANT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
export const INSTANT_WORDS =
  "要写成 2026-11-01T08:00:00+08:00（+ 写作 %2B）、日期，或 2h 表示两小时前 (a time with its zone, + as %2B, a date, or 2h for two hours ago)";

/** The ISO instant that a date, a time with its zone, or a duration until now means; null: none. */
export function instantOf(value: string, nowMs: number): string | null {
  const agoMs = parseDuration(value);
  const ms = agoMs === null ? (INSTANT.test(value) ? Date.parse(value) : Number.NaN) : nowMs - agoMs;
  // A date holds no more than this.
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : null;
}

function pairsOf(values: string[], fault: (message: string) => void): Record<string, string> | undefined {
  const pairs = new Map<string, string>();
  for (const value of values) {
    const at = value.indexOf("=");
    const key = value.slice(0, Math.max(0, at));
    if (key === "") fault("要写成 名=值 (must be key=value)");
    else if (pairs.has(key)) fault(`同一个名只能给一次 (each key once): ${key.slice(0, 100)}`);
    else pairs.set(key, value.slice(at + 1));
  }
  return pairs.size === 0 ? undefined : Object.fromEntries(pairs);
}

function unread(query: Context["query"], known: ReadonlySet<string>): ParameterFault[] {
  const others = Object.keys(query).filter((name) => !known.has(name));
  const words = `没有这个参数，可用的有 (no such parameter, there are): ${[...known].join(", ")}`;
  return others.map((name) => ({ name: name.slice(0, 100), message: words }));
}

/** Of a text without a word to look for. */
export const NO_WORDS = "没有可以查找的字词 (holds no word to look for)";

/** 400, unless another status is given, that names every parameter that is wrong. */
export function refuseQuery(ctx: Context, faults: readonly ParameterFault[], status: 400 | 422 = 400): void {
  const message = faults.map((fault) => `${fault.name}：${fault.message}`).join("; ");
  refuseApi(ctx, status, { code: "bad_query", message, parameters: faults });
}

/** The values that are there. */
export function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const there = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
