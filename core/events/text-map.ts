/** Labels or annotations as texts by key. Keys `__proto__` are left out; scalars become their text. */
export function textMap(given: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const key of Object.keys(given)) {
    const value = given[key];
    if (key === "__proto__" || value === null || value === undefined) continue;
    texts[key.toWellFormed()] = textOf(value).toWellFormed();
  }
  return texts;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** As `toISOString` writes it, of a day and hour that every month and day has: the usual case costs no more than a look. */
const CANONICAL =
  /^(?:19[7-9]\d|[2-9]\d{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

function isCanonical(text: string): boolean {
  return text.length === 24 && CANONICAL.test(text);
}

const YEAR_10000_MS = Date.UTC(10_000, 0, 1);

/** An instant in ISO 8601, UTC; undefined for none, for what is no time, and for years before 1970. */
export function isoTime(text: string | undefined): string | undefined {
  if (text !== undefined && isCanonical(text)) return text;
  const ms = instantMs(text);
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

/** The same as milliseconds. */
export function instantMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  return ms >= 0 && ms < YEAR_10000_MS ? ms : undefined;
}
