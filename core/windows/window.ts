import type { WhaleEvent } from "../events/event.ts";
import { patternTest } from "./pattern.ts";
import { type CompiledSpan, type CronReader, compileSpan, type Span } from "./span.ts";

/** What a window holds: everything that is given must fit. Patterns may hold `*`; in a list one must fit. */
export interface WindowMatch {
  rules?: readonly string[];
  businesses?: readonly string[];
  types?: readonly string[];
  sources?: readonly string[];
  subjects?: readonly string[];
  labels?: Readonly<Record<string, readonly string[]>>;
}

/** A time of maintenance: what fits makes no tasks meanwhile. Events come, are kept and searched as ever. */
export interface MaintenanceWindow {
  id: string;
  title: string;
  spans: readonly Span[];
  match: WindowMatch;
  /** What a person reads. */
  why?: string;
}

/** The window that holds an event, and when it is over. */
export interface InWindow {
  window: MaintenanceWindow;
  untilMs: number;
}

/** A rule as a window sees it. */
export interface WindowedRule {
  id: string;
  business: string;
}

/** Windows that can be asked. */
export interface CompiledWindows {
  /** The first window that holds the event for the rule at its receipt; null when none does. */
  holding(rule: WindowedRule, event: WhaleEvent): InWindow | null;
}

/** Compiles windows, in their order. */
export function compileWindows(windows: readonly MaintenanceWindow[], cron: CronReader): CompiledWindows {
  const compiled = windows.map((window) => ({
    window,
    spans: window.spans.map((span) => compileSpan(span, cron)),
    fits: compileMatch(window.match),
  }));
  return {
    holding: (rule, event) => {
      const atMs = Date.parse(event.receivedAt);
      for (const { window, spans, fits } of compiled) {
        const untilMs = endOfSpans(spans, atMs);
        if (untilMs !== null && fits(rule, event)) return { window, untilMs };
      }
      return null;
    },
  };
}

/** When the last of the spans ends that an instant lies in; null outside all. */
export function endOfSpans(spans: readonly CompiledSpan[], atMs: number): number | null {
  let end: number | null = null;
  for (const span of spans) {
    const one = span.endAt(atMs);
    if (one !== null && (end === null || one > end)) end = one;
  }
  return end;
}

type Fits = (rule: WindowedRule, event: WhaleEvent) => boolean;

function compileMatch(match: WindowMatch): Fits {
  const { rules, businesses, types, sources, subjects, labels = {} } = match;
  const tests: Fits[] = [];
  const add = (patterns: readonly string[] | undefined, textOf: (...given: Parameters<Fits>) => string) => {
    if (!patterns) return;
    const fits = patternTest(patterns);
    tests.push((rule, event) => fits(textOf(rule, event)));
  };
  add(rules, (rule) => rule.id);
  add(businesses, (rule) => rule.business);
  add(types, (_, event) => event.type);
  add(sources, (_, event) => event.source);
  add(subjects, (_, event) => event.subject);
  for (const [label, patterns] of Object.entries(labels)) {
    const fits = patternTest(patterns);
    tests.push((_, { labels: given }) => Object.hasOwn(given, label) && fits(given[label] ?? ""));
  }
  return (rule, event) => tests.every((test) => test(rule, event));
}
