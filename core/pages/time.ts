import { zoneFormatters } from "../time/index.ts";

const formatterOf = zoneFormatters("sv-SE", {
  ...{ year: "numeric", month: "2-digit", day: "2-digit" },
  ...{ hour: "2-digit", minute: "2-digit", second: "2-digit" },
  timeZoneName: "short",
});

const minuteFormatterOf = zoneFormatters("sv-SE", {
  ...{ year: "numeric", month: "2-digit", day: "2-digit" },
  ...{ hour: "2-digit", minute: "2-digit" },
});

/** An instant to the minute, for rows of a list. */
export function listTime(ms: number, timeZone: string): string {
  return Number.isFinite(ms) ? minuteFormatterOf(timeZone).format(ms) : "–";
}

/** An instant to the second, with its zone: pages are kept and passed on, so that the day alone says too little. */
export function pageTime(ms: number, timeZone: string): string {
  return Number.isFinite(ms) ? formatterOf(timeZone).format(ms) : "–";
}
