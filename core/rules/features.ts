import { type Json, pick } from "../ids/index.ts";
import { parsePath } from "../params/path.ts";
import { compileTest, type Test } from "./operators.ts";
import type { Feature } from "./rule.ts";
import type { Verdict } from "./verdict.ts";

/** A feature as a closure over its path, operator and value. */
export interface CompiledFeature {
  readonly feature: Feature;
  readonly keys: readonly string[];
  readonly test: Test;
}

export type CompiledFeatureOutcome =
  | { outcome: "compiled"; feature: CompiledFeature }
  | { outcome: "invalid"; field: "path" | "op" | "value"; message: string };

/** Compiles one feature. `event_type` is another name of an event's `type`. */
export function compileFeature(feature: Feature): CompiledFeatureOutcome {
  const keys = parsePath(feature.path);
  if (!keys) return { outcome: "invalid", field: "path", message: `"${feature.path}" is not a path` };
  const compiled = compileTest(feature.op, feature.value);
  if (compiled.outcome === "invalid") return compiled;
  const own = keys[0] === "event_type" ? ["type", ...keys.slice(1)] : keys;
  return { outcome: "compiled", feature: { feature, keys: own, test: compiled.test } };
}

/** The first feature, in order, that the event does not pass; null when it passes all. */
export function failedFeature(
  features: readonly CompiledFeature[],
  event: object,
): NonNullable<Verdict["feature"]> | null {
  for (const [index, { feature, keys, test }] of features.entries()) {
    const actual = pick(event, keys);
    if (test(actual)) continue;
    const { path, op, value } = feature;
    return { index, path, op, expected: excerpt(value), actual: excerpt(actual) };
  }
  return null;
}

const MAX_EXCERPT_CHARS = 200;

/** A value as a verdict keeps it: null for a missing one, the beginning of its JSON for a long one. */
function excerpt(value: unknown): Json {
  if (value === undefined) return null;
  const text = JSON.stringify(value);
  return text.length <= MAX_EXCERPT_CHARS ? (value as Json) : `${text.slice(0, MAX_EXCERPT_CHARS - 1)}…`;
}
