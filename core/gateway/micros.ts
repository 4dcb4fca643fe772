const INSTANT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/;

/**
 * StackStorm's instants in microseconds, of which it has six digits: with or without a fraction, `Z` or an offset
 * (reference/stackstorm.md trap 24). Null for what is none.
 */
export function microsOf(text: unknown): number | null {
  const match = typeof text === "string" ? INSTANT.exec(text) : null;
  if (!match) return null;
  const [, day, time, fraction = "", zone = "Z"] = match;
  const ms = Date.parse(`${day}T${time}${zone.replace(/^([+-]\d\d)(\d\d)$/, "$1:$2")}`);
  return Number.isNaN(ms) ? null : ms * 1_000 + Number(fraction.padEnd(6, "0").slice(0, 6));
}

/** The same as StackStorm takes it in a query. */
export function microsText(micros: number): string {
  const second = Math.floor(micros / 1_000_000);
  const fraction = String(micros - second * 1_000_000).padStart(6, "0");
  return new Date(second * 1_000).toISOString().replace(/\.\d+Z$/, `.${fraction}Z`);
}
