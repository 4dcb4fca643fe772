import type { PythonCode, PythonFault, RequirementsOutcome, SyntaxOutcome } from "../../core/ports/index.ts";
import { type PythonOptions, runPython } from "./run-python.ts";

export type { PythonOptions } from "./run-python.ts";

/** Python code as the machine's own Python reads it. */
export function createPython(options: PythonOptions = {}): PythonCode {
  return {
    syntax: (files, signal) => syntaxOf(files, { ...options, signal }),
    requirements: (lines, signal) => requirementsOf(lines, { ...options, signal }),
  };
}

type Running = PythonOptions & { signal: AbortSignal };

/** Only parses: the files' texts come by its input, one line goes out for each fault. */
const PARSE = `
import ast, json, sys, warnings
warnings.simplefilter("ignore")
for one in json.load(sys.stdin):
    try:
        ast.parse(one["text"], one["file"])
    except SyntaxError as error:
        print(json.dumps({"file": one["file"], "line": error.lineno or 1, "message": str(error.msg)}))
    except (ValueError, RecursionError, MemoryError) as error:
        print(json.dumps({"file": one["file"], "line": 1, "message": str(error)}))
`;

async function syntaxOf(
  files: readonly { file: string; text: string }[],
  running: Running,
): Promise<SyntaxOutcome> {
  if (files.length === 0) return { outcome: "checked", faults: [] };
  const { code, stdout, stderr } = await runPython(["-c", PARSE], JSON.stringify(files), running);
  if (code !== 0) return { outcome: "unknown", message: lastLine(stderr) };
  const lines = stdout.split("\n").filter((line) => line !== "");
  return { outcome: "checked", faults: lines.map((line) => JSON.parse(line) as PythonFault) };
}

/**
 * Asks pip without installing. Only built packages are considered: making one of a source would run its code here. So
 * a package that there is no build of remains unknown.
 */
const PIP = [
  ...["-m", "pip", "install", "--dry-run", "--quiet", "--no-input", "--disable-pip-version-check"],
  ...["--ignore-installed", "--no-cache-dir", "--only-binary", ":all:", "--retries", "1", "--timeout", "10"],
  ...["-r", "/dev/stdin"],
];

async function requirementsOf(lines: readonly string[], running: Running): Promise<RequirementsOutcome> {
  if (lines.length === 0) return { outcome: "resolvable" };
  const { code, stderr } = await runPython(PIP, `${lines.join("\n")}\n`, running);
  if (code === 0) return { outcome: "resolvable" };
  const message = lastLine(stderr);
  return { outcome: code !== null && isFinal(stderr) ? "unresolvable" : "unknown", message };
}

/** Pip has no codes: of its words only those count that no network and no missing build can cause. */
function isFinal(stderr: string): boolean {
  if (/ResolutionImpossible|conflicting dependencies/.test(stderr)) return true;
  return /from versions: (?!none)/.test(stderr) && !/retrying|connection/i.test(stderr);
}

function lastLine(text: string): string {
  const lines = text.split("\n").filter((line) => /\S/.test(line) && !/^\[notice\]/.test(line));
  return (lines.at(-1) ?? "no reason given").trim().slice(0, 300);
}
