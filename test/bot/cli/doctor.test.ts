import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { API_KEY, openWorld } from "../../support/world.ts";

const WHALE = join(import.meta.dirname, "..", "..", "..", "bot", "cli", "whale.ts");

async function doctor(cwd: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [WHALE, "doctor"], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await exit, out, err };
}

test("doctor tells what holds beside a running process, without its lock, and exits with 0", async (t) => {
  const world = await openWorld(t);
  const { status, out, err } = await doctor(world.home, world.env);
  assert.equal(err, "");
  assert.match(out, /embedded stores/);
  assert.match(out, /holds +data folder .*home\/data: wal, synchronous=FULL/);
  assert.match(out, new RegExp(`holds +process: ${world.url()}`));
  assert.match(out, /reduced +process: rule vm-disk-cleanup/);
  assert.match(out, /holds +wecom /);
  assert.match(out, /holds +cluster hz-core: StackStorm \d/);
  assert.equal(status, 0);
});

test("doctor names what fails and why, shows no secret, and exits with 1", async (t) => {
  const world = await openWorld(t);
  await world.stop();
  const env = {
    ...world.env,
    WECOM_API: "http://127.0.0.1:9",
    REDIS_URL: "redis://127.0.0.1:9",
    REDIS_PASSWORD: "password-of-redis",
    ELASTICSEARCH_URL: "http://127.0.0.1:9",
    ELASTICSEARCH_API_KEY: "key-of-elasticsearch",
  };
  const { status, out, err } = await doctor(world.home, env);
  assert.equal(status, 1);
  assert.match(out, /FAILS +redis 127\.0\.0\.1:9: .*cannot be reached/);
  assert.match(out, /FAILS +elasticsearch http:\/\/127\.0\.0\.1:9: .*ECONNREFUSED/);
  assert.match(out, /FAILS +wecom /);
  assert.match(out, /holds +process: .*none runs/);
  assert.match(err, /failed: 3/);
  assertLeaksNoSecret(["password-of-redis", "key-of-elasticsearch", API_KEY], out + err);
});

test("doctor refuses a bad configuration before it connects to anything", async (t) => {
  const world = await openWorld(t);
  const { status, out, err } = await doctor(world.home, { ...world.env, REDIS_URL: "redis://h" });
  assert.equal(status, 1);
  assert.equal(out, "");
  assert.match(err, /ELASTICSEARCH_URL: /);
});
