import type { Json } from "../ids/index.ts";
import type { CompiledFeature, CompiledNode } from "./compile-feature.ts";
import type { FailedFeature } from "./verdict.ts";

/** Whether an event passes all features. */
export function passesAll(features: readonly CompiledNode[], event: object): boolean {
  for (const feature of features) {
    if (!feature.holds(event, event)) return false;
  }
  return true;
}

/** The first feature, in order, that the event does not pass; null when it passes all. */
export function failedFeature(features: readonly CompiledNode[], event: object): FailedFeature | null {
  const index = features.findIndex((feature) => !feature.holds(event, event));
  const node = features[index];
  if (!node) return null;
  if (node.kind === "test") return { index, ...told(node, event) };
  const { feature, at } = decider(node, event);
  return { index, at: `features[${index}]${at}`, ...told(feature, event) };
}

function told(
  { feature, read }: CompiledFeature,
  event: object,
): Pick<FailedFeature, "path" | "op" | "expected" | "actual"> {
  const { path, op, value } = feature;
  return { path, op, expected: excerpt(value), actual: excerpt(read(event)) };
}

/**
 * The test at which a group was decided: the last one looked at, because `all` ends with the first that fails
 * and `any` with the first that holds.
 */
function decider(node: CompiledNode, event: object): { feature: CompiledFeature; at: string } {
  if (node.kind === "test") return { feature: node, at: "" };
  const { kind, members } = node;
  const ends = members.findIndex((member) => member.holds(event, event) === (kind === "any"));
  const index = ends >= 0 ? ends : members.length - 1;
  const { feature, at } = decider(members[index] as CompiledNode, event);
  return { feature, at: kind === "not" ? `.not${at}` : `.${kind}[${index}]${at}` };
}

const MAX_EXCERPT_CHARS = 200;

/** A value as a verdict keeps it: null for a missing one, the beginning of its JSON for a long one. */
function excerpt(value: unknown): Json {
  if (value === undefined) return null;
  // A text of this length fits however many of its characters JSON writes as six.
  if (typeof value === "string" && value.length < MAX_EXCERPT_CHARS / 6) return value;
  if (typeof value === "number" || typeof value === "boolean") return value;
  const text = JSON.stringify(value);
  return text.length <= MAX_EXCERPT_CHARS ? (value as Json) : `${text.slice(0, MAX_EXCERPT_CHARS - 1)}…`;
}
