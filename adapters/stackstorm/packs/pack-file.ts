import { valid, validRange } from "semver";
import type { PackContent, PackProblem } from "../../../core/releases/index.ts";
import { checkFields, type Field, textOf, textsOf } from "./fields.ts";
import type { MetadataFile } from "./metadata-file.ts";

const FIELDS: Readonly<Record<string, Field>> = {
  name: { type: "text", required: true },
  ref: { type: "text" },
  description: { type: "text", required: true },
  author: { type: "text", required: true },
  email: { type: "text" },
  keywords: { type: "list" },
  contributors: { type: "list" },
  dependencies: { type: "list" },
  python_versions: { type: "list" },
  stackstorm_version: { type: "text" },
  system: { type: "object" },
  files: { type: "list" },
  version: { type: "text", required: true },
};

/** What a pack's own file says of it, without what it holds. */
export type PackFacts = Omit<PackContent, "items" | "requirements" | "path">;

/** Reads pack.yaml. Without a `ref` the name is one, as the engine takes it. */
export function readPackFile(file: MetadataFile): { facts: PackFacts; problems: PackProblem[] } {
  const versions = textsOf(file, "python_versions");
  const facts: PackFacts = {
    ref: textOf(file, "ref") || textOf(file, "name"),
    version: textOf(file, "version"),
    description: textOf(file, "description"),
    dependencies: textsOf(file, "dependencies").map(dependencyRef),
    pythonVersions: versions.length === 0 ? ["3"] : versions,
    engineVersions: textOf(file, "stackstorm_version"),
  };
  return { facts, problems: [...checkFields(file, FIELDS), ...checkVersions(file, facts)] };
}

/** `name`, `name=version` or an address; packs' repositories are often called `stackstorm-name`. */
function dependencyRef(written: string): string {
  const [address = ""] = written.split("=");
  const name =
    address
      .replace(/\/+$/, "")
      .replace(/\.git$/, "")
      .split(/[/:]/)
      .at(-1) ?? "";
  return name.replace(/^stackstorm-/, "");
}

function checkVersions(file: MetadataFile, facts: PackFacts): PackProblem[] {
  const problems: PackProblem[] = [];
  const { version, engineVersions, pythonVersions } = facts;
  if (version !== "" && valid(version) !== version) {
    const zh = `version ${JSON.stringify(version)} 不是三段的语义化版本，如 1.0.0`;
    problems.push(
      file.problem(["version"], { zh, en: `version ${JSON.stringify(version)} is not like 1.0.0` }),
    );
  }
  if (validRange(engineVersions.replaceAll(",", " ")) === null) {
    const words = { zh: "stackstorm_version 不是版本范围", en: "stackstorm_version is no range of versions" };
    problems.push(file.problem(["stackstorm_version"], words));
  }
  if (!pythonVersions.includes("3")) {
    const words = { zh: "python_versions 里没有 3", en: "python_versions lacks 3" };
    problems.push(file.problem(["python_versions"], words));
  }
  return problems;
}
