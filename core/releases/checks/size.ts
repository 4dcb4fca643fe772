import type { PackContent, PackProblem } from "../pack-content.ts";
import { errorOf, type FetchedRepo, warningOf } from "./content.ts";

const MB = 1_048_576;
/** Most of what packs hold is text; more than this is a file that slipped in. */
export const PACK_LIMITS = { packBytes: 200 * MB, packFiles: 20_000, fileBytes: 20 * MB } as const;

/** Packs that are too large to be copied into every worker. */
export function checkSizes(repos: readonly FetchedRepo[]): PackProblem[] {
  return repos.flatMap((repo) => repo.packs.flatMap((pack) => checkSize(repo, pack)));
}

function checkSize({ name, tree }: FetchedRepo, pack: PackContent): PackProblem[] {
  const files = filesOf(tree.files, pack);
  const sizes = files.map((file) => tree.size(file));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const large = files.filter((_, at) => (sizes[at] ?? 0) > PACK_LIMITS.fileBytes);
  const at = { pack: pack.ref };
  return [
    ...(bytes <= PACK_LIMITS.packBytes ? [] : [errorOf("size", name, { ...at, ...tooLarge(bytes) })]),
    ...(files.length <= PACK_LIMITS.packFiles ? [] : [errorOf("size", name, { ...at, ...tooMany(files) })]),
    ...large.map((file) =>
      warningOf("size", name, { ...at, file, zh: "文件超过 20 MB", en: "the file is larger than 20 MB" }),
    ),
  ];
}

/** The files of a tree that are a pack's. */
export function filesOf(files: readonly string[], { path }: Pick<PackContent, "path">): string[] {
  return path === "." ? [...files] : files.filter((file) => file.startsWith(`${path}/`));
}

function tooLarge(bytes: number): { zh: string; en: string } {
  const mb = Math.ceil(bytes / MB);
  return { zh: `包有 ${mb} MB，上限 200 MB`, en: `the pack has ${mb} MB, 200 MB are allowed` };
}

function tooMany({ length }: readonly string[]): { zh: string; en: string } {
  return { zh: `包有 ${length} 个文件，上限 20000`, en: `the pack has ${length} files, 20000 are allowed` };
}
