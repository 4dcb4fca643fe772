import { zoneFormatters } from "../time/index.ts";

const formatterOf = zoneFormatters("sv-SE", {
  ...{ year: "numeric", month: "2-digit", day: "2-digit" },
  ...{ hour: "2-digit", minute: "2-digit", second: "2-digit" },
  timeZoneName: "short",
});

/** An instant to the second, with its zone: pages are kept and passed on, so that the day alone says too little. */
export function pageTime(ms: number, timeZone: string): string {
  return Number.isFinite(ms) ? formatterOf(timeZone).format(ms) : "–";
}
