import { zoneFormatters } from "../time/index.ts";

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A time by the clock on the wall of a zone. */
export interface LocalMinute {
  weekday: Weekday;
  /** Since midnight. */
  minute: number;
}

const formatterOf = zoneFormatters("en-US", {
  hourCycle: "h23",
  weekday: "short",
  hour: "2-digit",
  minute: "2-digit",
});

/** The day of the week and the minute of the day that an instant has in an IANA zone. */
export function localMinute(atMs: number, zone: string): LocalMinute {
  const parts = new Map(
    formatterOf(zone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, value]),
  );
  const weekday = WEEKDAYS.find((day) => day === parts.get("weekday")?.toLowerCase()) ?? "mon";
  return { weekday, minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")) };
}
