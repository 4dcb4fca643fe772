/** The text of a text, number or boolean; null for anything else. */
export function scalarText(value: unknown): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

/** Whether `equals` compares a value by its spelling. */
export function isSpelled(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** A longer text is no number that anybody wrote; it is not read at all. */
const MAX_NUMBER_CHARS = 100;

/** The number of a number or of a text that is plainly one; null for anything else. */
export function plainNumber(value: unknown): number | null {
  const number = typeof value === "string" && isDecimal(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

function isDecimal(text: string): boolean {
  return text.length <= MAX_NUMBER_CHARS && DECIMAL.test(text.trim());
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Milliseconds of an ISO date or time, UTC where it names no zone; null for anything else. */
export function instantOf(value: unknown): number | null {
  const match = typeof value === "string" && value.length <= 40 ? INSTANT.exec(value) : null;
  if (!match) return null;
  const [, date, time = "00:00", zone = "Z"] = match;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  const ms = Date.parse(`${date}T${time.replace(",", ".")}${offset}`);
  return Number.isNaN(ms) ? null : ms;
}
