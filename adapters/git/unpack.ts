import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { gitError } from "./errors.ts";
import { followLink } from "./links.ts";
import { type GitRun, runGit, startGit } from "./run-git.ts";
import { LINK, PROGRAM, parseTree, type TreeEntry, treeFault } from "./tree-entries.ts";

/** How git is run in the repository; its arguments follow from what is asked. */
export type InRepository = Omit<GitRun, "args">;

export interface Unpacking {
  commit: string;
  into: string;
  maxBytes: number;
}

/**
 * Writes the files of a commit, as they are stored: no filter, attribute or hook has a say in it. A link to a file
 * becomes a file of that content, so that a folder of the tree can be taken alone. Throws for anything else.
 */
export async function unpack(
  git: InRepository,
  { commit, into, maxBytes }: Unpacking,
): Promise<{ bytes: number; files: number }> {
  const listing = await runGit({ ...git, args: ["ls-tree", "-r", "-l", "-z", "--full-tree", commit] });
  const entries = parseTree(listing);
  if (entries === null) throw gitError("unsafe", "有的文件名不是 UTF-8 (a name is not UTF-8)");
  const fault = treeFault(entries, maxBytes);
  if (fault !== null) throw gitError("unsafe", fault);
  const files = await withoutLinks(git, entries);
  const grown = treeFault(files, maxBytes);
  if (grown !== null) throw gitError("unsafe", grown);
  await writeAll(git, files, into);
  return { bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), files: files.length };
}

const MAX_LINK_BYTES = 4_096;

async function withoutLinks(git: InRepository, entries: readonly TreeEntry[]): Promise<TreeEntry[]> {
  const links = entries.filter(({ mode }) => mode === LINK);
  if (links.length === 0) return [...entries];
  const long = links.find(({ bytes }) => bytes > MAX_LINK_BYTES);
  if (long) throw gitError("unsafe", `${JSON.stringify(long.path)} 的链接太长 (is a link that is too long)`);
  const targets = new Map<string, string>();
  await eachBlob(git, links, async ({ path }, body) => {
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk);
    targets.set(path, Buffer.concat(chunks).toString());
  });
  const tree = new Map(entries.map((entry) => [entry.path, entry]));
  return entries.map((entry) => {
    if (entry.mode !== LINK) return entry;
    const target = followLink(entry.path, tree, targets);
    if (target.outcome === "unsafe") throw gitError("unsafe", target.message);
    return { ...target.entry, path: entry.path };
  });
}

async function writeAll(git: InRepository, files: readonly TreeEntry[], into: string): Promise<void> {
  const folders = new Set(files.map(({ path }) => dirname(join(into, path))));
  for (const folder of folders) await mkdir(folder, { recursive: true, mode: 0o755 });
  await eachBlob(git, files, async ({ path, mode }, body) => {
    // `x`: nothing is there, and no link is followed.
    const file = await open(join(into, path), "wx", mode === PROGRAM ? 0o755 : 0o644);
    try {
      for await (const chunk of body) await file.write(chunk);
    } finally {
      await file.close();
    }
  });
}

type OnBlob = (entry: TreeEntry, body: AsyncIterable<Buffer>) => Promise<void>;

/** Hands out the content of each entry in turn. What a handler does not read is skipped. */
async function eachBlob(git: InRepository, entries: readonly TreeEntry[], onBlob: OnBlob): Promise<void> {
  const { child, ended, kill } = startGit({ ...git, args: ["cat-file", "--batch"] });
  child.stdin.end(entries.map(({ oid }) => `${oid}\n`).join(""));
  const reader = readerOf(child.stdout);
  try {
    for (const entry of entries) {
      const head = await reader.line();
      if (head !== `${entry.oid} blob ${entry.bytes}`) throw gitError("refused", `git cat-file: ${head}`);
      const body = reader.take(entry.bytes);
      await onBlob(entry, body);
      for await (const _ of body);
      await reader.line();
    }
  } catch (error) {
    kill();
    // Git's own word comes first: a stream that ends early only says that something happened.
    await ended;
    throw error;
  }
  await ended;
}

function readerOf(stream: Readable) {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let held: Buffer = Buffer.alloc(0);
  const more = async (): Promise<void> => {
    const next = await chunks.next();
    if (next.done) throw gitError("refused", "git 提前结束 (git ended early)");
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value]);
  };
  const cut = (bytes: number): Buffer => {
    const part = held.subarray(0, bytes);
    held = held.subarray(part.length);
    return part;
  };
  return {
    async line(): Promise<string> {
      while (!held.includes(10)) await more();
      const text = cut(held.indexOf(10)).toString();
      cut(1);
      return text;
    },
    async *take(bytes: number): AsyncGenerator<Buffer> {
      for (let left = bytes; left > 0; ) {
        if (held.length === 0) await more();
        const part = cut(left);
        left -= part.length;
        yield part;
      }
    },
  };
}
