import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { upgradeCardId } from "../../../core/cards/index.ts";
import { isUpgradeOver } from "../../../core/clusters/index.ts";
import { ASK, ORDER, playOut, upgradeWorld } from "./upgrade-world.ts";

const STORY = ["drain a", "canary a", "undrain a", "drain b", "canary b", "undrain b"];

test("clusters are upgraded one after the other, each move is audited and told once", async () => {
  const played = upgradeWorld();
  const done = await playOut(played);
  assert.deepEqual(done?.after, { a: "3.9.0", b: "3.9.0" });
  assert.deepEqual(done.before, { a: "3.8.1", b: "3.8.1" });
  assert.deepEqual(played.world.story, STORY);
  const each = (name: string) => [`draining ${name}`, `upgrading ${name}`, `checking ${name}`];
  assert.deepEqual(played.world.told, ["asked a", ...each("a"), ...each("b"), "done b"]);
  const entries = (await played.store.audit.read(0, 99)).filter(({ what }) => what === "cluster.upgrade");
  const steps = ["ask", "approve", "drained", "confirm", "checked", "drained", "confirm", "checked"];
  assert.deepEqual(
    entries.map(({ detail }) => detail["step"]),
    steps,
  );
  assert.deepEqual([...new Set(entries.map(({ who }) => who))], ["user:wangwu", "user:lisi", "whale"]);
});

test("whichever write its process dies at, before or after, it ends the same", async () => {
  const whole = upgradeWorld();
  await playOut(whole);
  const { writes } = whole.world;
  assert.ok(writes > 20, `${writes} writes`);
  for (let at = 1; at <= writes; at++) {
    for (const after of [false, true]) {
      const played = upgradeWorld(["a", "b"], { at, after });
      const done = await playOut(played);
      const what = `death ${after ? "after" : "before"} write ${at}`;
      assert.equal(done?.stage, "done", what);
      assert.deepEqual(done.after, { a: "3.9.0", b: "3.9.0" }, what);
      const { story } = played.world;
      assert.deepEqual(
        story.filter((line) => !line.startsWith("canary")),
        STORY.filter((line) => !line.startsWith("canary")),
        what,
      );
      const audited = (await played.store.audit.read(0, 99)).filter(({ what }) => what === "cluster.upgrade");
      assert.equal(new Set(audited.map((entry) => `${entry.at} ${entry.detail["step"]}`)).size, 8, what);
    }
  }
});

test("two processes at a time take each step once", async () => {
  const played = upgradeWorld();
  const { process, world, rounds, take, clock, current } = played;
  const other = played.peer();
  await process.upgrades.ask(ASK);
  await take("approve");
  for (let at = 0; at < 30; at++) {
    clock.advance(5_000);
    await process.drains.round();
    await Promise.all([process.upgrades.round(), other.upgrades.round()]);
    const now = await current();
    if (now?.stage === "checking") world.down.clear();
    if (now?.stage !== "upgrading") continue;
    const name = now.clusters[now.index] ?? "";
    world.versions.set(name, "3.9.0");
    // It starts for a while, so that both come to look at it at one instant.
    world.down.add(name);
    await Promise.all([take("confirm"), take("confirm")]);
  }
  await rounds(1);
  assert.equal((await current())?.stage, "done");
  assert.deepEqual(world.story, STORY);
});

test("cards of a step are shown anew once it is over, however late they were sent, and each once", async () => {
  const { world, process, rounds, current, take } = upgradeWorld();
  await process.upgrades.ask(ASK);
  const asked = await current();
  assert.ok(asked);
  const sent = (to: string) => ({ to, cardId: upgradeCardId(asked, to), code: `code of ${to}` });
  await process.upgrades.cardSent(sent("lisi"));
  await process.upgrades.cardSent(sent("zhaoliu"));
  await process.upgrades.cardSent({ to: "lisi", cardId: "c_confirm@1", code: "of a command" });
  await rounds(1);
  assert.deepEqual(world.closed, [], "it still asks");
  await take("approve");
  await rounds(1);
  assert.deepEqual(world.closed, ["draining lisi code of lisi", "draining zhaoliu code of zhaoliu"]);
  await process.upgrades.cardSent(sent("qianba"));
  await rounds(3);
  assert.equal(world.closed.length, 3);
  assert.match(world.closed[2] ?? "", /qianba/);
  assert.deepEqual((await current())?.cards, []);
});

