const TIME = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:Z|[+-]00(?::?00)?)?$/;

/**
 * An instant as StackStorm writes it, in milliseconds since 1970; null when it cannot be read. It writes UTC
 * with `Z`, `+00`, `+0000`, `+00:00` or nothing at the end, with or without a fraction.
 */
export function parseTimeMs(text: string): number | null {
  const match = TIME.exec(text);
  if (!match) return null;
  const [, day, time, fraction = ""] = match;
  const ms = Date.parse(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, "0")}Z`);
  return Number.isNaN(ms) ? null : ms;
}

/** The same instant as an ISO text in UTC with milliseconds; undefined when it cannot be read. */
export function isoTime(text: string | undefined): string | undefined {
  const ms = text === undefined ? null : parseTimeMs(text);
  return ms === null ? undefined : new Date(ms).toISOString();
}
