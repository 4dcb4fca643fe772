import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { COMPILE_CACHE } from "../../support/compile-cache.ts";
import { tempFolder } from "../../support/sqlite.ts";

const WHALE = join(import.meta.dirname, "..", "..", "..", "bot/cli/whale.ts");
const run = promisify(execFile);

/** Runs `whale stops` on a data folder whose process is said to be at an address. */
function stopsOver(t: TestContext) {
  const folder = tempFolder();
  t.after(() => folder.remove());
  const data = join(folder.path, "data");
  mkdirSync(data);
  writeFileSync(join(data, "local-token"), "t", { mode: 0o600 });
  return (origin: string) => {
    writeFileSync(join(data, "local-address"), origin);
    const env = { ...COMPILE_CACHE, WHALE_HOME: folder.path };
    return run(process.execPath, [WHALE, "stops"], { cwd: folder.path, env });
  };
}

async function listening(t: TestContext, server: Server): Promise<string> {
  t.after(() => server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a process that is gone is told apart from one that gives no answer", async (t) => {
  const stops = stopsOver(t);
  const mute = createServer((socket) => socket.once("data", () => socket.destroy()));
  const origin = await listening(t, mute);
  await assert.rejects(stops(origin), { code: 1, stderr: /没有给出应答 \(no answer came\).*\n.*先查再重做/ });
  await new Promise((resolve) => mute.close(resolve));
  await assert.rejects(stops(origin), { code: 1, stderr: /没有 Whale 在运行.*npm start/s });
});

test("while no answer comes, that is said, and what comes late is taken", async (t) => {
  const slow = createHttpServer((_request, response) => {
    asked.stderr.once("data", () => response.end(JSON.stringify({ stops: [] })));
  });
  const asking = stopsOver(t)(await listening(t, slow));
  const asked = { stderr: asking.child.stderr ?? assert.fail("no stderr") };
  const { stderr } = await asking;
  assert.match(stderr, /还没有应答，继续等待.*\n.*no answer yet, still waiting/);
});
