import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { COMPILE_CACHE } from "../../support/compile-cache.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { API_KEY, openWorld } from "../../support/world.ts";

const WHALE = join(import.meta.dirname, "..", "..", "..", "bot", "cli", "whale.ts");

async function doctor(cwd: string, env: Record<string, string>, ...options: string[]) {
  const child = spawn(process.execPath, [WHALE, "doctor", ...options], {
    cwd,
    env: { ...COMPILE_CACHE, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await exit, out, err };
}

test("doctor tells what holds beside a running process, without its lock, and exits with 2 for what is reduced", async (t) => {
  const world = await openWorld(t);
  world.wecom.groups.addOwn("shop-alerts", "商城值班", ["zhangsan", "lisi"]);
  const { status, out, err } = await doctor(world.home, world.env);
  assert.equal(err, "");
  assert.match(out, /embedded stores/);
  assert.match(out, /holds +data folder .*home\/data: wal, synchronous=FULL/);
  assert.match(out, new RegExp(`holds +process: ${world.url()}`));
  assert.match(out, /holds +wecom /);
  assert.match(out, /holds +cluster hz-core: StackStorm \d/);
  assert.match(out, /reduced +callback: .*WHALE_PUBLIC_URL/);
  assert.match(out, /→ 在 \.env 里写 FALLBACK_ROBOT_URL/);
  assert.equal(status, 2);
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
  assert.match(out, /→ 核对 REDIS_URL.*intake answers 503/);
  assert.match(out, /→ 核对 ELASTICSEARCH_URL.*alerts are handled as ever/);
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

test("doctor tells programs the same as JSON, and exits with 0 when all holds", async (t) => {
  const world = await openWorld(t);
  const { wecom } = world;
  wecom.groups.addOwn("shop-alerts", "商城值班", ["zhangsan", "lisi"]);
  const robot = wecom.groups.addRobot("运维群");
  wecom.switches.set({ trustedDomain: URL.parse(world.url())?.host ?? null });
  const env = { ...world.env, WHALE_PUBLIC_URL: world.url(), FALLBACK_ROBOT_URL: robot.url };
  const { status, out, err } = await doctor(world.home, env, "--json");
  const told = JSON.parse(out) as {
    exitCode: number;
    findings: { outcome: string; cause: string; about: string }[];
  };
  assert.deepEqual(
    told.findings.filter(({ outcome }) => outcome !== "holds"),
    [],
  );
  assert.deepEqual([status, told.exitCode, err], [0, 0, ""]);
  assert.ok(told.findings.some(({ cause }) => cause === "callback_works"));
  assertLeaksNoSecret([robot.key, API_KEY], out);
  assert.deepEqual(
    wecom.groups.list("x")[0]?.entries,
    [],
    "looking at a robot writes nothing into its group",
  );
});
