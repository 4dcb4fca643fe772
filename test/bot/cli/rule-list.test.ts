import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { openWorld } from "../../support/world.ts";

const WHALE = join(import.meta.dirname, "..", "..", "..", "bot/cli/whale.ts");

test("the rules in force are listed, one a line, as text or as JSON", async (t) => {
  const world = await openWorld(t);
  const env = { ...process.env, WHALE_HOME: world.home };
  const list = (...given: string[]) =>
    promisify(execFile)(process.execPath, [WHALE, "rules", "list", ...given], { cwd: world.home, env });
  const ids = (await list("--json")).stdout.trim().split("\n");
  assert.deepEqual(
    ids.map((line) => JSON.parse(line).id),
    ["dmesg", "opsst2-stone", "vm-disk-cleanup"],
  );
  assert.match((await list("--type", "host.dmesg")).stdout, /^dmesg · .*host\.dmesg → dmesg\.clear/);
  const none = await list("--mode", "shadow");
  assert.deepEqual([none.stdout, /没有这样的规则/.test(none.stderr)], ["", true]);
});
