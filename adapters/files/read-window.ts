import { parseDuration } from "../../core/time/index.ts";
import type { MaintenanceWindow, Schedule, Span } from "../../core/windows/index.ts";
import { instantMs } from "./check-values.ts";
import type { ScheduleFile, SpanFile } from "./span-schema.ts";
import type { WindowFile } from "./window-schema.ts";

/** The zone of times of the day where a file names none. */
export const DEFAULT_ZONE = "Asia/Shanghai";

/** A checked file as a window. */
export function readWindow(file: WindowFile): MaintenanceWindow {
  const { id, title, why, zone, at, match } = file;
  const spans = at.map((span) => spanOf(span, zone ?? DEFAULT_ZONE));
  return { id, title, spans, match, ...(why === undefined ? {} : { why }) };
}

/** A checked schedule. */
export function readSchedule({ zone, only }: ScheduleFile): Schedule {
  return { only: only.map((span) => spanOf(span, zone ?? DEFAULT_ZONE)) };
}

function spanOf({ cron, for: length, days, from = "", to = "" }: SpanFile, zone: string): Span {
  if (cron !== undefined) return { kind: "cron", cron, zone, forMs: parseDuration(length ?? "") ?? 0 };
  if (days) {
    const [fromMinute = 0, untilMinute = 0] = [minuteOf(from) ?? 0, minuteOf(to) ?? 0];
    return { kind: "weekly", days, fromMinute, untilMinute, zone };
  }
  return { kind: "once", fromMs: instantMs(from) ?? 0, untilMs: instantMs(to) ?? 0 };
}

/** Minutes since midnight of a time of the day such as `09:30`; `24:00` is the midnight after. Null for anything else. */
export function minuteOf(text: string): number | null {
  const match = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text);
  const minute = Number(match?.[1]) * 60 + Number(match?.[2]);
  return match && minute <= 1_440 ? minute : null;
}
