import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** How one run of a pack's tests ended. */
export interface TestRun {
  /** What was run, as people read it. */
  name: string;
  outcome: "passed" | "failed" | "missing";
  /** What it wrote, its last `MOST_OUTPUT` characters. */
  output: string;
}

const MOST_OUTPUT = 20_000;
const TEST_MS = 5 * 60_000;
/** A pack's tests see where programs are and nothing else of this process: it may hold secrets. */
const PASSED_ON = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"];

/**
 * Runs the tests in a pack's folder `tests/`: Python's by unittest, with `actions/lib` on its path, and each
 * `test_*.sh` by itself. None is an empty list. Runs code of the pack: for people who wrote it, on their machine.
 */
export async function runPackTests(folder: string, env: Env): Promise<TestRun[]> {
  const tests = join(folder, "tests");
  const names = existsSync(tests) ? readdirSync(tests).sort() : [];
  const runs: TestRun[] = [];
  if (names.some((name) => /^test_.*\.py$/.test(name))) {
    const args = ["-B", "-m", "unittest", "discover", "-s", "tests"];
    runs.push(await runOne({ folder, env }, { name: "tests/test_*.py", command: "python3", args }));
  }
  for (const name of names.filter((one) => /^test_.*\.sh$/.test(one))) {
    const path = join("tests", name);
    runs.push(await runOne({ folder, env }, { name: path, command: "sh", args: [path] }));
  }
  return runs;
}

type Env = Readonly<Record<string, string | undefined>>;

interface Place {
  folder: string;
  env: Env;
}

interface TestCommand {
  name: string;
  command: string;
  args: readonly string[];
}

async function runOne({ folder, env }: Place, { name, command, args }: TestCommand): Promise<TestRun> {
  // A time-out of the child's own would keep this process up when there is no such program.
  const signal = AbortSignal.timeout(TEST_MS);
  const own = { cwd: folder, env: environmentOf(folder, env), signal, killSignal: "SIGKILL" as const };
  const child = spawn(command, args, own);
  let output = "";
  const take = (chunk: Buffer) => {
    output = (output + chunk.toString("utf8")).slice(-MOST_OUTPUT);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  child.stdin.end();
  return new Promise((resolve) => {
    child.on("error", (error) => {
      const outcome = signal.aborted ? "failed" : "missing";
      resolve({ name, outcome, output: `${output}${command}: ${error.message}` });
    });
    child.on("close", (code) => resolve({ name, outcome: code === 0 ? "passed" : "failed", output }));
  });
}

function environmentOf(folder: string, env: Env): NodeJS.ProcessEnv {
  const kept = PASSED_ON.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const path = ["actions/lib", "actions", "sensors", "lib"].map((part) => join(folder, part)).join(":");
  return { ...Object.fromEntries(kept), PYTHONPATH: path };
}
