import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { COMPILE_CACHE } from "../../support/compile-cache.ts";
import { tempFolder } from "../../support/sqlite.ts";

const WHALE = join(import.meta.dirname, "..", "..", "..", "bot/cli/whale.ts");
const run = promisify(execFile);

test("a process that is gone is told apart from one that gives no answer", async (t) => {
  const folder = tempFolder();
  t.after(() => folder.remove());
  const data = join(folder.path, "data");
  mkdirSync(data);
  writeFileSync(join(data, "local-token"), "t", { mode: 0o600 });
  const stops = (origin: string) => {
    writeFileSync(join(data, "local-address"), origin);
    const env = { ...COMPILE_CACHE, WHALE_HOME: folder.path };
    return run(process.execPath, [WHALE, "stops"], { cwd: folder.path, env });
  };
  const mute = createServer((socket) => socket.once("data", () => socket.destroy()));
  t.after(() => mute.close());
  const port = await new Promise<number>((resolve) => {
    mute.listen(0, "127.0.0.1", () => resolve((mute.address() as { port: number }).port));
  });
  const origin = `http://127.0.0.1:${port}`;
  await assert.rejects(stops(origin), { code: 1, stderr: /没有给出应答 \(no answer came\).*\n.*先查再重做/ });
  await new Promise((resolve) => mute.close(resolve));
  await assert.rejects(stops(origin), { code: 1, stderr: /没有 Whale 在运行.*npm start/s });
});
