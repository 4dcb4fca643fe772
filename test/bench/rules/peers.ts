import { createRequire } from "node:module";
import { createMongoAbility } from "@casl/ability";
import { ZenEngine } from "@gorules/zen-engine";
import { Environment } from "@marcbachmann/cel-js";
import { Engine } from "json-rules-engine";
import { Query } from "mingo";
import type { WhaleEvent } from "../../../core/events/index.ts";
import { type Contestant, direct } from "./contestant.ts";
import { patternOf, type Spec } from "./drawn.ts";

/** Libraries by name, each as its own pages say. Regular expressions are theirs, or the platform's. */
export const PEERS: Readonly<Record<string, (specs: readonly Spec[]) => Contestant>> = {
  "json-rules-engine": jsonRulesEngine,
  "json-logic-js": jsonLogic,
  mingo,
  "@casl/ability": casl,
  "@gorules/zen-engine": zen,
  "@marcbachmann/cel-js": cel,
};

/** One whose answer for an event is a promise. */
function later(find: (event: WhaleEvent) => Promise<string[]>): Contestant {
  const count = async (events: readonly WhaleEvent[]) => {
    let found = 0;
    for (const event of events) found += (await find(event)).length;
    return found;
  };
  return { ids: find, count };
}

/** Asks one check after the other. */
function each(checks: readonly { id: string; holds: (event: WhaleEvent) => boolean }[]): Contestant {
  return direct(
    (event) => checks.filter(({ holds }) => holds(event)),
    ({ id }) => id,
  );
}

function jsonRulesEngine(specs: readonly Spec[]): Contestant {
  const engine = new Engine([], { allowUndefinedFacts: true });
  engine.addOperator("startsWith", (text: string, part: string) => text.startsWith(part));
  engine.addOperator("matches", (text: string, pattern: RegExp) => pattern.test(text));
  const at = (fact: string, path: string, operator: string, value: unknown) => ({
    fact,
    path,
    operator,
    value,
  });
  for (const spec of specs) {
    const all = [
      { fact: "type", operator: "equal", value: spec.type },
      at("labels", "$.env", "equal", "prod"),
      at("detail", "$.metric", "greaterThan", spec.above),
      at("detail", "$.host", "startsWith", spec.prefix),
      at("detail", "$.host", "matches", new RegExp(patternOf(spec))),
    ];
    engine.addRule({ conditions: { all }, event: { type: spec.id } });
  }
  return later(async (event) => {
    const { type, labels, detail } = event;
    const { events } = await engine.run({ type, labels, detail });
    return events.map((found) => found.type);
  });
}

interface JsonLogic {
  apply(rule: unknown, data: unknown): unknown;
  add_operation(name: string, run: (...values: never[]) => unknown): void;
}

function jsonLogic(specs: readonly Spec[]): Contestant {
  const logic = createRequire(import.meta.url)("json-logic-js") as JsonLogic;
  logic.add_operation("startsWith", (text: string, part: string) => text.startsWith(part));
  const patterns = new Map(specs.map((spec) => [patternOf(spec), new RegExp(patternOf(spec))]));
  logic.add_operation("matches", (text: string, source: string) => patterns.get(source)?.test(text) ?? false);
  const rules = specs.map((spec) => {
    const host = { var: "detail.host" };
    const and = [
      { "==": [{ var: "type" }, spec.type] },
      { "==": [{ var: "labels.env" }, "prod"] },
      { ">": [{ var: "detail.metric" }, spec.above] },
      { startsWith: [host, spec.prefix] },
      { matches: [host, patternOf(spec)] },
    ];
    return { id: spec.id, holds: (event: WhaleEvent) => logic.apply({ and }, event) === true };
  });
  return each(rules);
}

function mingo(specs: readonly Spec[]): Contestant {
  const queries = specs.map((spec) => {
    const query = new Query({
      type: spec.type,
      "labels.env": "prod",
      "detail.metric": { $gt: spec.above },
      "detail.host": { $regex: new RegExp(patternOf(spec)) },
    });
    return {
      id: spec.id,
      holds: (event: WhaleEvent) => query.test(event as unknown as Record<string, unknown>),
    };
  });
  return each(queries);
}

function casl(specs: readonly Spec[]): Contestant {
  const rules = specs.map((spec) => ({
    action: "fit",
    subject: spec.type,
    reason: spec.id,
    conditions: {
      "labels.env": "prod",
      "detail.metric": { $gt: spec.above },
      "detail.host": { $regex: new RegExp(patternOf(spec)) },
    },
  }));
  const ability = createMongoAbility(rules, {
    detectSubjectType: (event) => (event as unknown as WhaleEvent).type,
  });
  return direct(
    (event) =>
      ability
        .rulesFor("fit", event.type)
        .filter((rule) =>
          rule.matchesConditions(event as unknown as Parameters<typeof rule.matchesConditions>[0]),
        ),
    (rule) => rule.reason ?? "",
  );
}

function zen(specs: readonly Spec[]): Contestant {
  const inputs = ["type", "labels.env", "detail.metric", "detail.host"];
  const rows = specs.map((spec) => ({
    _id: spec.id,
    in0: JSON.stringify(spec.type),
    in1: '"prod"',
    in2: `> ${spec.above}`,
    in3: `startsWith($, "${spec.prefix}") and matches($, "^${spec.prefix}[0-9]+")`,
    out: JSON.stringify(spec.id),
  }));
  const table = {
    hitPolicy: "collect",
    inputs: inputs.map((field, i) => ({ id: `in${i}`, name: field, type: "expression", field })),
    outputs: [{ id: "out", name: "id", type: "expression", field: "id" }],
    rules: rows,
  };
  const nodes = [
    { id: "in", name: "in", type: "inputNode" },
    { id: "table", name: "table", type: "decisionTableNode", content: table },
    { id: "end", name: "end", type: "outputNode" },
  ];
  const edges = [
    { id: "a", type: "edge", sourceId: "in", targetId: "table" },
    { id: "b", type: "edge", sourceId: "table", targetId: "end" },
  ];
  const decision = new ZenEngine().createDecision({ nodes, edges });
  return later(async ({ type, labels, detail }) => {
    const { result } = await decision.evaluate({ type, labels, detail });
    return (result as { id: string }[]).map(({ id }) => id);
  });
}

function cel(specs: readonly Spec[]): Contestant {
  const environment = new Environment({ unlistedVariablesAreDyn: true });
  const programs = specs.map((spec) => {
    const pattern = JSON.stringify(patternOf(spec));
    const program = environment.parse(
      `kind == ${JSON.stringify(spec.type)} && env == "prod" && metric > ${spec.above}.0 && host.startsWith("${spec.prefix}") && host.matches(${pattern})`,
    );
    return { id: spec.id, program };
  });
  const find = ({ type, labels, detail }: WhaleEvent) => {
    const given = { kind: type, env: labels["env"], metric: detail["metric"], host: detail["host"] };
    return programs.filter(({ program }) => program(given) === true);
  };
  return direct(find, ({ id }) => id);
}
