import { stat } from "node:fs/promises";
import { join } from "node:path";
import { listHome } from "./home-folders.ts";

/** Looks at a home from time to time. */
export interface HomeWatch {
  /** Looks no more. A look under way is waited for. */
  stop(): Promise<void>;
}

export interface HomeWatchOptions {
  /** The folder WHALE_HOME. */
  dir: string;
  everyMs: number;
  /** The stamp of the files as they were last loaded. */
  loaded: () => string;
  /** Called after a change, once the files have stayed as they are between two looks. Waited for; must not fail. */
  onChange: () => Promise<void>;
}

/**
 * Watches the files of a home by looking at their names, sizes and times. Notices of the file system would be
 * quicker, but there are none of a network's folder and, where a ConfigMap is mounted, none of what a link
 * points to. A file that cannot be looked at counts as it is: loading says what is wrong with it.
 */
export function watchHome({ dir, everyMs, loaded, onChange }: HomeWatchOptions): HomeWatch {
  const ending = new AbortController();
  const run = async (): Promise<void> => {
    let before: string | null = null;
    let told: string | null = null;
    while (await passed(everyMs, ending.signal)) {
      const now = await stampOf(dir);
      const settled = now === before;
      before = now;
      if (!settled || now === told || now === loaded()) continue;
      told = now;
      await onChange();
    }
  };
  const running = run();
  return {
    stop: async () => {
      ending.abort();
      await running;
    },
  };
}

/** What changes whenever a file of a home does: paths, sizes and times. */
export async function stampOf(dir: string): Promise<string> {
  const files = await listHome(dir).catch(() => []);
  const stamps = files.map(async (file) => `${file} ${await stampOfFile(join(dir, file))}`);
  return (await Promise.all(stamps)).join("\n");
}

async function stampOfFile(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(path);
    return [ino, size, mtimeMs, ctimeMs].join(" ");
  } catch {
    // It went between the listing and this look; the next look tells.
    return "gone";
  }
}

/** Whether the time passed before the end came. */
function passed(ms: number, ended: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (ended.aborted) return resolve(false);
    const end = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      ended.removeEventListener("abort", end);
      resolve(true);
    }, ms);
    ended.addEventListener("abort", end, { once: true });
  });
}
