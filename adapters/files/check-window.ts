import { parseDuration } from "../../core/time/index.ts";
import { MAX_CRON_SPAN_MS } from "../../core/windows/index.ts";
import { checkDuration, checkInstant, checkZone, instantMs } from "./check-values.ts";
import type { Path } from "./home-file.ts";
import type { Located } from "./located.ts";
import { problemAt, problemMissing, quotingWords } from "./located.ts";
import { itemsAt, keysAt, textAt } from "./look.ts";
import type { Problem, Words } from "./problem.ts";
import { minuteOf } from "./read-window.ts";

/** What is wrong with a cron expression; null when nothing is. */
export type CronFault = (expression: string) => string | null;

/** What can be said of one window's file alone. */
export function checkWindow(located: Located, cronFault: CronFault): Problem[] {
  return [...checkZone(located, ["zone"]), ...checkSpans(located, ["at"], cronFault)];
}

/** What can be said of a rule's schedule. */
export function checkSchedule(located: Located, cronFault: CronFault): Problem[] {
  return [
    ...checkZone(located, ["schedule", "zone"]),
    ...checkSpans(located, ["schedule", "only"], cronFault),
  ];
}

function checkSpans(located: Located, path: Path, cronFault: CronFault): Problem[] {
  return itemsAt(located, path).flatMap((span) => checkSpan(located, span, cronFault));
}

const FORMS: Words = {
  zh: "应为 { cron, for }、{ days, from, to } 或 { from, to } 之一",
  en: "must be one of { cron, for }, { days, from, to }, { from, to }",
};

function checkSpan(located: Located, path: Path, cronFault: CronFault): Problem[] {
  switch (keysAt(located, path).sort().join(" ")) {
    case "cron for":
      return [...checkCron(located, [...path, "cron"], cronFault), ...checkLength(located, [...path, "for"])];
    case "cron":
      return [problemMissing(located, [...path, "for"])];
    case "days from to":
      return ["from", "to"].flatMap((key) => checkMinute(located, [...path, key]));
    case "from to":
      return checkInstants(located, path);
    default:
      return [problemAt(located, path, FORMS)];
  }
}

function checkCron(located: Located, path: Path, cronFault: CronFault): Problem[] {
  const fault = cronFault(textAt(located, path) ?? "");
  if (fault === null) return [];
  const words = { zh: "不是五段的 cron 表达式", en: "is no cron expression of five fields" };
  return [problemAt(located, path, quotingWords(located, path, words, fault))];
}

function checkLength(located: Located, path: Path): Problem[] {
  const ms = parseDuration(textAt(located, path) ?? "");
  if (ms === null) return checkDuration(located, path);
  if (ms >= 60_000 && ms <= MAX_CRON_SPAN_MS) return [];
  return [problemAt(located, path, { zh: "应在 1m 到 7d 之间", en: "must be between 1m and 7d" })];
}

function checkMinute(located: Located, path: Path): Problem[] {
  if (minuteOf(textAt(located, path) ?? "") !== null) return [];
  const words = {
    zh: '应为时刻，如 "09:30"（带引号）',
    en: 'must be a time of day such as "09:30", in quotes',
  };
  return [problemAt(located, path, words)];
}

function checkInstants(located: Located, path: Path): Problem[] {
  const [from, to] = [
    [...path, "from"],
    [...path, "to"],
  ] as const;
  const faults = [...checkInstant(located, from), ...checkInstant(located, to)];
  const [fromMs, toMs] = [from, to].map((one) => instantMs(textAt(located, one) ?? ""));
  if (faults.length > 0 || fromMs == null || toMs == null || fromMs < toMs) return faults;
  return [problemAt(located, to, { zh: "to 应晚于 from", en: "must be later than from" })];
}
