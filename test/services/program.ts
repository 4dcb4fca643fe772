import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { freePort } from "../support/free-port.ts";
import { tempFolder } from "../support/sqlite.ts";
import { until } from "../support/world.ts";

/** How long real programs on a busy machine may take for anything. */
export const PATIENCE_MS = 90_000;

/** A real program that runs for one test. */
export interface Program {
  url: string;
  /** A folder of its own, gone after the test. */
  folder: string;
}

/** What is run: asked for its arguments once its folder and port are known. */
export interface ProgramOptions {
  path: string;
  argsFor(at: { folder: string; port: number }): readonly string[];
  /** Answers with 200 once the program can be used. Default `/-/ready`. */
  ready?: string;
}

/** Starts a program, waits until it can be used, and ends it after the test. */
export async function startProgram(
  t: Pick<TestContext, "after">,
  { path, argsFor, ready = "/-/ready" }: ProgramOptions,
): Promise<Program> {
  const { path: folder, remove } = tempFolder();
  const port = await freePort();
  mkdirSync(join(folder, "data"));
  const args = argsFor({ folder, port });
  const child = spawn(path, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const lines: { msg: string }[] = [];
  child.stderr.on("data", (chunk: Buffer) => void lines.push({ msg: chunk.toString() }));
  const gone = once(child, "exit");
  t.after(async () => {
    child.kill("SIGKILL");
    await gone;
    remove();
  });
  const url = `http://127.0.0.1:${port}`;
  await until({ lines, patienceMs: PATIENCE_MS }, `${path} to be ready`, () => {
    if (child.exitCode !== null) throw new Error(`${path} ended: ${lines.map(({ msg }) => msg).join("")}`);
    // Until it listens the connection is refused.
    return fetch(`${url}${ready}`).then(
      (answer) => answer.ok,
      () => false,
    );
  });
  return { url, folder };
}

/** The sum of a counter of the program's own metrics over all its labels that hold a text. */
export async function counterOf({ url }: Program, name: string, holding = ""): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const rows = text.split("\n").filter((row) => row.startsWith(name) && row.includes(holding));
  return rows.reduce((sum, row) => sum + Number(row.split(" ").at(-1)), 0);
}
