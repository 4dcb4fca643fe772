import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const DEMO = join(ROOT, "bot", "cli", "demo.ts");
const run = promisify(execFile);
const demo = (port: string) =>
  run(process.execPath, [DEMO], { env: { ...process.env, PORT: port }, timeout: 30_000 });

describe("npm run demo", () => {
  test("ends with 1 and says what to do when its port is taken", async (context) => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    context.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    await assert.rejects(demo(String(port)), { code: 1, stderr: /PORT=0 npm run demo/ });
  });

  test("ends when npm is told to, and leaves no process behind", { timeout: 30_000 }, async (context) => {
    const env = { ...process.env, PORT: "0" };
    // A group of its own, so that a process left behind ends with this test all the same.
    const npm = spawn("npm", ["run", "demo"], { cwd: ROOT, env, detached: true });
    context.after(() => spawnSync("kill", ["-KILL", "--", `-${npm.pid}`]));
    let said = "";
    for await (const chunk of npm.stdout) {
      said += chunk;
      if (said.includes("(Ctrl-C ends)") && !npm.killed) npm.kill("SIGTERM");
    }
    // The output ends only when the last process that holds it is gone.
    assert.match(said, /WHALE READY/);
  });

  test("starts without git, and says what it does not show", { timeout: 30_000 }, async (context) => {
    const child = spawn(process.execPath, [DEMO], {
      env: { ...process.env, PATH: "/nonexistent", PORT: "0" },
    });
    context.after(() => child.kill("SIGKILL"));
    let said = "";
    for await (const chunk of child.stdout) {
      said += chunk;
      if (said.includes("(Ctrl-C ends)") && !child.killed) child.kill("SIGTERM");
    }
    assert.match(said, /没有找到 git/);
  });

  test("ends with 1 and names a port that is none", async () => {
    await assert.rejects(demo("abc"), { code: 1, stderr: /PORT = "abc"/ });
  });
});
