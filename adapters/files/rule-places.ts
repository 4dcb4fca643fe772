import type { HomeFile } from "./home-file.ts";
import { type Located, pathOfField, spotOf } from "./located.ts";
import { readYaml } from "./read-yaml.ts";

/** Where a field of a rule stands, by the rule's id and the field's dotted path. */
export type RulePlaces = (rule: string, field: string) => { file: string; line: number };

/** Finds fields in the files that rules were loaded from. What is not there stands where its surroundings do. */
export function rulePlaces(files: readonly HomeFile[]): RulePlaces {
  const read = new Map<string, Located>();
  for (const file of files) {
    if (file.kind !== "rule") continue;
    const reading = readYaml(file, {});
    if (reading.outcome === "read") read.set(file.name, reading.located);
  }
  return (rule, field) => {
    const located = read.get(rule);
    return located
      ? { file: located.file, line: spotOf(located, pathOfField(field)).line }
      : { file: "rules/", line: 1 };
  };
}
