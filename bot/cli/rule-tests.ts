import type { RuleTestCase } from "../../adapters/files/index.ts";
import { errorText } from "../../core/errors.ts";
import { API_SOURCE, type WhaleEvent } from "../../core/events/index.ts";
import { compileMutes } from "../../core/mutes/index.ts";
import {
  type Difference,
  differences,
  type JudgeContext,
  testRule,
  timeHold,
} from "../../core/rules/index.ts";
import type { InForce } from "../in-force.ts";
import { HOME_PARTS } from "../wire.ts";
import { requestOf, type Trial, type TrialOutcome, tryReady, trySource } from "./try-source.ts";

export type CaseResult =
  | { outcome: "passed" }
  | { outcome: "failed"; differences: (Difference & { rule: string })[] }
  /** There was no event to judge. */
  | { outcome: "broken"; message: string };

/** The zone of times without one, and the time of a case that names none. */
export interface Moment {
  zone: string;
  nowMs: number;
}

/** Makes a case's event, judges it by the rules that the case names, and compares. */
export function runCase(test: RuleTestCase, inForce: InForce, moment: Moment): CaseResult {
  const nowMs = test.at === undefined ? moment.nowMs : Date.parse(test.at);
  const read = eventOf(test, inForce, { ...moment, nowMs });
  if (read.outcome === "broken") return read;
  const given = { event: read.event, context: contextOf(test, inForce, nowMs) };
  const found = [...test.expect].flatMap(([rule, expectation]) => {
    const tested = testRule(inForce.set, rule, given);
    if (tested) return differences(expectation, tested).map((one) => ({ rule, ...one }));
    return [{ rule, field: "rule", expected: rule, actual: null, because: "没有这条规则 · no such rule" }];
  });
  return found.length === 0 ? { outcome: "passed" } : { outcome: "failed", differences: found };
}

/** Windows and schedules hold only where a case says when it is, or tests would fail at night. */
function contextOf(
  { at }: RuleTestCase,
  { clusters, routes, policies, schedules, windows }: InForce,
  nowMs: number,
): JudgeContext {
  const context = { nowMs, clusters, routes, policies };
  if (at === undefined) return context;
  return { ...context, timeHold: timeHold({ schedules, windows, mutes: compileMutes([]) }) };
}

type TestEvent = { outcome: "event"; event: WhaleEvent } | Extract<CaseResult, { outcome: "broken" }>;

function eventOf(test: RuleTestCase, inForce: InForce, moment: Moment): TestEvent {
  const tried = attempt(test, inForce, moment);
  if (tried.outcome === "refused") return { outcome: "broken", message: tried.message };
  const result = tried.results[test.index];
  if (result === undefined) {
    return {
      outcome: "broken",
      message: `没有第 ${test.index} 个事件，共 ${tried.results.length} 个 (no such event in the body)`,
    };
  }
  if ("rawRef" in result) return { outcome: "event", event: result };
  return { outcome: "broken", message: JSON.stringify(result) };
}

const JSON_HEADERS = { "content-type": "application/json" };

function attempt(test: RuleTestCase, inForce: InForce, moment: Moment): TrialOutcome {
  const { source, bodyFile, body, event } = test;
  try {
    const request = bodyFile === undefined ? requestWith(body ?? event ?? {}) : requestOf(bodyFile);
    if (source !== undefined) return trySource(inForce, { source, ...request, ...moment });
    return tryReady(plainSource(inForce), { ...request, ...moment });
  } catch (error) {
    return { outcome: "refused", message: errorText(error) };
  }
}

function requestWith(body: object): Pick<Trial, "body" | "headers" | "query"> {
  return { body: Buffer.from(JSON.stringify(body)), headers: JSON_HEADERS, query: {} };
}

/** What reads an event in the form of `POST /api/v1/events`. */
function plainSource({ registry }: InForce): Parameters<typeof tryReady>[0] {
  const adapter = HOME_PARTS.kinds["generic"];
  if (!adapter) throw new Error("no kind of source reads plain events");
  const source = {
    name: API_SOURCE,
    kind: "generic",
    auth: { kind: "none" as const },
    map: [],
    mappings: [],
  };
  return { source, adapter, registry };
}
