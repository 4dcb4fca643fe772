import { posix } from "node:path";
import { isJsonObject, pick } from "../../../core/ids/index.ts";
import type { ContentKind, PackItem, PackProblem } from "../../../core/releases/index.ts";
import { checkFields, type Field, textOf } from "./fields.ts";
import type { MetadataFile } from "./metadata-file.ts";
import { checkParameters } from "./parameters.ts";

const text: Field = { type: "text" };
const needed: Field = { type: "text", required: true };
const COMMON: Readonly<Record<string, Field>> = {
  ...{ name: needed, pack: text, description: text, enabled: { type: "boolean" }, tags: { type: "list" } },
  ...{ ref: text, uid: text, id: text, metadata_file: text },
};

/** How each kind of content is written, and in which folder of a pack. */
export const KINDS: Readonly<
  Record<ContentKind, { folder: string; name: string; fields: Readonly<Record<string, Field>> }>
> = {
  action: {
    ...{ folder: "actions", name: "name" },
    fields: {
      ...{ ...COMMON, runner_type: needed, entry_point: text, parameters: { type: "object" } },
      ...{ output_schema: { type: "object" }, notify: { type: "object" } },
    },
  },
  alias: {
    ...{ folder: "aliases", name: "name" },
    fields: {
      ...{ ...COMMON, action_ref: needed, formats: { type: "list", required: true } },
      ...{ ack: { type: "object" }, result: { type: "object" }, extra: { type: "object" } },
      immutable_parameters: { type: "object" },
    },
  },
  rule: {
    ...{ folder: "rules", name: "name" },
    fields: {
      ...{ ...COMMON, trigger: { type: "object", required: true }, criteria: { type: "object" } },
      ...{
        action: { type: "object", required: true },
        type: { type: "object" },
        context: { type: "object" },
      },
    },
  },
  sensor: {
    ...{ folder: "sensors", name: "class_name" },
    fields: {
      ...{ ...COMMON, name: text, class_name: needed, entry_point: needed },
      ...{ trigger_types: { type: "list" }, poll_interval: { type: "integer" } },
    },
  },
};

/** Runners that start a file of the pack. */
const FILE_RUNNERS = [
  ...["python-script", "local-shell-script", "remote-shell-script", "orquesta", "action-chain"],
  "winrm-ps-script",
];
const WORKFLOW_RUNNER = "orquesta";

/** The pack that a file is of. */
export interface OfPack {
  ref: string;
  path: string;
}

/** One file of content. */
export function readItem(
  file: MetadataFile,
  kind: ContentKind,
  pack: OfPack,
): { item: PackItem; problems: PackProblem[] } {
  const { name, fields } = KINDS[kind];
  const { parameters, enabled } = file.value;
  const item: PackItem = {
    kind,
    ref: `${pack.ref}.${textOf(file, name)}`,
    file: file.file,
    runner: kind === "action" ? textOf(file, "runner_type") : "",
    parameters: kind === "action" && isJsonObject(parameters) ? parameters : {},
    // The engine takes rules as they are written, and everything else as on.
    ...(textOf(file, "runner_type") === WORKFLOW_RUNNER ? { workflow: true } : {}),
    enabled: typeof enabled === "boolean" ? enabled : kind !== "rule",
    entryPoint: entryOf(file, kind, pack),
    description: textOf(file, "description"),
  };
  const problems = [
    ...checkFields(file, fields),
    ...checkPack(file, pack),
    ...(kind === "action" ? [...checkParameters(file), ...checkEntry(file)] : []),
    ...(kind === "rule" ? checkRule(file) : []),
    ...(kind === "alias" ? checkFormats(file) : []),
  ];
  return { item, problems };
}

/** The action that an alias or a rule starts; empty for others. */
export function startedBy(file: MetadataFile, kind: ContentKind): string {
  if (kind === "alias") return textOf(file, "action_ref");
  return kind === "rule" ? String(pick(file.value, ["action", "ref"]) ?? "") : "";
}

function entryOf(file: MetadataFile, kind: ContentKind, { path }: OfPack): string {
  const entry = kind === "action" || kind === "sensor" ? textOf(file, "entry_point") : "";
  if (entry === "" || entry.startsWith("/")) return entry;
  return posix.join(path, KINDS[kind].folder, entry);
}

function checkPack(file: MetadataFile, { ref }: OfPack): PackProblem[] {
  const written = textOf(file, "pack");
  if (written === "" || written === ref) return [];
  const words = {
    zh: `pack 写的是 ${written}，这个包叫 ${ref}`,
    en: `pack is ${written}, and this one is ${ref}`,
  };
  return [file.problem(["pack"], words)];
}

function checkEntry(file: MetadataFile): PackProblem[] {
  if (!FILE_RUNNERS.includes(textOf(file, "runner_type")) || textOf(file, "entry_point") !== "") return [];
  return [file.problem(["entry_point"], { zh: "缺少 entry_point", en: "entry_point is missing" })];
}

function checkRule({ value, problem }: MetadataFile): PackProblem[] {
  const parts = [
    ["trigger", "type"],
    ["action", "ref"],
  ] as const;
  return parts.flatMap((keys) => {
    const part = pick(value, keys);
    if (!isJsonObject(value[keys[0]]) || (typeof part === "string" && part !== "")) return [];
    return [problem(keys, { zh: `缺少 ${keys.join(".")}`, en: `${keys.join(".")} is missing` })];
  });
}

function checkFormats({ value, problem }: MetadataFile): PackProblem[] {
  const { formats } = value;
  if (!Array.isArray(formats)) return [];
  if (formats.length === 0) return [problem(["formats"], { zh: "formats 是空的", en: "formats is empty" })];
  return formats.flatMap((format, at) => {
    const isShown = isJsonObject(format) && typeof format["display"] === "string";
    if (typeof format === "string" || isShown) return [];
    const words = {
      zh: "应为文本，或 { display, representation }",
      en: "must be text, or { display, representation }",
    };
    return [problem(["formats", String(at)], words)];
  });
}
