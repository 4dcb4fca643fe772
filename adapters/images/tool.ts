import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { errorText } from "../../core/errors.ts";

/** One run of a program, without a shell. */
export interface ToolRun {
  program: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  /** What it reads; nothing when absent. */
  input?: string;
  /** Hides secrets in a line of what it says, before that is cut. */
  redact: (line: string) => string;
  /** Each line of what it says, on either output, cut to a length. */
  onLine: (line: string) => void;
  /** The process, as soon as there is one. */
  onStart?: (pid: number) => void;
  signal: AbortSignal;
}

export type ToolEnd =
  | { outcome: "ended"; status: number }
  | { outcome: "canceled" }
  /** It could not be run at all. */
  | { outcome: "missing"; message: string };

/** How long it may take to end by itself once it was told to. */
const GRACE_MS = 3_000;
const LONGEST_LINE = 2_000;

/** Runs a program in a process group of its own, which is ended as a whole on cancel. Never throws. */
export async function runTool(run: ToolRun): Promise<ToolEnd> {
  if (run.signal.aborted) return { outcome: "canceled" };
  const child = spawn(run.program, run.args, {
    ...{ cwd: "/", env: { ...run.env }, detached: true, stdio: ["pipe", "pipe", "pipe"] },
  });
  // It may end without having read it.
  child.stdin.on("error", () => undefined).end(run.input ?? "");
  if (child.pid !== undefined) run.onStart?.(child.pid);
  const told = Promise.all([child.stdout, child.stderr].map((stream) => tellLines(stream, run)));
  const stop = endOnAbort(child, run.signal);
  const end = await ended(child);
  // What the group left behind would hold the storage, and the outputs open.
  endGroup(child.pid, "SIGKILL");
  await told;
  stop();
  return run.signal.aborted ? { outcome: "canceled" } : end;
}

async function tellLines(
  stream: NodeJS.ReadableStream | null,
  { redact, onLine }: Pick<ToolRun, "redact" | "onLine">,
) {
  if (!stream) return;
  for await (const line of createInterface({ input: stream })) {
    const plain = cut(redact(plainLine(line)));
    if (plain !== "") onLine(plain);
  }
}

/** Without colours and other control characters. */
function plainLine(line: string): string {
  return stripVTControlCharacters(line)
    .replaceAll("\t", " ")
    .replace(/\p{Cc}/gu, "")
    .trimEnd();
}

function cut(line: string): string {
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
}

function ended(child: ChildProcess): Promise<ToolEnd> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ outcome: "missing", message: errorText(error) }));
    // Not `close`: what it started may hold its outputs open, and is ended next.
    child.once("exit", (code, signal) => resolve({ outcome: "ended", status: code ?? (signal ? 128 : 1) }));
  });
}

function endOnAbort(child: ChildProcess, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    endGroup(child.pid, "SIGTERM");
    timer = setTimeout(() => endGroup(child.pid, "SIGKILL"), GRACE_MS);
  };
  signal.addEventListener("abort", end, { once: true });
  return () => {
    signal.removeEventListener("abort", end);
    clearTimeout(timer);
  };
}

/** Ends a process group; one that is gone is gone. */
export function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // There is no such group any more.
  }
}
