import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { PATIENCE_MS } from "./program.ts";

const DEMO = join(import.meta.dirname, "..", "..", "bot", "cli", "demo.ts");
const run = promisify(execFile);
const skip = spawnSync("git", ["--version"]).status === 0 ? false : "git is missing";

test("the demo plays its samples, a release over two clusters and its way back by itself", {
  skip,
}, async () => {
  const env = { ...process.env, PORT: "0" };
  const { stdout } = await run(process.execPath, [DEMO, "--script"], { env, timeout: 2 * PATIENCE_MS });
  for (const said of ["release done", "both clusters run", "release rolled back", "all samples played"]) {
    assert.ok(stdout.includes(said), `${said}\n${stdout}`);
  }
});
