import { LINK, type TreeEntry } from "./tree-entries.ts";

/** The file that a link stands for, or why it cannot be used. */
export type LinkTarget = { outcome: "file"; entry: TreeEntry } | { outcome: "unsafe"; message: string };

const MOST_HOPS = 40;

/**
 * Follows a link as the file system would, but within the tree alone: through other links, and up only as far as the
 * root. `targets` has the texts of all links by their paths.
 */
export function followLink(
  link: string,
  tree: ReadonlyMap<string, TreeEntry>,
  targets: ReadonlyMap<string, string>,
): LinkTarget {
  const at = link.split("/").slice(0, -1);
  const left = partsOf(targets.get(link) ?? "");
  let hops = 1;
  if (left === null) return unsafe(link, OUT);
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    if (name === ".." && at.pop() === undefined) return unsafe(link, OUT);
    if (name === "..") continue;
    at.push(name);
    if (tree.get(at.join("/"))?.mode !== LINK) continue;
    const inner = partsOf(targets.get(at.join("/")) ?? "");
    at.pop();
    hops += 1;
    if (inner === null) return unsafe(link, OUT);
    if (hops > MOST_HOPS) return unsafe(link, ENDLESS);
    left.unshift(...inner);
  }
  const entry = tree.get(at.join("/"));
  return entry ? { outcome: "file", entry } : unsafe(link, NO_FILE);
}

const OUT = "的链接指到了仓库外面 (is a link that leads out of the repository)";
const ENDLESS = "的链接没有尽头 (is a link without end)";
const NO_FILE = "的链接没有指向仓库里的文件 (is a link to no file of the repository)";

function unsafe(link: string, message: string): LinkTarget {
  return { outcome: "unsafe", message: `${JSON.stringify(link)} ${message}` };
}

/** Null for an absolute path. */
function partsOf(target: string): string[] | null {
  if (target.startsWith("/")) return null;
  return target.split("/").filter((part) => part !== "" && part !== ".");
}
