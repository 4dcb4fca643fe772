import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { KEPT_BUILDS } from "../../../bot/releases/builds/index.ts";
import { type Build, imageTag, type PackProblem } from "../../../core/releases/index.ts";
import { memoryImages } from "../../../fixtures/memory-images/index.ts";
import { aPack } from "../../contract/image-builder.ts";
import { aPackLock, aPackSet, type BuildWorld, buildWorld, filledRepos } from "../../support/builds.ts";

const BY = "user:zhangsan";
const set = aPackSet();
const lock = aPackLock();
const NAME = `${set.image}:${imageTag(lock, { version: "1" })}`;

async function buildOf({ store }: BuildWorld): Promise<Build> {
  const [document] = await store.state.list("build");
  assert.ok(document);
  return document.body;
}

describe("a build", () => {
  test("goes from its lock to an image in the registry, and tells whoever ordered it", async (t) => {
    const world = buildWorld(t);
    const builds = world.process("one");
    const { id } = await builds.order(set, lock, BY);
    await builds.round();
    const build = await builds.get(id);
    assert.equal(build?.stage, "done");
    assert.equal(build?.image?.digest, world.registry.get(NAME));
    assert.equal(build?.image?.reference, `${set.image}@${build?.image?.digest}`);
    assert.deepEqual(
      world.told.map(({ id, by }) => [id, by]),
      [[id, BY]],
    );
    const log = (await builds.log(id, 0))?.text ?? "";
    for (const said of ["==> fetching", "installing sysctl", "pushed", "==> done"])
      assert.ok(log.includes(said), log);
    assert.match((await builds.bill(id)) ?? "", /"bomFormat": "CycloneDX"/);
  });

  test("is the one that waits already when the same lock is ordered again", async (t) => {
    const builds = buildWorld(t).process("one");
    const first = await builds.order(set, lock, BY);
    assert.equal((await builds.order(set, lock, "user:lisi")).id, first.id);
  });

  test("makes nothing anew of a lock whose image is where it was pushed", async (t) => {
    const world = buildWorld(t);
    const calls: string[] = [];
    const { registry } = world;
    const images = memoryImages({
      registry,
      bases: Object.values(set.base),
      onCall: (what) => calls.push(what),
    });
    const builds = world.process("one", { images });
    const first = await builds.order(set, lock, BY);
    await builds.round();
    const again = await builds.order(set, lock, BY);
    await builds.round();
    assert.deepEqual(calls, ["build", "push"]);
    assert.equal((await builds.get(again.id))?.image?.build, first.id);
    assert.equal(await builds.bill(again.id), await builds.bill(first.id));
  });

  test("ends with what the checks found, the errors first", async (t) => {
    const world = buildWorld(t);
    const problem = (level: PackProblem["level"], zh: string) => ({
      level,
      check: "yaml",
      repo: "disk",
      zh,
      en: zh,
    });
    const problems = [problem("warning", "w"), problem("error", "e")];
    const builds = world.process("one", { check: async () => ({ packs: [], problems }) });
    const { id } = await builds.order(set, lock, BY);
    await builds.round();
    const build = await builds.get(id);
    assert.deepEqual(
      [build?.stage, build?.problems?.map(({ level }) => level)],
      ["failed", ["error", "warning"]],
    );
    assert.match(build?.problem ?? "", /error yaml disk: e/);
    assert.equal(world.registry.size, 0);
  });

  const FAILURES: [name: string, more: (world: BuildWorld) => object, says: RegExp][] = [
    ["a set that is gone", () => ({ setOf: () => null }), /ops/],
    [
      "a lock that is of another address",
      () => ({ setOf: () => aPackSet({ repos: [] }) }),
      /whale packs lock/,
    ],
    [
      "a commit that is gone",
      () => ({ repos: { fetch: async () => ({ outcome: "absent", message: "moved" }) } }),
      /moved/,
    ],
    [
      "a repository of a gigabyte",
      () => ({ repos: { fetch: async () => ({ outcome: "unsafe", message: "超过上限 512 MB" }) } }),
      /unsafe: 超过上限/,
    ],
    [
      "a push that is cut half-way each time",
      ({ registry }) => ({
        images: {
          ...memoryImages({ registry, bases: Object.values(set.base) }),
          push: async () => ({ outcome: "failed", message: "unexpected EOF" }),
        },
      }),
      /unexpected EOF/,
    ],
    [
      "an install that fails",
      () => ({ repos: filledRepos({ ...PACKS, dmesg: aPack("dmesg", { "install-fails": "" }) }) }),
      /dmesg/,
    ],
    [
      "a base that is missing",
      ({ registry }) => ({ images: memoryImages({ registry, bases: [] }) }),
      /manifest unknown/,
    ],
    ["a pack that is not where the lock says", () => ({ repos: filledRepos({}) }), /ENOENT/],
  ];
  for (const [name, more, says] of FAILURES) {
    test(`fails for ${name}, and says so`, async (t) => {
      const world = buildWorld(t);
      const builds = world.process("one", more(world));
      await builds.order(set, lock, BY);
      await builds.round();
      const { stage, problem } = await buildOf(world);
      assert.equal(stage, "failed");
      assert.match(problem ?? "", says);
      assert.equal(world.told.length, 1);
    });
  }

  test("tries a repository that is not reached and a push that fails again", async (t) => {
    const world = buildWorld(t);
    const repos = filledRepos(PACKS);
    const images = memoryImages({ registry: world.registry, bases: Object.values(set.base) });
    const downFor = { fetch: 2, push: 2 };
    const builds = world.process("one", {
      repos: {
        fetch: async (order, signal) =>
          downFor.fetch-- > 0 ? { outcome: "unreachable", message: "no route" } : repos.fetch(order, signal),
      },
      images: {
        ...images,
        push: async (...asked) =>
          downFor.push-- > 0 ? { outcome: "failed", message: "cut" } : images.push(...asked),
      },
    });
    await builds.order(set, lock, BY);
    await builds.round();
    assert.equal((await buildOf(world)).stage, "done");
  });

  test("fails when the registry has another content under its tag", async (t) => {
    const world = buildWorld(t);
    world.registry.set(NAME, "sha256:other");
    const builds = world.process("one");
    await builds.order(set, lock, BY);
    await builds.round();
    assert.equal((await buildOf(world)).stage, "failed");
    assert.equal(world.registry.get(NAME), "sha256:other");
  });
});

