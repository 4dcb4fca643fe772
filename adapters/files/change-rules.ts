import type { Environment, HomeFile } from "./home-file.ts";
import type { Overlay } from "./home-folders.ts";
import { textAt } from "./look.ts";
import type { Problem } from "./problem.ts";
import { readYaml } from "./read-yaml.ts";

/** The text of a rule's file that is not in the home, and what people call it. */
export interface RuleChange {
  name: string;
  text: string;
}

/** A home as it would be with some rule files in place of its own or beside them. */
export interface ChangedRules {
  overlay: Overlay;
  /** The same problems, with the changed files by the names that people know. */
  named(problems: readonly Problem[]): Problem[];
}

/** A change of a rule that the home has takes the place of its file; any other is one more file. */
export function changeRules(
  files: readonly HomeFile[],
  changes: readonly RuleChange[],
  env: Environment,
): ChangedRules {
  const places = new Map(
    files.flatMap(({ kind, name, file }) => (kind === "rule" ? [[name, file] as const] : [])),
  );
  const overlay = new Map<string, string>();
  const names = new Map<string, string>();
  for (const [index, { name, text }] of changes.entries()) {
    const id = ruleId(text, env);
    const own = id === undefined ? undefined : places.get(id);
    // The second change of one rule is a rule of the same id beside the first, which is refused as such.
    const file = own === undefined || overlay.has(own) ? `rules/changed-${index}.yaml` : own;
    overlay.set(file, text);
    names.set(file, name);
  }
  const named = (problems: readonly Problem[]) =>
    problems.map((problem) => ({ ...problem, file: names.get(problem.file) ?? problem.file }));
  return { overlay, named };
}

function ruleId(text: string, env: Environment): string | undefined {
  const reading = readYaml({ file: "", kind: "rule", text }, env);
  return reading.outcome === "read" ? textAt(reading.located, ["id"]) : undefined;
}