test("nobody approves their own, nor the machine's operator, and silence means no", async () => {
  const { process, take, clock, rounds, current, world } = upgradeWorld();
  await process.upgrades.ask(ASK);
  assert.equal((await take("approve", "user:wangwu")).outcome, "refused");
  const local = await take("approve", "local");
  assert.ok(local.outcome === "refused" && local.reason === "no_person");
  await rounds(3);
  assert.equal((await current())?.stage, "asked");
  clock.advance(86_400_000);
  await rounds(1);
  assert.equal((await current())?.stage, "refused");
  assert.deepEqual(world.story, []);
});

test("one is asked for at a time, of clusters that are there, and none that leaves a business without any", async () => {
  const { process } = upgradeWorld();
  const { drains, upgrades } = process;
  const unknown = await upgrades.ask({ ...ASK, clusters: ["a", "x"] });
  assert.ok(unknown.outcome === "refused" && unknown.reason === "unknown_cluster");
  assert.deepEqual(unknown.names, ["x"]);
  await drains.order("b", ORDER, "user:wangwu");
  const stranded = await upgrades.ask({ ...ASK, clusters: ["a"] });
  assert.ok(stranded.outcome === "refused" && stranded.reason === "stranded");
  assert.deepEqual(stranded.names, ["shop"]);
  const forced = await upgrades.ask({ ...ASK, clusters: ["a"], order: { ...ORDER, force: true } });
  assert.equal(forced.outcome, "asked");
  const again = await upgrades.ask({ ...ASK, clusters: ["a"], order: { ...ORDER, force: true } });
  assert.ok(again.outcome === "asked" && forced.outcome === "asked");
  assert.equal(again.upgrade.id, forced.upgrade.id);
  const other = await upgrades.ask({
    ...ASK,
    key: "k-other",
    clusters: ["a"],
    order: { ...ORDER, force: true },
  });
  assert.ok(other.outcome === "refused" && other.reason === "under_way");
});

test("the last cluster of a business is not taken away: it waits a while for others, then stops", async () => {
  const { process, take, rounds, current, world } = upgradeWorld();
  await process.upgrades.ask(ASK);
  world.down.add("b");
  await take("approve");
  await rounds(10);
  assert.equal((await current())?.stage, "draining");
  assert.deepEqual(world.story, []);
  await rounds(40);
  const stopped = await current();
  assert.equal(stopped?.stage, "stopped");
  assert.match(stopped?.problem?.message ?? "", /shop/);
  world.down.clear();
  await take("retry");
  await rounds(1);
  assert.deepEqual(world.story, ["drain a"]);
});

test("who lets it take starts again under the hands of who upgrades it stops it", async () => {
  const { process, take, rounds, current, world } = upgradeWorld();
  await process.upgrades.ask(ASK);
  await take("approve");
  await rounds(5);
  assert.equal((await current())?.stage, "upgrading");
  await process.drains.lift("a", "user:zhaoliu");
  await rounds(1);
  const stopped = await current();
  assert.equal(stopped?.stage, "stopped");
  assert.match(stopped?.problem?.message ?? "", /takes? starts again/);
  assert.equal(world.story.includes("drain b"), false);
});

test("who ends its drain while it waits for runs stops it, and is not overruled", async () => {
  const { process, take, rounds, current, world } = upgradeWorld();
  await process.upgrades.ask(ASK);
  world.busy = 3;
  await take("approve");
  await rounds(5);
  assert.equal((await current())?.stage, "draining");
  await process.drains.lift("a", "user:zhaoliu");
  await rounds(3);
  assert.equal((await current())?.stage, "stopped");
  assert.deepEqual(world.story, ["drain a", "canary a", "undrain a"]);
  await take("retry");
  await rounds(1);
  assert.equal(world.story.at(-1), "drain a");
});

test("a failing canary keeps the cluster drained and the next in service, until somebody retries", async () => {
  const { process, take, rounds, current, world } = upgradeWorld();
  await process.upgrades.ask(ASK);
  await take("approve");
  await rounds(5);
  world.versions.set("a", "3.9.0");
  world.canary = { outcome: "failed", message: "core.noop is requested" };
  await take("confirm");
  await rounds(3);
  assert.match((await current())?.problem?.message ?? "", /core\.noop is requested/);
  assert.deepEqual(world.story, ["drain a"]);
  assert.equal(world.canaries.length, 1);
  world.canary = { outcome: "passed", tookMs: 1 };
  await take("retry");
  await rounds(2);
  assert.deepEqual(world.story.slice(1), ["canary a", "undrain a", "drain b"]);
});

