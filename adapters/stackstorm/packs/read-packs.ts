import { posix } from "node:path";
import type { PackFormat, PackTree } from "../../../core/ports/index.ts";
import {
  CONTENT_KINDS,
  type ContentKind,
  type PackContent,
  type PackItem,
  type PackProblem,
} from "../../../core/releases/index.ts";
import { KINDS, type OfPack, readItem, startedBy } from "./items.ts";
import { type MetadataFile, readMetadata, yamlProblems } from "./metadata-file.ts";
import { readPackFile } from "./pack-file.ts";

const PACK_FILE = "pack.yaml";

/** Packs as the engine reads them from their files. */
export const packFormat: PackFormat = {
  read(tree, paths) {
    const problems: PackProblem[] = [];
    const folders = [...new Set(paths.flatMap((path) => foldersOf(tree, path, problems)))];
    const packs = folders.flatMap((path) => readPack(tree, path, problems) ?? []);
    return { packs, problems };
  },
};

/** The folders that a path of a set means: itself, or those below it that hold a pack. */
function foldersOf(tree: PackTree, path: string, problems: PackProblem[]): string[] {
  const found = path.endsWith("*") ? packsBelow(tree, posix.dirname(path)) : [path];
  const folders = found.filter((folder) => tree.files.includes(posix.join(folder, PACK_FILE)));
  if (folders.length > 0) return folders;
  const zh = `${path} 里没有 pack.yaml`;
  const place = { level: "error", check: "metadata", repo: tree.repo, file: path } as const;
  problems.push({ ...place, zh, en: `there is no pack.yaml in ${path}` });
  return [];
}

function packsBelow(tree: PackTree, above: string): string[] {
  return tree.files.flatMap((file) => {
    const folder = posix.dirname(file);
    const isPack = posix.basename(file) === PACK_FILE && folder !== ".";
    return isPack && posix.dirname(folder) === above ? [folder] : [];
  });
}

function readPack(tree: PackTree, path: string, problems: PackProblem[]): PackContent | null {
  const reading = readMetadata({ tree, file: posix.join(path, PACK_FILE) });
  if (reading.outcome === "refused") {
    problems.push(...reading.problems);
    return null;
  }
  const { facts, problems: own } = readPackFile(reading.file);
  const pack = { ref: facts.ref, path };
  problems.push(...own.map((one) => ({ ...one, pack: facts.ref })));
  const items = readItems(tree, pack, problems);
  problems.push(...otherYaml(tree, pack));
  return { ...facts, path, items, requirements: requirementsOf(tree, path) };
}

function readItems(tree: PackTree, pack: OfPack, problems: PackProblem[]): PackItem[] {
  const read: { file: MetadataFile; item: PackItem }[] = [];
  for (const kind of CONTENT_KINDS) {
    for (const file of filesOf(tree, pack, kind)) {
      const reading = readMetadata({ tree, file, pack: pack.ref });
      if (reading.outcome === "refused") {
        problems.push(...reading.problems);
        continue;
      }
      const { item, problems: own } = readItem(reading.file, kind, pack);
      read.push({ file: reading.file, item });
      problems.push(...own);
    }
  }
  problems.push(...startNothing(read, pack));
  return read.map(({ item }) => item);
}

/** Metadata stands directly in its folder; what is deeper are scripts and workflows. */
function filesOf(tree: PackTree, { path }: OfPack, kind: ContentKind): string[] {
  const folder = posix.join(path, KINDS[kind].folder);
  return tree.files.filter((file) => {
    const name = posix.basename(file);
    return posix.dirname(file) === folder && /\.(ya?ml|json)$/.test(name) && !name.startsWith(".");
  });
}

/** Aliases and rules that start an action of their own pack which is not there. */
function startNothing(
  read: readonly { file: MetadataFile; item: PackItem }[],
  { ref }: OfPack,
): PackProblem[] {
  const actions = new Set(read.flatMap(({ item }) => (item.kind === "action" ? [item.ref] : [])));
  return read.flatMap(({ file, item }) => {
    const action = startedBy(file, item.kind);
    if (!action.startsWith(`${ref}.`) || actions.has(action)) return [];
    const key = item.kind === "alias" ? ["action_ref"] : ["action", "ref"];
    return [file.problem(key, { zh: `包里没有动作 ${action}`, en: `the pack has no action ${action}` })];
  });
}

const OTHER_FOLDERS = ["actions", "policies", "triggers"];

/** Workflows, chains and other YAML files that the engine reads; only their form is looked at. */
function otherYaml(tree: PackTree, pack: OfPack): PackProblem[] {
  const metadata = new Set(CONTENT_KINDS.flatMap((kind) => filesOf(tree, pack, kind)));
  const files = tree.files.filter((file) => {
    const below = posix.relative(pack.path, file);
    const isRead = OTHER_FOLDERS.includes(below.split("/")[0] ?? "") || below === "config.schema.yaml";
    return isRead && /\.ya?ml$/.test(file) && !metadata.has(file);
  });
  return files.flatMap((file) => yamlProblems({ tree, file, pack: pack.ref }));
}

function requirementsOf(tree: PackTree, path: string): string[] {
  const file = posix.join(path, "requirements.txt");
  if (!tree.files.includes(file)) return [];
  const lines = tree.read(file).replaceAll("\\\n", " ").split(/\r?\n/);
  return lines.map((line) => line.replace(/(^|\s)#.*$/, "").trim()).filter((line) => line !== "");
}
