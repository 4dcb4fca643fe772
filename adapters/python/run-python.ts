import { execFile } from "node:child_process";

/** How Python is run. */
export interface PythonOptions {
  /** The program; `python3` when absent. */
  program?: string;
  /** Where programs are looked for; the system's usual folders when absent. */
  path?: string;
  /** It gives up after so long, in milliseconds; 120,000 when absent. */
  timeoutMs?: number;
}

export interface PythonEnded {
  /** Its exit code; null when it did not start or was ended. */
  code: number | null;
  stdout: string;
  stderr: string;
}

const MOST_OUTPUT = 16 * 1_048_576;
const NOT_STARTED = { code: null, stdout: "" };

/** Runs Python apart from the machine's own modules, without a shell, with a text as its input. */
export function runPython(
  args: readonly string[],
  input: string,
  {
    program = "python3",
    path = "/usr/local/bin:/usr/bin:/bin",
    timeoutMs = 120_000,
    signal,
  }: PythonOptions & {
    signal: AbortSignal;
  },
): Promise<PythonEnded> {
  if (signal.aborted) return Promise.resolve({ ...NOT_STARTED, stderr: "canceled" });
  const env = { PATH: path, LC_ALL: "C.UTF-8", PYTHONDONTWRITEBYTECODE: "1" };
  return new Promise((resolve) => {
    const options = {
      env,
      signal,
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      maxBuffer: MOST_OUTPUT,
    } as const;
    const child = execFile(program, ["-I", ...args], options, (error, stdout, stderr) => {
      const code = typeof error?.code === "number" ? error.code : null;
      resolve({ code: error ? code : 0, stdout, stderr: stderr || (error?.message ?? "") });
    });
    // It may end before it has read all; its exit says so.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}
