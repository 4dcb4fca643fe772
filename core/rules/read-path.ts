import { pick } from "../ids/index.ts";

/** What a path gives below an event or item; undefined when there is nothing. */
export type Read = (scope: object) => unknown;

type Fields = Record<string, unknown>;

/** The path as a closure. Inherited properties are never read, as with `pick`, which it is a quicker form of. */
export function reader(keys: readonly string[]): Read {
  const [first, second, ...more] = keys;
  // A name that objects and lists inherit needs to be asked for; any other is their own, or not there.
  if (first === undefined || more.length > 0 || keys.some(isInherited)) return (scope) => pick(scope, keys);
  if (second === undefined) return (scope) => (scope as Fields)[first];
  return (scope) => {
    const outer = (scope as Fields)[first];
    return typeof outer === "object" && outer !== null ? (outer as Fields)[second] : undefined;
  };
}

function isInherited(key: string): boolean {
  return key in Object.prototype || key in Array.prototype;
}
