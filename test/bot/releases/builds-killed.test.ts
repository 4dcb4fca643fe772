import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { BuildsDeps } from "../../../bot/releases/builds/index.ts";
import { type Build, imageTag } from "../../../core/releases/index.ts";
import { memoryImages } from "../../../fixtures/memory-images/index.ts";
import { aPack } from "../../contract/image-builder.ts";
import { aPackLock, aPackSet, type BuildWorld, buildWorld, filledRepos } from "../../support/builds.ts";
import { aKill, type Kill, killable } from "../../support/kill.ts";

const BY = "user:zhangsan";
const set = aPackSet();
const lock = aPackLock();
const NAME = `${set.image}:${imageTag(lock, { version: "1" })}`;
const PACKS = { disk: aPack("disk"), dmesg: aPack("dmesg"), sysctl: aPack("sysctl") };

describe("a process that is gone", () => {
  test("leaves a build that another sees to its end, killed before or after whatever it writes and does", async (t) => {
    const { passed, names } = await killedAt(t);
    const known = [
      "audit.append",
      "state.put build",
      "repos.fetch",
      "check.run",
      "images.build",
      "images.push",
      "tell.run",
    ];
    assert.deepEqual([...new Set(names)].sort(), known.sort());
    for (let at = 1; at <= passed; at++) await killedAt(t, at);
  });

  test("while it was canceling leaves a build that is canceled once somebody wants that again", async (t) => {
    for (let at = 1; at <= 2; at++) {
      const world = buildWorld(t);
      const { id } = await world.process("zero").order(set, lock, BY);
      const kill = aKill(at);
      await assert.rejects(world.process("one", mortal(world, kill)).cancel(id, BY));
      const second = world.process("two");
      await second.cancel(id, BY);
      await second.round();
      assert.deepEqual(
        [(await second.get(id))?.stage, world.registry.size],
        ["canceled", 0],
        kill.names.at(-1),
      );
    }
  });

  test("three times over one build is enough", async (t) => {
    const world = buildWorld(t);
    const { id } = await world.process("zero").order(set, lock, BY);
    for (const name of ["one", "two", "three", "four"]) {
      const dying = world.process(name, name === "four" ? {} : mortal(world, aKill(3)));
      await Promise.allSettled([dying.round()]);
      world.clock.advance(31_000);
    }
    const build = await world.process("five").get(id);
    assert.deepEqual([build?.stage, build?.takes], ["failed", 4]);
  });

  test("that was told to end leaves its build without counting against it", async (t) => {
    const world = buildWorld(t);
    const repos = filledRepos({ ...PACKS, dmesg: aPack("dmesg", { "install-hangs": "" }) });
    const builds = world.process("one", { repos });
    const { id } = await builds.order(set, lock, BY);
    const round = builds.round();
    while ((await builds.get(id))?.stage !== "building") await new Promise(setImmediate);
    await builds.stop();
    await round;
    assert.deepEqual([(await builds.get(id))?.stage, (await builds.get(id))?.takes], ["building", 0]);
    const other = world.process("two");
    await other.round();
    assert.equal((await other.get(id))?.stage, "done");
    assert.equal(await world.process("three").log(id, 0), null);
  });
});

/** All that a process which may be killed reaches of the world. */
function mortal({ store, registry, told }: BuildWorld, kill: Kill): Partial<BuildsDeps> {
  const check = async () => ({ packs: [], problems: [] });
  const tell = async (build: Build) => void told.push(build);
  return {
    state: killable("state", store.state, kill),
    leases: killable("leases", store.leases, kill),
    audit: killable("audit", { append: store.audit.append }, kill),
    repos: killable("repos", filledRepos(PACKS), kill),
    images: killable("images", memoryImages({ registry, bases: Object.values(set.base) }), kill),
    check: killable("check", { run: check }, kill).run,
    tell: killable("tell", { run: tell }, kill).run,
  };
}

/** A build that is ordered and run by a process which is killed at a point, and that another sees to its end. */
async function killedAt(t: TestContext, at?: number): Promise<Kill> {
  const world = buildWorld(t);
  const kill = aKill(at);
  const first = world.process("first", mortal(world, kill));
  await Promise.allSettled([first.order(set, lock, BY)]);
  await Promise.allSettled([first.round()]);
  const second = world.process("second");
  // Who got no answer orders it again.
  if ((await second.list()).length === 0) await second.order(set, lock, BY);
  await second.round();
  world.clock.advance(31_000);
  await second.round();
  const behind = kill.names.at(-1);
  const about = `killed at ${at}, behind ${behind}`;
  const builds = await second.list();
  assert.deepEqual(
    builds.map(({ stage, told, image }) => [stage, told, image?.digest]),
    [["done", true, world.registry.get(NAME)]],
    about,
  );
  // What reaches people has a key, so that they hear of it once all the same.
  assert.equal(world.told.length, at !== undefined && behind === "tell.run" ? 2 : 1, about);
  return kill;
}
