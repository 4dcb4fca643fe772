import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { type BuildsDeps, KEPT_BUILDS } from "../../../bot/releases/builds/index.ts";
import { type Build, imageTag, type PackProblem } from "../../../core/releases/index.ts";
import { memoryImages } from "../../../fixtures/memory-images/index.ts";
import { aPack } from "../../contract/image-builder.ts";
import { aPackLock, aPackSet, type BuildWorld, buildWorld, filledRepos } from "../../support/builds.ts";
import { aKill, type Kill, killable } from "../../support/kill.ts";

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
