/** One broken limit of a card. */
export interface Violation {
  /** Where, for example `button_list[2].text`. */
  path: string;
  /** Which limit, for people. */
  rule: string;
  /** What WeCom would answer; null where its client would shorten or ignore instead. */
  errcode: number | null;
}

/** A part of a card as it was found. */
export type Part = Record<string, unknown>;

/** Finds what is wrong with the value at a path. */
export type Check = (value: unknown, path: string) => Violation[];

/** A field of a part: how its value is checked and whether it must be there. */
export interface FieldRule {
  check: Check;
  required?: boolean;
  /** Errcode when it is missing. */
  errcode?: number;
}

/** The general answer to a parameter that has no errcode of its own. */
export const BAD_PARAMETER = 40058;

/** Whether a value is an object with fields. */
export function isPart(value: unknown): value is Part {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One violation as a list. */
export function broken(path: string, rule: string, errcode: number | null = BAD_PARAMETER): Violation[] {
  return [{ path, rule, errcode }];
}

/** Whether a field counts as given; a blank text does not. */
export function isGiven(value: unknown): boolean {
  if (typeof value === "string") return value.trim() !== "";
  return value !== undefined && value !== null;
}

/** A text of at most `max` characters (code points); longer ones are only shortened by WeCom's client. */
export function chars(max: number): Check {
  return (value, path) => {
    if (typeof value !== "string") return broken(path, "must be a text");
    if (!value.isWellFormed()) return broken(path, "has half a character", 40033);
    return [...value].length > max ? broken(path, `is longer than ${max} characters`, null) : [];
  };
}

/** A text of at most `max` bytes of UTF-8, not empty. */
export function bytes(max: number, errcode: number, pattern?: RegExp): Check {
  return (value, path) => {
    if (typeof value !== "string" || value === "") return broken(path, "must be a text", errcode);
    if (!value.isWellFormed()) return broken(path, "has half a character", 40033);
    if (Buffer.byteLength(value) > max) return broken(path, `is longer than ${max} bytes`, errcode);
    return pattern && !pattern.test(value)
      ? broken(path, "has characters that are not allowed", errcode)
      : [];
  };
}

/** One of some values. */
export function oneOf(allowed: readonly unknown[], errcode: number | null = BAD_PARAMETER): Check {
  return (value, path) =>
    allowed.includes(value) ? [] : broken(path, `must be one of ${allowed.join(", ")}`, errcode);
}

/** A number from `min` to `max`. */
export function between(min: number, max: number): Check {
  return (value, path) =>
    typeof value === "number" && value >= min && value <= max
      ? []
      : broken(path, `must be a number from ${min} to ${max}`);
}

function sharedValues(list: readonly unknown[], path: string, unique: { by: string; errcode: number }) {
  const seen = new Set<unknown>();
  return list.flatMap((item, i) => {
    const value = isPart(item) ? item[unique.by] : undefined;
    if (value === undefined || !seen.has(value)) {
      seen.add(value);
      return [];
    }
    return broken(`${path}[${i}].${unique.by}`, "is given twice", unique.errcode);
  });
}

/** A list of `min` to `max` parts, with one field different in each when `unique` is given. */
export function list(
  size: { min: number; max: number; errcode: number },
  item: Check,
  unique?: { by: string; errcode: number },
): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return broken(path, "must be a list", size.errcode);
    const { min, max, errcode } = size;
    const length =
      value.length < min || value.length > max
        ? broken(path, `must have ${min} to ${max} entries`, errcode)
        : [];
    const items = value.flatMap((entry: unknown, i) => item(entry, `${path}[${i}]`));
    return [...length, ...items, ...(unique ? sharedValues(value, path, unique) : [])];
  };
}

function checkField(name: string, rule: FieldRule, part: Part, path: string): Violation[] {
  const at = path === "" ? name : `${path}.${name}`;
  const value = part[name];
  if (isGiven(value)) return rule.check(value, at);
  return rule.required ? broken(at, "is required", rule.errcode ?? BAD_PARAMETER) : [];
}

/** A part with exactly these fields; `whole` sees what no single field shows. */
export function shape(
  fields: Record<string, FieldRule>,
  whole?: (part: Part, path: string) => Violation[],
): Check {
  return (value, path) => {
    if (!isPart(value)) return broken(path, "must be an object");
    const found = Object.entries(fields).flatMap(([name, rule]) => checkField(name, rule, value, path));
    const strange = Object.keys(value).filter((name) => !Object.hasOwn(fields, name));
    const unknown = strange.flatMap((name) =>
      broken(path === "" ? name : `${path}.${name}`, "does not belong here", null),
    );
    return [...found, ...unknown, ...(whole?.(value, path) ?? [])];
  };
}

/** A field that may be missing. */
export function may(check: Check): FieldRule {
  return { check };
}

/** A field that must be there. */
export function must(check: Check, errcode: number): FieldRule {
  return { check, required: true, errcode };
}
