import type { CompiledNode } from "../rules/index.ts";

/** One test or group of a rule, and what it made of an event. */
export interface FeatureLine {
  /** How deep it stands in groups. */
  depth: number;
  /** `detail.usage greaterthan 85`, or `any`, `all`, `not`. */
  text: string;
  /** What the event has there, as JSON; absent for groups. */
  actual?: string;
  /** Where it was read; absent for groups. */
  keys?: readonly string[];
  holds: boolean;
}

const MOST_CHARACTERS = 300;

/** What each feature of a rule made of an event, groups before their members. */
export function featureLines(nodes: readonly CompiledNode[], event: object, depth = 0): FeatureLine[] {
  return nodes.flatMap((node): FeatureLine[] => {
    const holds = node.holds(event, event);
    if (node.kind !== "test") {
      return [{ depth, text: node.kind, holds }, ...featureLines(node.members, event, depth + 1)];
    }
    const { path, op, value, items, condition } = node.feature;
    const words = [path, items, op, condition, value === undefined ? undefined : jsonOf(value)];
    const text = words.filter((word) => word !== undefined).join(" ");
    return [{ depth, text, actual: jsonOf(node.read(event)), keys: node.keys, holds }];
  });
}

function jsonOf(value: unknown): string {
  const text = JSON.stringify(value) ?? "–";
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`.toWellFormed();
}
