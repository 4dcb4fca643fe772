import { posix } from "node:path";

/** One file of a commit. */
export interface TreeEntry {
  /** As git writes it: `100644`, `100755`, `120000` a link, `160000` a submodule. */
  mode: string;
  oid: string;
  bytes: number;
  path: string;
}

export const FILE = "100644";
export const PROGRAM = "100755";
export const LINK = "120000";
const SUBMODULE = "160000";
/** Of old versions of git. */
const OLD_FILE = "100664";

/** More would not be packs. */
export const MAX_FILES = 50_000;
const MAX_PATH_BYTES = 1_024;
const MAX_NAME_BYTES = 255;

/** Reads what `git ls-tree -r -l -z` prints; null where a path is no UTF-8. */
export function parseTree(listing: Buffer): TreeEntry[] | null {
  const text = new TextDecoder("utf-8", { fatal: true });
  try {
    const lines = text
      .decode(listing)
      .split("\0")
      .filter((line) => line !== "");
    return lines.map(parseEntry);
  } catch {
    // The decoder tells of bad bytes only by throwing.
    return null;
  }
}

function parseEntry(line: string): TreeEntry {
  const tab = line.indexOf("\t");
  const [mode = "", , oid = "", bytes = ""] = line.slice(0, tab).split(/ +/);
  return { mode, oid, bytes: Number(bytes) || 0, path: line.slice(tab + 1) };
}

/** Why a commit's files may not be written down; null when they may. Links are looked at apart. */
export function treeFault(entries: readonly TreeEntry[], maxBytes: number): string | null {
  if (entries.length > MAX_FILES) return `文件超过 ${MAX_FILES} 个 (more than ${MAX_FILES} files)`;
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  if (bytes > maxBytes) return `文件共 ${bytes} 字节，超过上限 ${maxBytes} (its files are too large)`;
  for (const { mode, path } of entries) {
    const shown = JSON.stringify(path.slice(0, 200));
    if (mode === SUBMODULE) return `${shown} 是子模块，不支持 (is a submodule)`;
    if (![FILE, PROGRAM, LINK, OLD_FILE].includes(mode)) return `${shown} 不是文件 (is no file): ${mode}`;
    const fault = pathFault(path);
    if (fault !== null) return `${shown} ${fault}`;
  }
  return clash(entries);
}

/** Why a path may not be used; null when it may. */
export function pathFault(path: string): string | null {
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return "路径太长 (the path is too long)";
  for (const name of path.split("/")) {
    if (name === "" || name === "." || name === "..") return "路径会走出目录 (the path leads out)";
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) return "名称太长 (a name is too long)";
    if (/[\p{Cc}\\]/u.test(name))
      return "名称含有控制字符或反斜杠 (a name holds a control sign or a backslash)";
    if (isDotGit(name)) return "名称冒充 .git (a name stands for .git)";
  }
  return null;
}

/** Signs that some file systems do not see. */
const UNSEEN = /[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

/** `.git` in the ways in which some file system takes a name for it. */
function isDotGit(name: string): boolean {
  const plain = name
    .normalize("NFKC")
    .replace(UNSEEN, "")
    .toLowerCase()
    .replace(/[. ]+$/, "");
  return plain === ".git" || /^git~\d+$/.test(plain) || plain.startsWith(".git:");
}

/** One path twice, or a file where another path has a folder. */
function clash(entries: readonly TreeEntry[]): string | null {
  const paths = new Set<string>();
  const folders = new Set<string>();
  for (const { path } of entries) {
    if (paths.has(path)) return `${JSON.stringify(path)} 出现两次 (stands there twice)`;
    paths.add(path);
    for (let above = posix.dirname(path); above !== "."; above = posix.dirname(above)) folders.add(above);
  }
  const both = [...paths].find((path) => folders.has(path));
  return both === undefined ? null : `${JSON.stringify(both)} 既是文件又是目录 (is a file and a folder)`;
}
