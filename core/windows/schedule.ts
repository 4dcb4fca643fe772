import { type CompiledSpan, type CronReader, compileSpan, type Span } from "./span.ts";
import { endOfSpans } from "./window.ts";

/** When a rule is at work: within one of the spans. Outside, what would fire is held. */
export interface Schedule {
  only: readonly Span[];
}

/** Whether a rule is at work at an instant. */
export type AtWork = (atMs: number) => boolean;

/** Compiles a schedule. */
export function compileSchedule({ only }: Schedule, cron: CronReader): AtWork {
  const spans: CompiledSpan[] = only.map((span) => compileSpan(span, cron));
  return (atMs) => endOfSpans(spans, atMs) !== null;
}
