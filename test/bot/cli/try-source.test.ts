import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const FIXTURES = join(ROOT, "fixtures");
const ENV = {
  ...process.env,
  WHALE_HOME: join(FIXTURES, "home"),
  HZ_ST2_API: "http://127.0.0.1:9/api",
  HZ_ST2_KEY: "key-of-a-test",
  PROMETHEUS_HOOK_TOKEN: "token-of-a-test",
};

const run = promisify(execFile);
const tryFile = (source: string, file: string) =>
  run(process.execPath, [join(ROOT, "bot/cli/whale.ts"), "sources", "try", source, file], { env: ENV });

describe("whale sources try", () => {
  test("prints the event that a body makes, with its type and detail, and stores nothing", async () => {
    const file = join(FIXTURES, "events/alertmanager/firing-vm-disk-full.json");
    const { stdout } = await tryFile("alertmanager", file);
    const [event] = JSON.parse(stdout) as { type: string; subject: string; detail: { usage: number } }[];
    assert.equal(event?.type, "vm.disk.usage");
    assert.equal(event?.subject, "vm-shop-db-03");
    assert.equal(event?.detail.usage, 97.13);
  });

  test("names a source that does not exist and ends with 1", async () => {
    const file = join(FIXTURES, "events/alertmanager/firing-vm-disk-full.json");
    await assert.rejects(tryFile("nobody", file), { code: 1, stderr: /nobody/ });
  });

  test("says why a body cannot be read", async () => {
    const file = join(FIXTURES, "events/alertmanager/bad-broken-json.body");
    await assert.rejects(tryFile("alertmanager", file), { code: 1, stderr: /bad_json/ });
  });
});
