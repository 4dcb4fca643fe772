import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../core/errors.ts";
import type { FileKind, FileText } from "./home-file.ts";
import type { Problem, Words } from "./problem.ts";

/** The largest file that is read. */
export const MAX_FILE_BYTES = 1_048_576;

const FOLDERS: readonly { folder: string; kind: FileKind; required: boolean }[] = [
  { folder: "event-types", kind: "event-type", required: true },
  { folder: "sources", kind: "source", required: true },
  { folder: "rules", kind: "rule", required: true },
  { folder: "policies", kind: "policy", required: false },
  { folder: "clusters", kind: "cluster", required: true },
  { folder: "windows", kind: "window", required: false },
  { folder: "rosters", kind: "roster", required: false },
];
const TOP_FILES = new Map<string, FileKind>(
  (["groups", "throttles", "routing", "roles", "tokens", "languages", "runs"] as const).flatMap((kind) => [
    [`${kind}.yaml`, kind],
    [`${kind}.yml`, kind],
  ]),
);

/** Reads a file's bytes; may stop after `MAX_FILE_BYTES` and one more. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

/** Files as they shall be, by path below the home: a text, or null for one that is gone. The rest is as it is. */
export type Overlay = ReadonlyMap<string, string | null>;

/** The texts of a home, and what of it could not be read. */
export interface HomeTexts {
  texts: FileText[];
  problems: Problem[];
  /** Kinds of which something could not be read: what they declare is not fully known. */
  incomplete: Set<FileKind>;
}

export interface FolderOptions {
  /** Reads one file; the file system when absent. */
  readFile?: ReadFile;
  /** What is read in place of the files; none when absent. */
  overlay?: Overlay;
}

/** Reads every YAML file of a home once. Other files, files with a leading dot, tests of
 * rules and subfolders are ignored. */
export async function readHomeFolders(dir: string, options: FolderOptions = {}): Promise<HomeTexts> {
  const { overlay = new Map() } = options;
  const readFile = readThrough(dir, overlay, options.readFile ?? readBounded);
  const home: HomeTexts = { texts: [], problems: [], incomplete: new Set() };
  const top = await listFolder(dir);
  if (top === null) {
    home.problems.push(
      fileProblem(dir, { zh: "WHALE_HOME 目录不存在", en: "the home folder does not exist" }),
    );
    return home;
  }
  for (const { folder, kind, required } of FOLDERS) {
    const names = await listFolder(join(dir, folder));
    if (names === null && required) addMissing(home, folder, kind);
    for (const name of declaring(folder, overlaid(names ?? [], folder, overlay)))
      await addFile(home, { dir, file: `${folder}/${name}`, kind }, readFile);
  }
  for (const name of top) {
    const kind = TOP_FILES.get(name);
    if (kind) await addFile(home, { dir, file: name, kind }, readFile);
  }
  return home;
}

/** The paths of all files of a home, below it, as they stand on the disk; none where there is no folder. */
export async function listHome(dir: string): Promise<string[]> {
  const top = (await listFolder(dir)) ?? [];
  const inFolders = FOLDERS.map(async ({ folder }) => {
    const names = declaring(folder, (await listFolder(join(dir, folder))) ?? []);
    return names.map((name) => `${folder}/${name}`);
  });
  return [...top.filter((name) => TOP_FILES.has(name)), ...(await Promise.all(inFolders)).flat()];
}

/** The same bounds hold for a text that is no file yet. */
function readThrough(dir: string, overlay: Overlay, readFile: ReadFile): ReadFile {
  const texts = new Map([...overlay].map(([file, text]) => [join(dir, file), text]));
  return async (path) => {
    const text = texts.get(path);
    return typeof text === "string" ? Buffer.from(text) : readFile(path);
  };
}

function overlaid(names: readonly string[], folder: string, overlay: Overlay): string[] {
  const inFolder = [...overlay].filter(([file]) => file.startsWith(`${folder}/`));
  const changed = new Map(inFolder.map(([file, text]) => [file.slice(folder.length + 1), text]));
  const added = [...changed.keys()].filter((name) => !names.includes(name));
  return [...names, ...added].filter((name) => changed.get(name) !== null).sort();
}

async function listFolder(path: string): Promise<string[] | null> {
  try {
    return (await readdir(path)).sort();
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw error;
  }
}

const RULES = "rules";
const TEST_OF_RULES = /\.test\.ya?ml$/;

/** Tests of rules stand beside them and declare nothing. */
function declaring(folder: string, names: readonly string[]): string[] {
  return yamlNames(names).filter((name) => folder !== RULES || !TEST_OF_RULES.test(name));
}

/** The texts of the tests of rules, `rules/*.test.yaml`. They say nothing that a process needs. */
export async function readRuleTestTexts(dir: string): Promise<Pick<HomeTexts, "texts" | "problems">> {
  const home: HomeTexts = { texts: [], problems: [], incomplete: new Set() };
  const names = yamlNames((await listFolder(join(dir, RULES))) ?? []);
  for (const name of names.filter((one) => TEST_OF_RULES.test(one))) {
    await addFile(home, { dir, file: `${RULES}/${name}`, kind: "rule" }, readBounded);
  }
  return home;
}

function yamlNames(names: readonly string[]): string[] {
  return names.filter((name) => !name.startsWith(".") && /\.ya?ml$/.test(name));
}

function addMissing(home: HomeTexts, folder: string, kind: FileKind): void {
  home.problems.push(fileProblem(`${folder}/`, { zh: "缺少这个目录", en: "this folder is missing" }));
  home.incomplete.add(kind);
}

interface Listed {
  dir: string;
  file: string;
  kind: FileKind;
}

async function addFile(home: HomeTexts, { dir, file, kind }: Listed, readFile: ReadFile): Promise<void> {
  const text = await textOf(join(dir, file), readFile);
  if (typeof text === "string") {
    home.texts.push({ file, kind, text });
    return;
  }
  home.problems.push(fileProblem(file, text));
  home.incomplete.add(kind);
}

async function textOf(path: string, readFile: ReadFile): Promise<string | Words> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > MAX_FILE_BYTES) return { zh: "文件超过 1 MB", en: "the file is larger than 1 MB" };
    if (!isUtf8(bytes)) return { zh: "文件不是 UTF-8 编码", en: "the file is not UTF-8" };
    return new TextDecoder().decode(bytes);
  } catch (error) {
    const code = errorCode(error);
    return { zh: `读不了这个文件：${code}`, en: `cannot read this file: ${code}` };
  }
}

/** Reads a file from the disk, up to one byte more than `MAX_FILE_BYTES`. */
export async function readBounded(path: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(path, { end: MAX_FILE_BYTES })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function fileProblem(file: string, words: Words): Problem {
  return { file, line: 1, column: 1, field: "", value: "", message: words.zh, messageEn: words.en };
}
