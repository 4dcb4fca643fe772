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

const YEAR_10000_MS = Date.UTC(10_000, 0, 1);

/** An instant in ISO 8601, UTC; undefined for none, for what is no time, and for years before 1970. */
export function isoTime(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  return ms >= 0 && ms < YEAR_10000_MS ? new Date(ms).toISOString() : undefined;
}
