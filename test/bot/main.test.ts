import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { demoCompany } from "../../fixtures/simulators/wecom/index.ts";
import { COMPILE_CACHE } from "../support/compile-cache.ts";
import { listening } from "../support/http-server.ts";
import { copySampleHome } from "../support/sample-home.ts";
import { tempFolder } from "../support/sqlite.ts";
import { until } from "../support/world.ts";

const MAIN = join(import.meta.dirname, "..", "..", "bot", "main.ts");

/** A copy of the sample home and the environment of a process that uses it. */
function setting(t: TestContext): { folder: string; home: string; env: Record<string, string> } {
  const folder = tempFolder();
  t.after(() => folder.remove());
  const home = join(folder.path, "home");
  copySampleHome(home);
  const env = {
    PORT: "0",
    WHALE_HOME: home,
    WECOM_API: "http://127.0.0.1:9",
    WECOM_CORP_ID: demoCompany.corpId,
    WECOM_SECRET: demoCompany.corpSecret,
    WECOM_AGENT_ID: String(demoCompany.agentId),
    WECOM_TOKEN: demoCompany.token,
    WECOM_AES_KEY: demoCompany.encodingAesKey,
    HZ_ST2_API: "http://127.0.0.1:9/api",
    HZ_ST2_KEY: "key-of-the-test",
    PROMETHEUS_HOOK_TOKEN: "token-of-the-test",
  };
  return { folder: folder.path, home, env };
}

interface Process {
  child: ChildProcess;
  said: { out: string; err: string };
  exit: Promise<number | null>;
}

function run(t: TestContext, cwd: string, env: Record<string, string>): Process {
  const child = spawn(process.execPath, [MAIN], {
    ...{ cwd, env: { ...COMPILE_CACHE, ...env } },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    said.out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    said.err += chunk.toString();
  });
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, said, exit };
}

