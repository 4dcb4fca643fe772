import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { promisify } from "node:util";
import { copySampleHome } from "../../support/sample-home.ts";
import { tempFolder } from "../../support/sqlite.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const FIXTURES = join(ROOT, "fixtures");
const HOME = tempFolder();
copySampleHome(HOME.path);
after(HOME.remove);
const ENV = {
  ...process.env,
  WHALE_HOME: HOME.path,
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

  test("prints what a terminal would obey as escapes of JSON", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "whale-try-"));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, "body.json");
    const detail = { "k\u009b2J": "\u202Eevil\u202C \u007f\u{E0041}", n: "磁盘\n🐳" };
    await writeFile(file, JSON.stringify({ event_type: "vm.disk.usage", title: "a\u001b[2Jb", detail }));
    const { stdout } = await tryFile("generic", file);
    assert.doesNotMatch(stdout, /[^\P{Cc}\n]|\p{Cf}/u);
    assert.ok(stdout.includes("磁盘\\n🐳") && stdout.includes("\\u202eevil"));
    const [event] = JSON.parse(stdout) as { title: string; detail: object }[];
    assert.deepEqual([event?.detail, event?.title.includes("\u001b")], [detail, true]);
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
