import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { gitError, troubleIn } from "./errors.ts";

export interface GitRun {
  program: string;
  args: readonly string[];
  cwd: string;
  /** The whole environment: nothing of the process's own reaches git. */
  env: Readonly<Record<string, string>>;
  signal: AbortSignal;
  /** Texts that must not stand in an error. */
  secrets: readonly string[];
}

/** A git that runs. */
export interface RunningGit {
  child: ChildProcessWithoutNullStreams;
  /** Ends when it has ended well. Throws what it said otherwise. */
  ended: Promise<void>;
  /** Ends it and everything that it started. */
  kill(): void;
}

const MOST_STDERR = 16_384;
const MOST_SHOWN = 500;

/** Starts git, without a shell, in a process group of its own: a signal ends its helpers too. */
export function startGit({ program, args, cwd, env, signal, secrets }: GitRun): RunningGit {
  if (signal.aborted) throw gitError("canceled", CANCELED);
  const child = spawn(program, args, { cwd, env, detached: true, stdio: "pipe" });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    if (stderr.length < MOST_STDERR) stderr += chunk.toString();
  });
  // Git may end before it has read all; its exit says so.
  child.stdin.on("error", () => undefined);
  const kill = () => killGroup(child.pid);
  signal.addEventListener("abort", kill, { once: true });
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", (error) => reject(gitError("refused", `git: ${error.message}`)));
    child.once("close", (code) => {
      signal.removeEventListener("abort", kill);
      if (signal.aborted) reject(gitError("canceled", CANCELED));
      else if (code === 0) resolve();
      else reject(gitError(troubleIn(stderr), said(stderr, secrets)));
    });
  });
  // Who never comes to wait for it has been told by the stream; an error must not end the process.
  ended.catch(() => undefined);
  return { child, ended, kill };
}

const CANCELED = "已取消 (canceled)";
const MOST_OUTPUT = 64 * 1_048_576;

/** Runs git to its end, for what it prints. */
export async function runGit(run: GitRun): Promise<Buffer> {
  const { child, ended, kill } = startGit(run);
  child.stdin.end();
  const chunks: Buffer[] = [];
  let length = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > MOST_OUTPUT) kill();
    else chunks.push(chunk);
  });
  await ended.catch((error: unknown) => {
    throw length > MOST_OUTPUT ? gitError("unsafe", "仓库的目录太大 (its listing is too large)") : error;
  });
  return Buffer.concat(chunks);
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** The last words of git, in one line, with no secret in them. */
function said(stderr: string, secrets: readonly string[]): string {
  let text = stderr;
  for (const secret of secrets) if (secret !== "") text = text.replaceAll(secret, "***");
  const lines = text.replace(/:\/\/[^/@\s]*@/g, "://***@").split("\n");
  const told = lines.map((line) => line.trim()).filter((line) => line !== "" && !/^warning: /.test(line));
  return told.join(" · ").slice(-MOST_SHOWN) || "git 没有说明原因 (git gave no reason)";
}
