import { createTask, validateDetailed } from "node-cron";
import type { CronTimes } from "../../core/windows/index.ts";

/** What is wrong with a cron expression; null when nothing is. Five fields: spans begin with a minute. */
export function cronFault(expression: string): string | null {
  const fields = expression.trim().split(/\s+/).length;
  if (fields !== 5) return `has ${fields} fields, not 5 (minute hour day month weekday)`;
  const { valid, errors } = validateDetailed(expression);
  if (valid) return null;
  return errors.map(({ field, message }) => `${field}: ${message}`).join("; ") || "is no cron expression";
}

/** The times of an expression that has no fault, by the clock of an IANA zone. Nothing is scheduled. */
export function cronTimes(expression: string, zone: string): CronTimes {
  const task = createTask(expression, () => undefined, { timezone: zone });
  // The library keeps a list of its tasks; this one is asked and never run.
  void task.destroy();
  return (minuteMs) => task.match(new Date(minuteMs));
}