test("an engine that is still starting is waited for, one that stays away stops it", async () => {
  const { process, take, rounds, current, world } = upgradeWorld();
  await process.upgrades.ask(ASK);
  await take("approve");
  await rounds(5);
  world.down.add("a");
  await take("confirm");
  await rounds(10);
  assert.equal((await current())?.stage, "checking");
  await rounds(40);
  assert.match((await current())?.problem?.message ?? "", /not back.*refused/);
});

test("an engine that stays away is given up as soon when the clock is set back meanwhile", async () => {
  const { process, take, clock, rounds, current, world } = upgradeWorld();
  await process.upgrades.ask(ASK);
  await take("approve");
  await rounds(5);
  world.down.add("a");
  await take("confirm");
  await rounds(2);
  clock.advance(-1_000);
  await rounds(1);
  assert.equal((await current())?.stage, "checking");
  clock.advance(-3_600_000);
  await rounds(2);
  assert.match((await current())?.problem?.message ?? "", /not back.*refused/);
});

test("a version that has not changed is asked about once; who goes on accepts it", async () => {
  const { process, take, rounds, current, world } = upgradeWorld();
  await process.upgrades.ask(ASK);
  await take("approve");
  await rounds(5);
  await take("confirm");
  await rounds(1);
  assert.match((await current())?.problem?.message ?? "", /still 3\.8\.1/);
  assert.deepEqual(world.canaries, []);
  await take("retry");
  await rounds(6);
  const next = await current();
  assert.deepEqual([next?.stage, next?.index, next?.after], ["upgrading", 1, { a: "3.8.1" }]);
  await take("confirm");
  await rounds(1);
  assert.equal((await current())?.stage, "done");
});

test("a cluster that a person had drained before stays theirs", async () => {
  const { process, take, rounds, current, world } = upgradeWorld(["a", "b", "c"]);
  await process.drains.order("a", ORDER, "user:zhaoliu");
  await process.upgrades.ask({ ...ASK, clusters: ["a"] });
  await take("approve");
  await rounds(5);
  world.versions.set("a", "3.9.0");
  await take("confirm");
  await rounds(2);
  assert.equal((await current())?.stage, "done");
  assert.deepEqual(world.story, ["drain a", "canary a"]);
  assert.equal(process.drains.current().get("a")?.by, "user:zhaoliu");
});

test("an answer to a step that is over does nothing to the next, and the same click counts once", async () => {
  const { process, take, rounds, current, world } = upgradeWorld();
  await process.upgrades.ask(ASK);
  const { id = "", since = "" } = (await current()) ?? {};
  await take("approve");
  await rounds(5);
  const late = await process.upgrades.take({ id, deed: "confirm", by: "user:lisi", key: "late", since });
  assert.ok(late.outcome === "refused" && late.reason === "other_step");
  world.versions.set("a", "3.9.0");
  const click = { id: id.slice(-6), deed: "confirm" as const, by: "user:lisi", key: "click" };
  assert.equal((await process.upgrades.take(click)).outcome, "moved");
  await rounds(6);
  assert.deepEqual([(await current())?.stage, (await current())?.index], ["upgrading", 1]);
  assert.equal((await process.upgrades.take({ ...click, id: "zzzzzz" })).outcome, "refused");
});

const ACTS = [
  "round",
  "round",
  "round",
  "approve",
  "confirm",
  "retry",
  "abort",
  "undrain",
  "down",
  "up",
  "upgraded",
];

test("whatever people and failures do, each undrain has its canary and one cluster is out at a time", async () => {
  const acts = fc.array(fc.constantFrom(...ACTS), { minLength: 20, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(acts, async (deeds) => {
      const { process, take, rounds, current, world, clock } = upgradeWorld(["a", "b"]);
      await process.upgrades.ask(ASK);
      for (const deed of deeds) {
        const at = (await current()) ?? assert.fail();
        const name = at.clusters[at.index] ?? "";
        if (deed === "round") await rounds(1);
        if (deed === "down") world.down.add(name);
        if (deed === "up") world.down.clear();
        if (deed === "upgraded") world.versions.set(name, "3.9.0");
        if (deed === "undrain") await process.drains.lift(name, "user:zhaoliu");
        if (deed === "approve" || deed === "confirm" || deed === "retry" || deed === "abort")
          await take(deed);
        if (deed === "retry") clock.advance(120_000);
        if (isUpgradeOver(at)) break;
      }
      const { stage, after } = (await current()) ?? assert.fail();
      assert.equal(stage === "done", after["a"] !== undefined && after["b"] !== undefined);
    }),
    { numRuns: 60 },
  );
});
