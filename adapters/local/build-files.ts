import { appendFile, cp, mkdir, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { ChatOpsError } from "../../core/errors.ts";
import type { BuildFiles, Clock } from "../../core/ports/index.ts";

export interface BuildFilesOptions {
  /** Where they stand, a folder of each build's own in it. */
  folder: string;
  clock: Clock;
  /** Longest log of one build, in bytes. Default 4 MiB. */
  maxLogBytes?: number;
  /** Takes secrets out of a line. */
  mask: (text: string) => string;
}

const MAX_LOG_BYTES = 4 * 2 ** 20;
const CHUNK_BYTES = 64 * 2 ** 10;
const FULL = "…日志已满，后面的不再记录 (the log is full, what follows is not kept)";

/** What builds leave, in files. */
export function createBuildFiles(options: BuildFilesOptions): BuildFiles {
  const { folder } = options;
  const own = (build: string) => join(folder, checked(build));
  const work = (build: string) => join(own(build), "work");
  return {
    workspace: async (build) => {
      await rm(work(build), { recursive: true, force: true });
      await mkdir(work(build), { recursive: true, mode: 0o700 });
      return work(build);
    },
    layPacks: async (build, packs) => {
      const into = join(work(build), "packs");
      for (const { root, path, ref } of packs) await layPack(within(root, path), within(into, checked(ref)));
      return into;
    },
    clear: (build) => rm(work(build), { recursive: true, force: true }),
    append: appender(options, (build) => join(own(build), "log")),
    log: (build, from) => readLog(join(own(build), "log"), from),
    keepBill: async (build, text) => {
      await mkdir(own(build), { recursive: true, mode: 0o700 });
      await writeFile(join(own(build), "bill.json"), text);
    },
    bill: (build) => readFile(join(own(build), "bill.json"), "utf8").catch(nullWhenAbsent),
    keepOnly: async (builds) => {
      const there = (await readdir(folder).catch(nullWhenAbsent)) ?? [];
      const gone = there.filter((name) => !builds.includes(name));
      await Promise.all(gone.map((name) => rm(join(folder, name), { recursive: true, force: true })));
    },
  };
}

/** A name that is a folder's and nothing else. */
function checked(name: string): string {
  if (/^\w{1,128}$/.test(name)) return name;
  throw new ChatOpsError(`不能用的名称 (unusable name): ${name}`, { code: "builds.bad_name" });
}

function within(root: string, path: string): string {
  const found = resolve(root, path);
  if (found === resolve(root) || found.startsWith(resolve(root) + sep)) return found;
  throw new ChatOpsError(`路径越出仓库 (the path leads out of its repository): ${path}`, {
    code: "builds.bad_path",
  });
}

async function layPack(from: string, to: string): Promise<void> {
  const keep = (source: string) => source !== join(from, ".git");
  await cp(from, to, { recursive: true, verbatimSymlinks: true, filter: keep });
}

/** Lines of one build are written in their order. */
function appender(
  { clock, mask, maxLogBytes = MAX_LOG_BYTES }: BuildFilesOptions,
  fileOf: (build: string) => string,
): BuildFiles["append"] {
  let last: Promise<void> = Promise.resolve();
  const write = async (build: string, lines: readonly string[]) => {
    const file = fileOf(build);
    await mkdir(join(file, ".."), { recursive: true, mode: 0o700 });
    const { size } = (await stat(file).catch(nullWhenAbsent)) ?? { size: 0 };
    if (size > maxLogBytes) return;
    const at = new Date(clock.nowMs()).toISOString();
    const text = lines.map((line) => `${at} ${mask(line)}\n`).join("");
    const isFull = size + Buffer.byteLength(text) > maxLogBytes;
    // What is over the limit by then makes the next ones be dropped.
    await appendFile(file, isFull ? `${text.slice(0, maxLogBytes - size)}\n${at} ${FULL}\n` : text);
  };
  return (build, lines) => {
    last = last.then(() => write(build, lines)).catch(() => undefined);
    return last;
  };
}

async function readLog(file: string, from: number): Promise<{ text: string; next: number } | null> {
  const opened = await open(file, "r").catch(nullWhenAbsent);
  if (!opened) return null;
  try {
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, from);
    const read = buffer.subarray(0, bytesRead);
    // Up to the end of a line, so that no character is cut.
    const whole = read.subarray(0, read.lastIndexOf("\n") + 1);
    return { text: whole.toString(), next: from + whole.length };
  } finally {
    await opened.close();
  }
}

function nullWhenAbsent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
  throw error;
}
