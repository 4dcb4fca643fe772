import { join } from "node:path";
import Type from "typebox";
import type { Json, JsonObject } from "../../core/ids/index.ts";
import { type RuleExpectation, VERDICT_REASONS } from "../../core/rules/index.ts";
import type { Environment } from "./home-file.ts";
import { readRuleTestTexts } from "./home-folders.ts";
import { type Located, problemAt, problemMissing, spotOf } from "./located.ts";
import { itemsAt, keysAt, valueAt } from "./look.ts";
import { inOrder, type Problem } from "./problem.ts";
import { readYaml } from "./read-yaml.ts";
import { shapeOf } from "./shape.ts";

/** One case of a test: an event, or the body that a source sends, and what is expected of rules. */
export interface RuleTestCase {
  /** Path of its file below the home, and the line at which it begins. */
  file: string;
  line: number;
  name: string;
  /** ISO time of the receipt; windows and schedules count only where it is given. */
  at?: string;
  /** In the form of `POST /api/v1/events`. */
  event?: JsonObject;
  /** Name of the source that reads the body. */
  source?: string;
  /** Path of the body's file, beside the test's. */
  bodyFile?: string;
  /** The body itself, as JSON. */
  body?: JsonObject;
  /** Which of the events that the body makes is judged, from 0. */
  index: number;
  expect: ReadonlyMap<string, RuleExpectation>;
}

export type RuleTestLoading =
  | { outcome: "loaded"; cases: RuleTestCase[] }
  | { outcome: "refused"; problems: Problem[] };

const VERDICTS = [...VERDICT_REASONS, "not_asked"] as const;
const Text = Type.String({ minLength: 1 });
const AnyObject = Type.Record(Type.String(), Type.Unknown());
const closed = { additionalProperties: false };
const CaseShape = Type.Object(
  {
    name: Text,
    at: Type.Optional(Text),
    event: Type.Optional(AnyObject),
    source: Type.Optional(Text),
    body: Type.Optional(Type.Unknown()),
    index: Type.Optional(Type.Integer({ minimum: 0 })),
    expect: AnyObject,
  },
  closed,
);
const FILE = shapeOf(Type.Object({ cases: Type.Array(CaseShape, { minItems: 1 }) }, closed));
const VERDICT = shapeOf<RuleExpectation["verdict"]>(Type.Enum([...VERDICTS]));
const EXPECTATION = shapeOf<Partial<RuleExpectation>>(
  Type.Object(
    {
      verdict: Type.Optional(Type.Enum([...VERDICTS])),
      params: Type.Optional(AnyObject),
      allParams: Type.Optional(AnyObject),
      targets: Type.Optional(Type.Array(Type.String())),
      throttle: Type.Optional(Type.Unknown()),
      tasks: Type.Optional(Type.Integer({ minimum: 0 })),
      feature: Type.Optional(Text),
    },
    closed,
  ),
);

/** Reads `rules/*.test.yaml` of a home: all cases, in the order of files and lines, or all that is wrong with them. */
export async function loadRuleTests(dir: string, env: Environment): Promise<RuleTestLoading> {
  const { texts, problems } = await readRuleTestTexts(dir);
  const cases: RuleTestCase[] = [];
  for (const text of texts) {
    const reading = readYaml(text, env);
    problems.push(...reading.problems);
    if (reading.outcome === "refused") continue;
    const { located } = reading;
    const wrong = [
      ...FILE.problems(located),
      ...itemsAt(located, ["cases"]).flatMap((at) => checkCase(located, at)),
    ];
    problems.push(...wrong);
    if (wrong.length === 0)
      cases.push(...itemsAt(located, ["cases"]).map((at) => readCase(located, at, dir)));
  }
  return problems.length > 0
    ? { outcome: "refused", problems: inOrder(problems) }
    : { outcome: "loaded", cases };
}

type Place = readonly string[];

function checkCase(located: Located, at: Place): Problem[] {
  const given = (key: string) => valueAt(located, [...at, key]) !== undefined;
  const problems: Problem[] = [];
  if (given("event") === given("source")) {
    const words = { zh: "event 和 source 要有且只有一个", en: "needs either event or source" };
    problems.push(problemAt(located, at, words));
  }
  if (given("source") && !given("body")) problems.push(problemMissing(located, [...at, "body"]));
  const time = valueAt(located, [...at, "at"]);
  if (typeof time === "string" && !/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(time)) {
    const words = { zh: "应为带时区的时间", en: "must be a time with its zone" };
    problems.push(problemAt(located, [...at, "at"], words));
  }
  const rules = keysAt(located, [...at, "expect"]).map((rule) => [...at, "expect", rule]);
  return [...problems, ...rules.flatMap((rule) => checkExpectation(located, rule))];
}

function checkExpectation(located: Located, at: Place): Problem[] {
  const isWord = typeof valueAt(located, at) === "string";
  return (isWord ? VERDICT : EXPECTATION).problems(located, at);
}

function readCase(located: Located, at: Place, dir: string): RuleTestCase {
  const value = valueAt(located, at) as unknown as {
    name: string;
    at?: string;
    event?: JsonObject;
    source?: string;
    body?: Json;
    index?: number;
  };
  const { name, event, source, body, index = 0 } = value;
  const rules = keysAt(located, [...at, "expect"]);
  return {
    ...{ file: located.file, line: spotOf(located, at).line, name, index },
    ...(value.at === undefined ? {} : { at: value.at }),
    ...(event ? { event } : {}),
    ...(source === undefined ? {} : { source }),
    ...(typeof body === "string" ? { bodyFile: join(dir, "rules", body) } : {}),
    ...(typeof body === "object" && body !== null ? { body: body as JsonObject } : {}),
    expect: new Map(rules.map((rule) => [rule, expectationOf(located, [...at, "expect", rule])])),
  };
}

/** An object that names no verdict expects the rule to fire. */
function expectationOf(located: Located, at: Place): RuleExpectation {
  if (typeof valueAt(located, at) === "string") return { verdict: VERDICT.read(located, at) };
  return { verdict: "fired", ...EXPECTATION.read(located, at) };
}
