import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ChatOpsError } from "../../core/errors.ts";
import { createRedactor } from "../outbound/index.ts";
import type { ImagesConfig } from "./config.ts";
import { endGroup, runTool } from "./tool.ts";

/** What one call of buildah needs beside its words. */
export interface Call {
  onLog: (line: string) => void;
  signal: AbortSignal;
  /** What it reads. */
  input?: string;
}

/** buildah on a storage of its own. */
export interface Buildah {
  /** Runs one of its commands and gives the lines that it wrote. Throws `images.failed`, `images.canceled` or `images.missing`. */
  run(args: readonly string[], call: Call): Promise<string[]>;
  /** Ends what a process before left running on this storage. */
  endLeftover(): Promise<void>;
}

const LAST_LINES = 8;

/** Makes it; the storage is made with the first command. */
export function createBuildah(config: ImagesConfig): Buildah {
  const { folder, program, storageDriver } = config;
  const pidFile = join(folder, "pid");
  const redact = createRedactor(Object.values(config.buildEnv).flatMap(secretsIn));
  const storage = ["--root", join(folder, "storage"), "--runroot", join(folder, "run")];
  const globals = [...storage, "--storage-driver", storageDriver];
  return {
    endLeftover: () => endLeftover(pidFile, folder),
    run: async (args, { onLog, signal, input = "" }) => {
      const tmp = join(folder, "tmp");
      await mkdir(tmp, { recursive: true });
      const lines: string[] = [];
      const end = await runTool({
        ...{ program, args: [...globals, ...args], input, signal },
        env: { HOME: folder, LC_ALL: "C.UTF-8", ...config.env, TMPDIR: tmp },
        onStart: (pid) => void writeFile(pidFile, String(pid)).catch(() => undefined),
        redact,
        onLine: (line) => {
          lines.push(line);
          onLog(line);
        },
      });
      if (end.outcome === "canceled") throw new ChatOpsError("canceled", { code: "images.canceled" });
      if (end.outcome === "missing") throw missing(program, end.message);
      await rm(pidFile, { force: true });
      if (end.status !== 0) throw failed(`${program} ${args[0]}: ${end.status}`, lines, folder);
      return lines;
    },
  };
}

/** A short value is no secret, and would be masked everywhere; a password within an address may be told alone. */
function secretsIn(value: string): string[] {
  const password = URL.parse(value)?.password ?? "";
  return [value, password].filter(({ length }) => length >= SHORTEST_SECRET);
}

const SHORTEST_SECRET = 6;

function missing(program: string, message: string): ChatOpsError {
  const todo = `请安装 (install it): apt-get install buildah`;
  return new ChatOpsError(`运行不了 ${program} (cannot be run): ${message}; ${todo}`, {
    code: "images.missing",
  });
}

/** What a command that failed said last; a full disk is named for what it is. */
function failed(what: string, lines: readonly string[], folder: string): ChatOpsError {
  const last = lines.slice(-LAST_LINES).join("\n");
  const isFull = lines.some((line) => /no space left on device|disk quota exceeded/i.test(line));
  const full = isFull ? `磁盘满了，请腾出空间 (the disk is full, make room): ${folder}\n` : "";
  return new ChatOpsError(`${full}${what}\n${last}`, { code: "images.failed" });
}

/**
 * A process that died took nothing with it: what it ran goes on in a group of its own. It is known by its command,
 * which names this folder, since the number may be another's by now.
 */
async function endLeftover(pidFile: string, folder: string): Promise<void> {
  const pid = Number(await readFile(pidFile, "utf8").catch(() => ""));
  if (!Number.isInteger(pid) || pid <= 1) return;
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  if (command.split("\0").includes(join(folder, "storage"))) endGroup(pid, "SIGKILL");
  await rm(pidFile, { force: true });
}
