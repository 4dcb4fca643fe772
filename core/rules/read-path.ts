import { pick } from "../ids/index.ts";
import { parsePath } from "../params/path.ts";

/** What a path gives below an event or item; undefined when there is nothing. */
export type Read = (scope: object) => unknown;

type Fields = Record<string, unknown>;

interface Parts {
  labels?: unknown;
  detail?: unknown;
}

/** A path of a feature, taken apart. */
export interface ReadablePath {
  readonly keys: readonly string[];
  readonly read: Read;
}

const known = new Map<string, ReadablePath>();
const MAX_KNOWN = 1000;

/**
 * Takes a path apart; null when it is none. `event_type` is another name of an event's `type`. Many rules have
 * few paths, so what was made once is given again; it depends on nothing but the text.
 */
export function readablePath(text: string): ReadablePath | null {
  const found = known.get(text);
  if (found) return found;
  const parsed = parsePath(text);
  if (!parsed) return null;
  const keys = parsed[0] === "event_type" ? ["type", ...parsed.slice(1)] : parsed;
  const path = { keys, read: reader(keys) };
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(text, path);
  return path;
}

/** The path as a closure. Inherited properties are never read, as with `pick`, which it is a quicker form of. */
function reader(keys: readonly string[]): Read {
  const [first, second, ...more] = keys;
  // A name that objects and lists inherit needs to be asked for; any other is their own, or not there.
  if (first === undefined || more.length > 0 || keys.some(isInherited)) return (scope) => pick(scope, keys);
  if (second === undefined) return (scope) => (scope as Fields)[first];
  // Most paths are below these two: a name that stands in the code is found quicker than one that is passed.
  if (first === "labels") return (scope) => memberOf((scope as Parts).labels, second);
  if (first === "detail") return (scope) => memberOf((scope as Parts).detail, second);
  return (scope) => memberOf((scope as Fields)[first], second);
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Fields)[key] : undefined;
}

function isInherited(key: string): boolean {
  return key in Object.prototype || key in Array.prototype;
}
