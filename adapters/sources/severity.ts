import type { Severity } from "../../core/events/index.ts";

const LEVELS: Readonly<Record<string, Severity>> = {
  critical: "critical",
  page: "critical",
  emergency: "critical",
  major: "major",
  error: "major",
  high: "major",
  warning: "warning",
  warn: "warning",
  // The other half of the page/ticket convention: somebody should look, in working hours.
  ticket: "warning",
  info: "info",
  notice: "info",
  // The heartbeat of kube-prometheus.
  none: "info",
};

/** The level that a sender's word stands for; `unknown` when it is missing or a word of the sender's own. */
export function severityOf(word: string | undefined): Severity {
  const key = word?.trim().toLowerCase();
  return key !== undefined && Object.hasOwn(LEVELS, key) ? (LEVELS[key] ?? "unknown") : "unknown";
}
