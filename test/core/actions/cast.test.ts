import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type ActionSchema,
  actionParameters,
  actionsUsed,
  castParams,
  fitParams,
  literalMisfits,
  misfitText,
  PARAMETER_TYPES,
  ruleMisfits,
} from "../../../core/actions/index.ts";
import type { Json, JsonObject } from "../../../core/ids/index.ts";
import { judge } from "../../../core/rules/index.ts";
import { anEvent } from "../../support/builders.ts";
import { aCluster, aContext, aRule, setOf } from "../rules/a-rule.ts";

function schemaOf(declared: JsonObject, enabled = true): ActionSchema {
  return { action: "disk.cleanup", enabled, parameters: actionParameters(declared) };
}

function castOne(spec: JsonObject, value: Json): unknown {
  const cast = castParams(schemaOf({ x: spec }), { x: value });
  if (cast.outcome === "fits") return cast.value["x"];
  return cast.misfits.map(({ reason, expected, actual }) => `${reason}: ${expected} ${actual}`).join();
}

describe("a rendered value in the type of its parameter", () => {
  const cases: readonly [type: Json, value: Json, cast: Json][] = [
    ["integer", "85", 85],
    ["integer", " -3 ", -3],
    ["integer", 85, 85],
    ["integer", "1e3", 1000],
    ["number", "97.13", 97.13],
    ["number", 3, 3],
    ["boolean", "true", true],
    ["boolean", "False", false],
    ["array", '["/var/log"]', ["/var/log"]],
    ["array", [], []],
    ["object", '{"a":1}', { a: 1 }],
    ["string", 8080, "8080"],
    ["string", true, "true"],
    ["string", "[1]", "[1]"],
    ["integer", null, null],
    [["string", "null"], "x", "x"],
    [["integer", "string"], "7", "7"],
    [["integer", "array"], "7", 7],
    [null, { any: 1 }, { any: 1 }],
  ];
  for (const [type, value, cast] of cases) {
    test(`${JSON.stringify(value)} for ${JSON.stringify(type)} is ${JSON.stringify(cast)}`, () => {
      assert.deepEqual(castOne({ type }, value), cast);
    });
  }
});

describe("a value that does not fit is named with what was wanted", () => {
  const cases: readonly [spec: JsonObject, value: Json, told: string][] = [
    [{ type: "integer" }, "soon", 'wrong_type: integer "soon"'],
    [{ type: "integer" }, 3.7, "wrong_type: integer 3.7"],
    [{ type: "integer" }, "3.7", 'wrong_type: integer "3.7"'],
    [{ type: "integer" }, "", 'wrong_type: integer ""'],
    [{ type: "integer" }, "9007199254740993", 'wrong_type: integer "9007199254740993"'],
    [{ type: "integer" }, "0x10", 'wrong_type: integer "0x10"'],
    [{ type: "number" }, "Infinity", 'wrong_type: number "Infinity"'],
    [{ type: "number" }, "1e999", 'wrong_type: number "1e999"'],
    [{ type: "boolean" }, "yes", 'wrong_type: boolean "yes"'],
    [{ type: "boolean" }, "constructor", 'wrong_type: boolean "constructor"'],
    [{ type: "boolean" }, 1, "wrong_type: boolean 1"],
    [{ type: "array" }, "/var/log", 'wrong_type: array "/var/log"'],
    [{ type: "array" }, '{"a":1}', 'wrong_type: array "{\\"a\\":1}"'],
    [{ type: "object" }, "null", 'wrong_type: object "null"'],
    [{ type: "string" }, ["a"], 'wrong_type: string ["a"]'],
    [{ type: "string", enum: ["a", "b"] }, "c", 'not_allowed: string, one of ["a","b"] "c"'],
    [{ type: "integer", enum: [1, 2] }, "3", 'not_allowed: integer, one of [1,2] "3"'],
    [{ type: "string", immutable: true }, "x", 'immutable: string "x"'],
    [{ type: "integer", secret: true }, "hunter2", "wrong_type: integer "],
  ];
  for (const [spec, value, told] of cases) {
    test(told, () => assert.equal(castOne(spec, value), told));
  }

  test("an unknown parameter, and a required one that is missing or null", () => {
    const schema = schemaOf({ host: { required: true }, days: { required: true, default: 7 } });
    for (const params of [{ hots: "x" }, { hots: "x", host: null }]) {
      const cast = castParams(schema, params);
      assert.ok(cast.outcome === "misfits");
      assert.deepEqual(
        cast.misfits.map(({ parameter, reason }) => [parameter, reason]),
        [
          ["host", "missing"],
          ["hots", "unknown"],
        ],
      );
    }
  });

  test("a name that every object inherits is as unknown as any", () => {
    assert.equal(castParams(schemaOf({}), { constructor: 1 }).outcome, "misfits");
    assert.equal(castParams(schemaOf({ toString: { required: true } }), {}).outcome, "misfits");
  });
});

