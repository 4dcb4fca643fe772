import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { makeDemoRepositories } from "../../../bot/cli/demo-packs.ts";
import { startStackStormSimulator } from "../../../fixtures/simulators/stackstorm/index.ts";
import { COMPILE_CACHE } from "../../support/compile-cache.ts";
import { copySampleHome } from "../../support/sample-home.ts";
import { tempFolder } from "../../support/sqlite.ts";
import { API_KEY, FIXTURES, HOOK_TOKEN } from "../../support/world.ts";

const WHALE = join(import.meta.dirname, "..", "..", "..", "bot", "cli", "whale.ts");
const run = promisify(execFile);

test("where no Whale knows the last release, a plan starts from what the cluster has", async (t) => {
  const { path, remove } = tempFolder();
  t.after(remove);
  const home = join(path, "home");
  copySampleHome(home);
  const packsDir = join(FIXTURES, "packs");
  const stackstorm = await startStackStormSimulator({ packsDir, vmsDir: path, apiKey: API_KEY });
  t.after(() => stackstorm.close());
  const secrets = { HZ_ST2_API: stackstorm.api, HZ_ST2_KEY: API_KEY };
  await makeDemoRepositories(home, { ...secrets, PROMETHEUS_HOOK_TOKEN: HOOK_TOKEN });
  const env = { ...COMPILE_CACHE, PATH: process.env["PATH"] ?? "", WHALE_HOME: home, ...secrets };
  const { stdout } = await run(process.execPath, [WHALE, "packs", "plan", "base"], { env, cwd: path });
  assert.match(stdout, /no Whale runs here/);
  assert.match(stdout, /cluster hz-core has disk 1\.0\.0, dmesg 1\.0\.0/);
  assert.match(stdout, /参数 timeout 改了默认值/, "parameters are compared with those of the cluster");
});
