import { readFileSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import type { PackTree } from "../../core/ports/index.ts";

/** The files of a folder as a repository's tree. Sizes and rights are read once; links and other things are left out. */
export async function openTree(repo: string, folder: string): Promise<PackTree> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const facts = new Map<string, { size: number; executable: boolean }>();
  for (const entry of found) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { size, mode } = await stat(path);
    facts.set(relative(folder, path), { size, executable: (mode & 0o111) !== 0 });
  }
  return {
    repo,
    files: [...facts.keys()].filter((file) => !file.startsWith(".git/")).sort(),
    isExecutable: (path) => facts.get(path)?.executable ?? false,
    size: (path) => facts.get(path)?.size ?? 0,
    read: (path) => {
      if (!facts.has(path)) throw new TypeError(`no file of the tree: ${path}`);
      return readFileSync(join(folder, path), "utf8");
    },
  };
}
