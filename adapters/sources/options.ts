import type { Json } from "../../core/ids/index.ts";
import { parsePath } from "../../core/params/index.ts";
import type { Delivery, Reading, Refusal, SourceAdapter } from "./source-adapter.ts";
import { refused } from "./source-adapter.ts";

/** What is wrong with an option's value, in words; null when nothing is. */
export type OptionCheck = (value: Json) => string | null;

/** The options a kind knows besides `zone`, by name. */
export type OptionChecks = Readonly<Record<string, OptionCheck>>;

type Options = Readonly<Record<string, Json>>;

/**
 * Gives an adapter options: `zone`, an IANA name that goes before the delivery's, and its own. Options it does
 * not know, and values that are wrong, are refused by name before the body is looked at.
 */
export function withOptions(adapter: SourceAdapter, checks: OptionChecks): SourceAdapter {
  const all: OptionChecks = { zone: checkZone, ...checks };
  const good = new WeakSet<object>();
  const checkOptions = (options: Options): Refusal | null => {
    if (good.has(options)) return null;
    const fault = faultOf(options, all);
    if (fault === null) good.add(options);
    return fault;
  };
  const read = (delivery: Delivery): Reading => {
    const { options } = delivery;
    if (options === undefined) return adapter.read(delivery);
    const fault = checkOptions(options);
    if (fault) return fault;
    const { zone } = options;
    return adapter.read(typeof zone === "string" ? inZone(delivery, zone) : delivery);
  };
  return { kind: adapter.kind, read, checkOptions };
}

/** Field by field, because a delivery may make some of them only when they are asked for. */
function inZone({ body, contentType, query, headers, options }: Delivery, zone: string): Delivery {
  return { body, contentType, query, headers, zone, ...(options === undefined ? {} : { options }) };
}

function faultOf(options: Options, checks: OptionChecks): Refusal | null {
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    const fault = check
      ? check(value)
      : `没有这个选项，可用的有 (not an option; known are) ${Object.keys(checks).join(", ")}`;
    if (fault !== null) return refused("bad_options", `options.${name}：${fault}`);
  }
  return null;
}

function checkZone(value: Json): string | null {
  return typeof value === "string" && isZone(value) ? null : "不是时区名 (not the name of a time zone)";
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }) !== undefined;
  } catch {
    // Intl tells of an unknown zone only by throwing.
    return false;
  }
}

/** Checks an object whose values are all texts, or lists of texts, below names that are known. */
export function checkNamedPaths(known: readonly string[]): OptionCheck {
  return (value) => {
    if (!isPlain(value)) return "应为「字段: 路径」(must be an object of paths by field)";
    for (const [name, path] of Object.entries(value)) {
      if (!known.includes(name))
        return `${name} 不是可映射的字段，可用的有 (not a field; known are) ${known.join(", ")}`;
      if (!pathsOf(path)) return `${name} 应为点分路径，如 alert.labels.host (must be a dotted path)`;
    }
    return null;
  };
}

/**
 * The keys of a mapping's value: one path, or a list of alternatives, written as everywhere in Whale
 * (`alert.labels["a.b"]`); null when it is neither.
 */
export function pathsOf(value: Json | undefined): string[][] | null {
  const paths: string[][] = [];
  for (const path of Array.isArray(value) ? value : [value]) {
    const keys = typeof path === "string" ? parsePath(path) : null;
    if (!keys) return null;
    paths.push(keys);
  }
  return paths.length > 0 ? paths : null;
}

/** Checks an object that gives each word of the sender one of the words that are known. */
export function checkWordTable(known: readonly string[]): OptionCheck {
  return (value) => {
    const words = isPlain(value) ? Object.values(value) : [null];
    const good = words.every((word) => typeof word === "string" && known.includes(word));
    return good ? null : `应为「对方的词: ${known.join(" | ")}」(must map words to one of these)`;
  };
}

/** Checks a list of host names. */
export const checkHosts: OptionCheck = (value) => {
  const good =
    Array.isArray(value) &&
    value.every((host) => typeof host === "string" && /^[a-z0-9.-]{1,253}$/i.test(host));
  return good ? null : "应为主机名列表 (must be a list of host names)";
};

/** Checks one dotted path. */
export const checkPath: OptionCheck = (value) =>
  typeof value === "string" && pathsOf(value) ? null : "应为点分路径 (must be a dotted path)";

function isPlain(value: Json): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
