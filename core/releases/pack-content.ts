import type { JsonObject } from "../ids/index.ts";

export const CONTENT_KINDS = ["action", "alias", "rule", "sensor"] as const;
export type ContentKind = (typeof CONTENT_KINDS)[number];

/** What a pack holds of one kind, by name and what of it matters to those who use it. */
export interface PackItem {
  kind: ContentKind;
  /** `pack.name`. */
  ref: string;
  /** From the repository's root. */
  file: string;
  /** An action's runner; empty for other kinds. */
  runner: string;
  /** An action's parameters by name, as its metadata gives them; empty for other kinds. */
  parameters: JsonObject;
  enabled: boolean;
  /** Its entry point is the definition of a workflow, which a cluster can inspect. */
  workflow?: true;
  /** The action's or sensor's script or workflow, from the repository's root; empty where it has none. */
  entryPoint: string;
  description: string;
}

/** One pack as its files say. */
export interface PackContent {
  ref: string;
  /** Its folder from the repository's root; `.` is the root itself. */
  path: string;
  version: string;
  description: string;
  /** Other packs that it needs, by ref; of an address what it is called there. */
  dependencies: readonly string[];
  /** Lines of its requirements file, comments left out. */
  requirements: readonly string[];
  /** Which Python it runs with: `["3"]` where it does not say. */
  pythonVersions: readonly string[];
  /** The range of engine versions that it asks for; empty: any. */
  engineVersions: string;
  items: readonly PackItem[];
}

/** What is wrong in a pack set's content. `error` stops a build, `warning` is shown. */
export interface PackProblem {
  level: "error" | "warning";
  /** The check that found it; the same word that a set's `checks.except` uses. */
  check: string;
  repo: string;
  pack?: string;
  /** From the repository's root, with the line where it is known. */
  file?: string;
  line?: number;
  zh: string;
  en: string;
}