test("what was cast fits as it is, whatever the types and values", () => {
  const spec = fc.record({ type: fc.subarray([...PARAMETER_TYPES]) });
  fc.assert(
    fc.property(spec, fc.jsonValue(), (declared, value) => {
      const schema = schemaOf({ x: declared });
      const cast = castParams(schema, { x: value as Json });
      if (cast.outcome === "fits") assert.deepEqual(castParams(schema, cast.value), cast);
    }),
  );
});

describe("what of a rule can be told when it is loaded", () => {
  const schema = schemaOf({
    host: { type: "string", required: true },
    days: { type: "integer" },
    mode: { enum: ["a"] },
    cmd: { immutable: true },
  });
  const told = (params: JsonObject) =>
    literalMisfits(schema, params).map((one) => `${one.parameter} ${one.reason}`);

  test("literal values, missing, unknown and immutable parameters", () => {
    assert.deepEqual(told({ days: "soon", mode: "b", cmd: "{{ detail.x }}", nope: "{{ detail.x }}" }), [
      "host missing",
      "days wrong_type",
      "mode not_allowed",
      "cmd immutable",
      "nope unknown",
    ]);
  });

  test("nothing of a value that an event will fill in", () => {
    assert.deepEqual(
      told({ host: "{{ detail.host }}", days: "{{ detail.days }}", mode: "{{ detail.m }}" }),
      [],
    );
  });

  test("names rule, field, action and cluster; offers and disabled actions too", () => {
    const offer = { id: "view", title: "x", action: "disk.cleanup", params: {}, approval: aRule().approval };
    const rule = aRule({ params: { host: "h", days: "x" }, offers: [offer] });
    const off = { ...schema, enabled: false };
    const found = ruleMisfits(rule, { clusters: [aCluster()] }, () => off).map(
      ({ field, message }) => `${field} ${message}`,
    );
    assert.equal(found.length, 4);
    assert.match(found[0] ?? "", /^action disk\.cleanup@hz-core is disabled/);
    assert.match(found[1] ?? "", /^params\.days expected integer, got "x".*disk\.cleanup@hz-core$/);
    assert.match(found[3] ?? "", /^offers\.view\.params\.host is required, string/);
    assert.deepEqual(
      ruleMisfits(rule, { clusters: [aCluster()] }, () => undefined),
      [],
    );
  });

  test("each action is asked once of each cluster that it may run on", () => {
    const clusters = [aCluster(), aCluster({ name: "sh" }), aCluster({ name: "pay", businesses: ["pay"] })];
    const used = actionsUsed([aRule(), aRule({ id: "b" })], { clusters });
    assert.deepEqual(
      used.map(({ cluster, action }) => `${action}@${cluster}`),
      ["disk.cleanup@hz-core", "disk.cleanup@sh"],
    );
  });
});

describe("parameters of a task", () => {
  const params = { host: "{{ detail.host }}", days: "{{ detail.usage }}" };
  const rule = aRule({ params });
  const days = (type: string) => schemaOf({ host: { type: "string" }, days: { type } });

  test("are cast when the action is known", () => {
    const [judgement] = judge(setOf(rule), anEvent(), aContext({ actions: () => days("string") }));
    assert.ok(judgement?.outcome === "fires");
    assert.deepEqual(judgement.firings[0].rendered.params, { host: "vm-1", days: "91" });
  });

  test("that do not fit hold the rule, naming parameter, type and value", () => {
    const [judgement] = judge(setOf(rule), anEvent(), aContext({ actions: () => days("boolean") }));
    assert.deepEqual([judgement?.outcome, judgement?.verdict.reason], ["held", "params_failed"]);
    assert.match(
      judgement?.verdict.message ?? "",
      /^params\.days: expected boolean, got 91.*disk\.cleanup@hz-core$/,
    );
  });

  test("must fit every cluster that the task may run on", () => {
    const lookup = (cluster: string) => days(cluster === "a" ? "number" : "boolean");
    const fit = fitParams(lookup, { action: "x.y", clusters: ["a", "b"] }, { days: 1 });
    assert.equal(fit.outcome, "misfits");
    assert.equal(fitParams(lookup, { action: "x.y", clusters: ["a"] }, { days: 1 }).outcome, "fits");
    assert.deepEqual(fitParams(undefined, { action: "x.y", clusters: ["a"] }, { days: "1" }), {
      outcome: "fits",
      value: { days: "1" },
    });
  });

  test("that are secret are not told", () => {
    const schema = schemaOf({ host: { type: "integer", secret: true }, days: {} });
    const [judgement] = judge(setOf(rule), anEvent(), aContext({ actions: () => schema }));
    assert.doesNotMatch(judgement?.verdict.message ?? "", /vm-1/);
    assert.equal(
      misfitText({ parameter: "host", reason: "wrong_type", expected: "integer", actual: "" }),
      "expected integer (类型或取值不符)",
    );
  });
});