const PACKS = { disk: aPack("disk"), dmesg: aPack("dmesg"), sysctl: aPack("sysctl") };

describe("a cancel", () => {
  test("ends a build that nobody runs at once, and a second is refused", async (t) => {
    const builds = buildWorld(t).process("one");
    const { id } = await builds.order(set, lock, BY);
    assert.equal((await builds.cancel(id, BY)).outcome, "canceled");
    await builds.round();
    assert.equal((await builds.get(id))?.told, true);
    assert.deepEqual((await builds.cancel(id, BY)).outcome, "refused");
    assert.equal((await builds.cancel("b_none", BY)).outcome, "refused");
  });

  test("ends an install that hangs", async (t) => {
    const world = buildWorld(t);
    const repos = filledRepos({ ...PACKS, dmesg: aPack("dmesg", { "install-hangs": "" }) });
    const builds = world.process("one", { repos });
    const { id } = await builds.order(set, lock, BY);
    const round = builds.round();
    while ((await builds.get(id))?.stage !== "building") await new Promise(setImmediate);
    assert.equal((await world.process("two").cancel(id, BY)).outcome, "canceling");
    await world.look();
    await round;
    assert.deepEqual([(await builds.get(id))?.stage, world.registry.size], ["canceled", 0]);
  });
});

test("one build is run at a time, over all processes", async (t) => {
  const world = buildWorld(t);
  const repos = filledRepos({ ...PACKS, dmesg: aPack("dmesg", { "install-hangs": "" }) });
  const one = world.process("one", { repos });
  const { id } = await one.order(set, lock, BY);
  const round = one.round();
  while ((await one.get(id))?.stage !== "building") await new Promise(setImmediate);
  const other = { ...lock, set: "ops2" };
  const waiting = await one.order(set, other, BY);
  await world.process("two").round();
  assert.equal((await one.get(waiting.id))?.stage, "queued");
  await one.stop();
  await round;
});

test("old builds go, with their logs, and the newest stay", async (t) => {
  const world = buildWorld(t);
  const builds = world.process("one");
  const first = await builds.order(set, lock, BY);
  await builds.round();
  for (let n = 0; n < KEPT_BUILDS + 1; n++) {
    const { id } = await builds.order(set, lock, BY);
    await builds.cancel(id, BY);
  }
  assert.equal(await builds.get(first.id), null);
  await builds.order(set, lock, BY);
  await builds.round();
  assert.equal((await builds.list()).length, KEPT_BUILDS + 1);
  assert.equal(await builds.log(first.id, 0), null);
});