describe("the process", { concurrency: 2 }, () => {
  test("says what to do where its port is taken", async (t) => {
    const { folder, env } = setting(t);
    const taken = net.createServer();
    t.after(() => taken.close());
    const { port } = await listening(taken);
    const other = run(t, folder, { ...env, HOST: "127.0.0.1", PORT: String(port) });
    assert.equal(await other.exit, 1);
    assert.match(other.said.err, /EADDRINUSE[\s\S]*端口被占用[\s\S]*set PORT/);
  });

  test("a bad rule refuses to start, naming file, line, field and value", async (t) => {
    const { folder, home, env } = setting(t);
    const text =
      "id: bad\ntitle: x\non: [vm.disk.usage]\nbusiness: shop\nfeatures:\n  - { path: status, op: resembles, value: firing }\naction: core.noop\napproval: { from: { tag: sre-oncall } }\n";
    writeFileSync(join(home, "rules", "bad.yaml"), text);
    const { said, exit } = run(t, folder, env);

    assert.equal(await exit, 1);
    assert.match(said.err, /rules\/bad\.yaml:6:\d+ features\[0\]\.op = "resembles"/);
    assert.equal(said.out, "");
  });

  test("a variable of the files that is not set refuses to start, naming it", async (t) => {
    const { folder, env } = setting(t);
    const { HZ_ST2_KEY: _left, ...rest } = env;
    const { said, exit } = run(t, folder, rest);

    assert.equal(await exit, 1);
    assert.match(said.err, /clusters\/hz-core\.yaml:\d+.*HZ_ST2_KEY/);
  });

  test("a bad variable refuses to start, naming every bad one and no secret", async (t) => {
    const { folder, env } = setting(t);
    const { said, exit } = run(t, folder, { ...env, PORT: "http", WECOM_TOKEN: "", LOG_LEVEL: "loud" });

    assert.equal(await exit, 1);
    for (const named of [/PORT = "http"/, /WECOM_TOKEN/, /LOG_LEVEL = "loud"/]) assert.match(said.err, named);
    assert.ok(!said.err.includes(demoCompany.corpSecret));
  });

  test("a callback key of the wrong length ends the process, naming the field but not the key", async (t) => {
    const { folder, env } = setting(t);
    const { said, exit } = run(t, folder, { ...env, WECOM_AES_KEY: "tooShortToBeAKey" });

    assert.equal(await exit, 1);
    assert.match(said.err, /WECOM_AES_KEY: .*43/);
    assert.ok(!said.err.includes("tooShortToBeAKey"));
  });

  test("a port that is taken ends the process", async (t) => {
    const { folder, env } = setting(t);
    const other = net.createServer();
    const { port } = await listening(other);
    t.after(() => other.close());
    const { said, exit } = run(t, folder, { ...env, PORT: String(port) });

    assert.equal(await exit, 1);
    assert.match(said.err, /EADDRINUSE.*127\.0\.0\.1/);
  });

  test("an archive that cannot be read ends the process", async (t) => {
    const { folder, home, env } = setting(t);
    mkdirSync(join(home, "data"));
    writeFileSync(
      join(home, "data", "archive.db"),
      "this is no database, and long enough to show it".repeat(100),
    );
    const { said, exit } = run(t, folder, env);

    assert.equal(await exit, 1);
    assert.match(said.err, /archive/);
  });

  test("signals that come again while it ends do not cut the end short", async (t) => {
    const { folder, env } = setting(t);
    const { child, said, exit } = run(t, folder, env);
    await until({ lines: [] }, "it to listen", () => said.out.includes('"msg":"listening"'));
    const again = setInterval(() => child.kill("SIGTERM"), 1);
    t.after(() => clearInterval(again));

    assert.equal(await exit, 0);
  });

  test("a signal while it starts ends it in order, once it has started", async (t) => {
    const { folder, env } = setting(t);
    const { child, said, exit } = run(t, folder, env);
    await until({ lines: [] }, "it to name its stores", () => said.err.includes("鲸 Whale:"));
    child.kill("SIGTERM");
    assert.equal(await exit, 0);
    assert.ok(said.out.includes('"msg":"listening"'));
  });

  test("a second process on the same data is refused, and the first one ends well when told to", async (t) => {
    const { folder, env } = setting(t);
    const first = run(t, folder, env);
    await until({ lines: [] }, "the first to listen", () => first.said.out.includes('"msg":"listening"'));
    const second = run(t, folder, env);

    assert.equal(await second.exit, 1);
    assert.match(second.said.err, /data folder .*home\/data is in use by another Whale/);
    first.child.kill("SIGTERM");
    assert.equal(await first.exit, 0);
    for (const secret of [demoCompany.corpSecret, demoCompany.token, "key-of-the-test", "token-of-the-test"])
      assert.ok(!(first.said.out + first.said.err).includes(secret));
  });

  test("SIGHUP takes edited files, or says why not and stays ready with those before", async (t) => {
    const { folder, home, env } = setting(t);
    const { child, said, exit } = run(t, folder, env);
    const line = (msg: string) => until({ lines: [] }, msg, () => lineWith(said.out, msg));
    const { port } = await line("listening");
    const warnings = async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
      assert.equal(answer.status, 200);
      const { warnings: told } = (await answer.json()) as { warnings: { about: string; message: string }[] };
      return told.filter(({ about }) => about === "WHALE_HOME").map(({ message }) => message);
    };
    const rule = (id: string) =>
      `id: ${id}\ntitle: x\non: [vm.disk.usage]\nbusiness: shop\naction: core.noop\napproval: { from: { tag: sre-oncall } }\n`;

    writeFileSync(join(home, "rules", "more.yaml"), rule("more").replace("[vm.disk.usage]", "[vm.disk]"));
    child.kill("SIGHUP");
    const refused = await line("files refused, the configuration before stays in force");
    assert.match(JSON.stringify(refused["problems"]), /rules\/more\.yaml:3:\d+ on\[0\]/);
    assert.match((await warnings()).join(), /rules\/more\.yaml/);

    // A name that is a new secret's text: the log must know the secret before it says the name.
    writeFileSync(join(home, "rules", "more.yaml"), rule("secret-of-the-new-source"));
    const source = "name: new\nkind: generic\nauth: { bearer: secret-of-the-new-source }\n";
    writeFileSync(join(home, "sources", "new.yaml"), source);
    child.kill("SIGHUP");
    const loaded = await line("files in force");
    assert.deepEqual([loaded["by"], loaded["changed"]], ["signal", ["rule ***: created, version 1"]]);
    assert.deepEqual(await warnings(), []);
    const send = () => fetch(`http://127.0.0.1:${port}/hooks/new`, { method: "POST", body: "{}" });
    assert.equal((await send()).status, 401);
    assert.equal((await fetch(`http://127.0.0.1:${port}/api/v1/event-types`)).status, 401);

    child.kill("SIGTERM");
    assert.equal(await exit, 0);
  });
});

function lineWith(out: string, msg: string): Record<string, unknown> | null {
  const found = out.split("\n").find((one) => one.includes(`"msg":"${msg}"`) && one.endsWith("}"));
  return found ? (JSON.parse(found) as Record<string, unknown>) : null;
}
