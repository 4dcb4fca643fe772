import type { TSchema } from "typebox";
import type { Environment, FileKind, FileText } from "./home-file.ts";
import type { HomeTexts } from "./home-folders.ts";
import { type LanguagesFile, LanguagesShape } from "./languages-schema.ts";
import type { Located } from "./located.ts";
import { textAt } from "./look.ts";
import { type PackSetFile, PackSetShape } from "./pack-set-schema.ts";
import { type RolesFile, RolesShape, type TokensFile, TokensShape } from "./people-schema.ts";
import type { Problem } from "./problem.ts";
import { readYaml } from "./read-yaml.ts";
import { type RosterFile, RosterShape } from "./roster-schema.ts";
import { type RoutingFile, RoutingShape } from "./routing-schema.ts";
import { type RunsFile, RunsShape } from "./runs-schema.ts";
import {
  type ClusterFile,
  ClusterShape,
  type GroupsFile,
  GroupsShape,
  type PolicyFile,
  PolicyShape,
  type RuleFile,
  RuleShape,
  type ThrottlesFile,
  ThrottlesShape,
} from "./schema.ts";
import { shapeOf } from "./shape.ts";
import { type EventTypeFile, EventTypeShape, type SourceFile, SourceShape } from "./source-schema.ts";
import { type WindowFile, WindowShape } from "./window-schema.ts";

/** What each kind of file holds once its shape is right. */
export interface FileOf {
  "event-type": EventTypeFile;
  source: SourceFile;
  rule: RuleFile;
  policy: PolicyFile;
  cluster: ClusterFile;
  window: WindowFile;
  roster: RosterFile;
  groups: GroupsFile;
  throttles: ThrottlesFile;
  routing: RoutingFile;
  roles: RolesFile;
  tokens: TokensFile;
  languages: LanguagesFile;
  runs: RunsFile;
  "pack-set": PackSetFile;
}

const SCHEMAS: Readonly<Record<FileKind, TSchema>> = {
  "event-type": EventTypeShape,
  source: SourceShape,
  rule: RuleShape,
  policy: PolicyShape,
  cluster: ClusterShape,
  window: WindowShape,
  roster: RosterShape,
  groups: GroupsShape,
  throttles: ThrottlesShape,
  routing: RoutingShape,
  roles: RolesShape,
  tokens: TokensShape,
  languages: LanguagesShape,
  runs: RunsShape,
  "pack-set": PackSetShape,
};
const SHAPES = new Map(Object.entries(SCHEMAS).map(([kind, schema]) => [kind, shapeOf(schema)] as const));

/** The field that names what a file declares. */
const NAME_FIELD: Readonly<Record<FileKind, string>> = {
  "event-type": "type",
  source: "name",
  rule: "id",
  policy: "id",
  cluster: "name",
  window: "id",
  roster: "name",
  groups: "",
  throttles: "",
  routing: "",
  roles: "",
  tokens: "",
  languages: "",
  runs: "",
  "pack-set": "id",
};

/** The home's files as data, whatever their shape. */
export interface Drafts {
  located: Located[];
  problems: Problem[];
  incomplete: ReadonlySet<FileKind>;
}

/** Reads all texts as YAML and compares each with the shape of its kind. */
export function draftsOf(home: HomeTexts, env: Environment): Drafts {
  const located: Located[] = [];
  const problems = [...home.problems];
  const incomplete = new Set(home.incomplete);
  for (const text of home.texts) addDraft(text, env, { located, problems, incomplete });
  return { located, problems, incomplete };
}

function addDraft(
  text: FileText,
  env: Environment,
  drafts: { located: Located[]; problems: Problem[]; incomplete: Set<FileKind> },
): void {
  const reading = readYaml(text, env);
  drafts.problems.push(...reading.problems);
  if (reading.outcome === "refused") {
    drafts.incomplete.add(text.kind);
    return;
  }
  drafts.located.push(reading.located);
  drafts.problems.push(...shapeProblems(reading.located));
}

/** Where a file differs from the shape of its kind. */
export function shapeProblems(located: Located): Problem[] {
  return SHAPES.get(located.kind)?.problems(located) ?? [];
}

/** The files of one kind. */
export function ofKind(drafts: Drafts, kind: FileKind): Located[] {
  return drafts.located.filter((located) => located.kind === kind);
}

/** A file's content as what its shape says. Ask for problems first. */
export function contentOf<K extends FileKind>(located: Located & { kind: FileKind }, _kind: K): FileOf[K] {
  return located.value as FileOf[K];
}

/** The path of the field that names what a file declares. */
export function nameField(kind: FileKind): string {
  return NAME_FIELD[kind];
}

/** The names that the files of one kind declare; not to be relied on when the kind is incomplete. */
export function namesOf(drafts: Drafts, kind: FileKind): string[] {
  const names = ofKind(drafts, kind).map((located) => textAt(located, [nameField(kind)]));
  return names.filter((name) => name !== undefined);
}
