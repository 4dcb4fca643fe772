import type { PackTree } from "../../ports/pack-format.ts";
import type { PackContent, PackItem, PackProblem } from "../pack-content.ts";
import type { PackCheck } from "./names.ts";

/** A repository of a set as it was fetched, with what was read out of it. */
export interface FetchedRepo {
  name: string;
  tree: PackTree;
  packs: readonly PackContent[];
}

/** A problem's place and words. */
export type Found = Pick<PackProblem, "zh" | "en"> & Partial<Pick<PackProblem, "pack" | "file" | "line">>;

/** A problem that stops a build. */
export function errorOf(check: PackCheck, repo: string, found: Found): PackProblem {
  return { level: "error", check, repo, ...found };
}

/** A problem that is shown. */
export function warningOf(check: PackCheck, repo: string, found: Found): PackProblem {
  return { level: "warning", check, repo, ...found };
}

/** What can be said of the content of a set's repositories by looking at it alone. */
export function checkContent(repos: readonly FetchedRepo[]): PackProblem[] {
  const names = new Set(repos.flatMap(({ packs }) => packs.map(({ ref }) => ref)));
  return [
    ...checkDuplicatePacks(repos),
    ...repos.flatMap((repo) =>
      repo.packs.flatMap((pack) => [
        ...checkName(repo, pack),
        ...checkItems(repo, pack),
        ...checkDependencies(repo, pack, names),
      ]),
    ),
  ];
}

/** Names of packs that may stand in a path, an image's label and an address as they are. */
const PACK_REF = /^[a-z0-9_]{1,64}$/;
/** They come with the engine, and its own are put over ours (reference/stackstorm.md section 13.2). */
const SYSTEM_PACKS = ["chatops", "core", "default", "linux", "packs"];

/** Whether a pack's name can do no harm in a path. */
export function isPackRef(ref: string): boolean {
  return PACK_REF.test(ref);
}

function checkName({ name }: FetchedRepo, { ref, path }: PackContent): PackProblem[] {
  const file = path === "." ? "pack.yaml" : `${path}/pack.yaml`;
  if (!isPackRef(ref)) {
    return [
      errorOf("name", name, {
        file,
        zh: `包名 ${JSON.stringify(ref)} 只能用小写字母、数字和 _，最多 64 个字符`,
        en: `the pack's name ${JSON.stringify(ref)} may hold lower-case letters, digits and _ alone, 64 at most`,
      }),
    ];
  }
  if (!SYSTEM_PACKS.includes(ref)) return [];
  const zh = `${ref} 是 StackStorm 自带的包，不能替换`;
  return [
    errorOf("name", name, { pack: ref, file, zh, en: `${ref} comes with StackStorm and stays its own` }),
  ];
}

function checkDuplicatePacks(repos: readonly FetchedRepo[]): PackProblem[] {
  const first = new Map<string, string>();
  return repos.flatMap(({ name, packs }) =>
    packs.flatMap(({ ref, path }) => {
      const other = first.get(ref);
      if (other === undefined) first.set(ref, `${name}:${path}`);
      if (other === undefined) return [];
      const zh = `包 ${ref} 已在 ${other} 里：一个共享 Pack 里包名不能重复`;
      const en = `the pack ${ref} is in ${other} already: a set has each name once`;
      return [errorOf("duplicate", name, { pack: ref, file: path, zh, en })];
    }),
  );
}

function checkItems(repo: FetchedRepo, pack: PackContent): PackProblem[] {
  const first = new Map<string, string>();
  return pack.items.flatMap((item) => {
    const key = `${item.kind} ${item.ref}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, item.file);
    return [
      ...(other === undefined ? [] : [duplicateItem(repo.name, pack, { item, other })]),
      ...checkItemName(repo.name, pack, item),
      ...checkEntry(repo, pack, item),
    ];
  });
}

function duplicateItem(
  repo: string,
  { ref }: PackContent,
  { item, other }: { item: PackItem; other: string },
): PackProblem {
  const zh = `${item.ref} 已在 ${other} 里声明`;
  const en = `${item.ref} is declared in ${other} already`;
  return errorOf("duplicate", repo, { pack: ref, file: item.file, zh, en });
}

const ITEM_NAME = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

function checkItemName(repo: string, pack: PackContent, { ref, file }: PackItem): PackProblem[] {
  const name = ref.slice(pack.ref.length + 1);
  if (ITEM_NAME.test(name) && name.length <= 128) return [];
  const zh = `名称 ${JSON.stringify(name)} 只能用字母、数字、_ . -`;
  const en = `the name ${JSON.stringify(name)} may hold letters, digits and _ . - alone`;
  return [errorOf("name", repo, { pack: pack.ref, file, zh, en })];
}

/** The engine starts the file itself there; to other machines it is copied with its right to run. */
const STARTED_IN_PLACE = "local-shell-script";

function checkEntry({ name, tree }: FetchedRepo, pack: PackContent, item: PackItem): PackProblem[] {
  const { file, entryPoint, runner } = item;
  const at = { pack: pack.ref, file };
  if (entryPoint === "") return [];
  if (!isBelow(entryPoint, pack.path)) {
    const zh = `entry_point 指到了包外面：${entryPoint}`;
    return [
      errorOf("entry-point", name, { ...at, zh, en: `entry_point leads out of the pack: ${entryPoint}` }),
    ];
  }
  if (!tree.files.includes(entryPoint)) {
    const zh = `没有 entry_point 的文件 ${entryPoint}`;
    return [
      errorOf("entry-point", name, { ...at, zh, en: `the file of entry_point is missing: ${entryPoint}` }),
    ];
  }
  if (runner !== STARTED_IN_PLACE || tree.isExecutable(entryPoint)) return [];
  const zh = `没有执行权限（git update-index --chmod=+x ${entryPoint}）`;
  const en = `may not be run (git update-index --chmod=+x ${entryPoint})`;
  return [errorOf("executable", name, { pack: pack.ref, file: entryPoint, zh, en })];
}

/** Whether a path from the root stays below a folder, with nothing in it that goes up. */
export function isBelow(path: string, folder: string): boolean {
  const parts = path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) return false;
  return folder === "." || path.startsWith(`${folder}/`);
}

function checkDependencies(
  { name }: FetchedRepo,
  { ref, path, dependencies }: PackContent,
  there: ReadonlySet<string>,
): PackProblem[] {
  const missing = dependencies.filter((one) => !there.has(one) && !SYSTEM_PACKS.includes(one));
  const file = path === "." ? "pack.yaml" : `${path}/pack.yaml`;
  return missing.map((one) => {
    const zh = `需要包 ${one}，共享 Pack 里没有：镜像里的依赖不会自动装`;
    const en = `needs the pack ${one}, which is not in the set: an image gets no dependencies by itself`;
    return errorOf("dependency", name, { pack: ref, file, zh, en });
  });
}
