import assert from "node:assert/strict";
import { test } from "node:test";
import type { StartOutcome } from "../../../core/ports/index.ts";
import { aDecision, theTerms } from "../../support/releases.ts";
import { aProcess, approved, aWorld, run, siteText } from "./world.ts";

const OLD = "workers=old api=old client=old disk@1.0.0[disk.cleanup disk.old]";
const NEW = "workers=222 api=222 client=222 disk@2.0.0[disk.cleanup disk.usage]";
const BY = "user:lisi";

test("an approved release goes over its clusters, one after the other, each drained, proved and back", async () => {
  const world = aWorld({ terms: theTerms({ canary: { action: "disk.usage" } }) });
  const process = aProcess(world, "one");
  const id = await approved(process);
  await run(world, process);
  const release = await process.releases.find(id);
  assert.equal(release?.stage, "done", release?.problem?.message);
  assert.deepEqual([siteText(world, "hz"), siteText(world, "bj")], [NEW, NEW]);
  assert.deepEqual(world.wrong, []);
  for (const site of world.sites.values()) {
    assert.deepEqual(site.canaries, [`passed on ${world.terms.now.image.reference}`]);
    assert.equal(site.runs.size, 1);
  }
  assert.deepEqual(await world.store.state.list("drain"), []);
  assert.deepEqual(await world.store.state.list("release_hold"), []);
  assert.ok(world.told.indexOf("rolling hz undraining") < world.told.indexOf("rolling bj draining"));
});

test("nothing is changed before others have approved, and an approval in time is needed", async () => {
  const world = aWorld();
  const process = aProcess(world, "one");
  const asked = await process.releases.ask({ set: "shared", by: "user:wangwu", why: "", key: "m1" });
  assert.equal(asked.outcome, "asked");
  assert.equal(
    (await process.releases.ask({ set: "shared", by: "user:wangwu", why: "", key: "m1" })).outcome,
    "asked_before",
  );
  await run(world, process, 5);
  assert.equal(siteText(world, "hz"), OLD);
  world.clock.advance(3_600_000);
  await run(world, process, 2);
  const [release] = await process.releases.list();
  assert.equal(release?.stage, "expired");
  assert.deepEqual(await world.store.state.list("release_hold"), []);
});

test("runs that are under way end before anything of their cluster is changed, and new ones wait meanwhile", async () => {
  const world = aWorld();
  const process = aProcess(world, "one");
  const hz = world.sites.get("hz");
  if (hz) hz.busy = 3;
  const id = await approved(process);
  await run(world, process);
  assert.equal((await process.releases.find(id))?.step, "draining");
  assert.equal((await world.store.state.get("drain", "hz"))?.body.release, id);
  assert.equal(siteText(world, "hz"), OLD);
  if (hz) hz.busy = 0;
  await run(world, process);
  assert.equal((await process.releases.find(id))?.stage, "done");
  assert.deepEqual(world.wrong, []);
});

test("a cluster that is not empty in time is left as it is", async () => {
  const world = aWorld({ terms: theTerms({ drainMs: 60_000 }) });
  const process = aProcess(world, "one");
  const hz = world.sites.get("hz");
  if (hz) hz.busy = 3;
  const id = await approved(process);
  await run(world, process);
  assert.equal((await process.releases.find(id))?.stage, "rolled_back");
  assert.deepEqual([siteText(world, "hz"), hz?.canaries.length], [OLD, 1]);
  assert.deepEqual(await world.store.state.list("drain"), []);
});

test("a roll-out that fails on the second cluster is rolled back there, the first keeps the release", async () => {
  const world = aWorld({ faults: { rollout: { cluster: "bj", role: "api" } } });
  const process = aProcess(world, "one");
  const id = await approved(process);
  await run(world, process);
  const release = await process.releases.find(id);
  assert.equal(release?.stage, "rolled_back");
  assert.match(release?.problem?.message ?? "", /bj api.*ImagePullBackOff/);
  assert.deepEqual([siteText(world, "hz"), siteText(world, "bj")], [NEW, OLD]);
  assert.match(world.sites.get("bj")?.canaries.at(-1) ?? "", /passed on .*old$/);
  assert.deepEqual(world.wrong, []);
  await process.releases.take({ id, input: { kind: "rollback", by: BY, why: "no" } });
  await run(world, process);
  assert.deepEqual([siteText(world, "hz"), siteText(world, "bj")], [OLD, OLD]);
  assert.deepEqual(await world.store.state.list("release_hold"), []);
});

test("one pack whose registering fails takes its cluster back to the content of before", async () => {
  const world = aWorld({ faults: { register: { cluster: "hz", pack: "disk" } } });
  const process = aProcess(world, "one");
  const id = await approved(process);
  await run(world, process);
  const release = await process.releases.find(id);
  assert.equal(release?.stage, "rolled_back");
  assert.match(release?.problem?.message ?? "", /disk: bad metadata/);
  assert.deepEqual([siteText(world, "hz"), siteText(world, "bj")], [OLD, OLD]);
});

test("a canary that fails on the new image rolls back, and nothing starts there before one has passed", async () => {
  const world = aWorld();
  const isNew = () => siteText(world, "hz").startsWith("workers=222");
  world.faults.canary = () =>
    isNew() ? { outcome: "failed", message: "boom" } : { outcome: "passed", tookMs: 1 };
  const process = aProcess(world, "one");
  const id = await approved(process);
  await run(world, process);
  assert.equal((await process.releases.find(id))?.stage, "rolled_back");
  assert.equal(siteText(world, "hz"), OLD);
  assert.match(world.sites.get("hz")?.canaries.at(-1) ?? "", /^passed on .*old$/);
});

const WITH_CANARY = { terms: theTerms({ canary: { action: "disk.usage" } }) };

/** A world in which the first start of a canary has this outcome, and when each was asked for, by request id. */
function firstStart(outcome: StartOutcome) {
  const world = aWorld(WITH_CANARY);
  const asked: [requestId: string, atMs: number][] = [];
  world.faults.start = (requestId) => (asked.push([requestId, world.clock.nowMs()]) === 1 ? outcome : null);
  return { world, asked, process: aProcess(world, "one") };
}
const LOST = { outcome: "unknown", message: "HTTP 504" } as const;

test("a canary whose start was not answered is looked for until it can come no more, and then asked for anew", async () => {
  const { world, asked, process } = firstStart(LOST);
  const id = await approved(process);
  await run(world, process, 80);
  assert.equal((await process.releases.find(id))?.stage, "done");
  const [first, second, ...others] = asked;
  assert.deepEqual([first?.[0] === second?.[0], others.length], [true, 1]);
  assert.ok((second?.[1] ?? 0) - (first?.[1] ?? 0) >= 180_000);
});

test("a canary that comes late, by whichever process it was asked for, is asked for once", async () => {
  const { world, asked, process } = firstStart(LOST);
  const id = await approved(process);
  await run(world, process, 20);
  world.clock.advance(60_000);
  const another = aProcess(world, "two");
  await run(world, another, 5);
  const [requestId = ""] = asked[0] ?? [];
  const execution = { id: "x1", cluster: "hz", action: "disk.usage", status: "succeeded", requestId };
  world.sites.get("hz")?.runs.set(requestId, execution);
  await run(world, another);
  assert.equal((await another.releases.find(id))?.stage, "done");
  assert.equal(asked.filter(([of]) => of === requestId).length, 1);
});

test("a canary that was surely not sent is asked for again at once", async () => {
  const { world, asked, process } = firstStart({ outcome: "not_sent", message: "connection refused" });
  const id = await approved(process);
  await run(world, process);
  assert.equal((await process.releases.find(id))?.stage, "done");
  assert.ok((asked[1]?.[1] ?? 0) - (asked[0]?.[1] ?? 0) <= 5_000);
});

test("an API server that restarts, or is changed at the same time, is asked again", async () => {
  const world = aWorld();
  const restarting = { outcome: "open", message: "connection refused" } as const;
  const changing = { outcome: "conflict", message: "409" } as const;
  world.faults.set = (nth) => [restarting, changing, null, changing, null, restarting][nth - 1] ?? null;
  const process = aProcess(world, "one");
  const id = await approved(process);
  await run(world, process);
  assert.equal((await process.releases.find(id))?.stage, "done");
});

test("a way back that is blocked waits for a person, stays drained, and goes on when they say so", async () => {
  const world = aWorld({ faults: { rollout: { cluster: "hz", role: "workers" } } });
  let broken = true;
  world.faults.set = (nth) => (broken && nth > 1 ? { outcome: "refused", message: "403" } : null);
  const process = aProcess(world, "one");
  const id = await approved(process);
  await run(world, process);
  assert.equal((await process.releases.find(id))?.stage, "stopped");
  assert.ok(await world.store.state.get("drain", "hz"));
  broken = false;
  await process.releases.take({ id, input: { kind: "retry", by: BY } });
  await run(world, process);
  assert.equal((await process.releases.find(id))?.stage, "rolled_back");
  assert.equal(siteText(world, "hz"), OLD);
});

test("a cluster is in one release at a time, and in none while it is in an upgrade", async () => {
  const world = aWorld();
  const process = aProcess(world, "one");
  const id = await approved(process);
  const other = await process.releases.ask({ set: "other", by: "user:wangwu", why: "" });
  assert.deepEqual(other, { outcome: "refused", reason: "held", cluster: "bj", by: id });
  await run(world, process);
  const body = {
    ...{
      id: "u_1",
      by: "user:wangwu",
      at: "",
      why: "",
      clusters: ["hz"],
      forMs: null,
      atDeadline: "wait" as const,
    },
    ...{ stage: "draining" as const, index: 0, since: "", before: {}, after: {} },
  };
  await world.store.state.put({ kind: "upgrade", name: "clusters", expected: null, body });
  const third = await process.releases.ask({ set: "shared", by: "user:wangwu", why: "" });
  assert.deepEqual(third, { outcome: "refused", reason: "held", cluster: "hz", by: "u_1" });
});

test("who asks so slowly that another gets the clusters meanwhile has asked for nothing", async () => {
  const world = aWorld();
  const { state } = world.store;
  const { put } = state;
  let halted = false;
  state.put = async (change) => {
    if (change.kind === "release" && !halted) {
      halted = true;
      world.clock.advance(61_000);
      await other.releases.ask({ set: "shared", by: "user:zhaoliu", why: "" });
    }
    return put(change);
  };
  const [slow, other] = [aProcess(world, "slow"), aProcess(world, "other")];
  const asked = await slow.releases.ask({ set: "shared", by: "user:wangwu", why: "" });
  assert.equal(asked.outcome === "refused" && asked.reason, "held");
  const kept = await other.releases.list();
  assert.deepEqual(
    kept.map(({ by }) => by),
    ["user:zhaoliu"],
  );
});

test("a deed that takes long stays with the process that began it, and one that died leaves it soon", async () => {
  const world = aWorld();
  const id = await approved(aProcess(world, "asker"));
  const [living, other] = [aProcess(world, "living"), aProcess(world, "other")];
  const hz = world.sites.get("hz");
  const registering = Promise.withResolvers<void>();
  const begun = new Promise<void>((resolve) => {
    world.faults.registering = () => {
      resolve();
      return registering.promise;
    };
  });
  const running = run(world, living);
  await begun;
  for (let minutes = 0; minutes < 3; minutes++) {
    world.clock.advance(40_000);
    for (const look of world.looks) await look();
    await other.releases.round();
  }
  assert.equal(hz?.registering, 1);
  world.looks.clear();
  world.clock.advance(61_000);
  void other.releases.round();
  await new Promise(setImmediate);
  assert.equal(hz?.registering, 2);
  registering.resolve();
  await running;
  await run(world, other);
  assert.equal((await other.releases.find(id))?.stage, "done");
});

test("a cluster that somebody lets take starts again in the middle is rolled back, drained anew", async () => {
  const world = aWorld();
  const process = aProcess(world, "one");
  const id = await approved(process);
  while ((await process.releases.find(id))?.step !== "workers_wait") await run(world, process, 1);
  await process.drains.lift("hz", "user:sunqi", "why not");
  await run(world, process);
  const release = await process.releases.find(id);
  assert.equal(release?.stage, "rolled_back");
  assert.match(release?.problem?.message ?? "", /takes? starts again/);
  assert.equal(siteText(world, "hz"), OLD);
  assert.deepEqual(world.wrong, []);
});

test("what is not as it was when it was approved is not released, and asked for anew", async () => {
  const world = aWorld();
  const process = aProcess(world, "one");
  const id = await approved(process);
  world.terms.now = theTerms({ plan: { lines: [{ zh: "别的", en: "else" }] } });
  await run(world, process, 5);
  const asked = await process.releases.find(id);
  assert.deepEqual([asked?.stage, asked?.round, siteText(world, "hz")], ["asked", 2, OLD]);
  await process.releases.take({
    id,
    input: { kind: "decide", by: BY, decision: (release) => aDecision(release, "zhaoliu") },
  });
  await run(world, process);
  assert.equal((await process.releases.find(id))?.stage, "done");
});

test("pausing lets it wait before the next cluster, and going back takes all of them back", async () => {
  const world = aWorld();
  const process = aProcess(world, "one");
  const id = await approved(process);
  await process.releases.round();
  await process.releases.take({ id, input: { kind: "pause", by: BY } });
  await run(world, process);
  assert.deepEqual([siteText(world, "hz"), siteText(world, "bj")], [NEW, OLD]);
  assert.equal((await process.releases.find(id))?.stage, "paused");
  await process.releases.take({ id, input: { kind: "rollback", by: BY, why: "no" } });
  await run(world, process);
  assert.deepEqual([siteText(world, "hz"), siteText(world, "bj")], [OLD, OLD]);
});

test("one that another came after cannot be rolled back any more", async () => {
  const world = aWorld();
  const process = aProcess(world, "one");
  const first = await approved(process);
  await run(world, process);
  await approved(process);
  await run(world, process);
  const taken = await process.releases.take({ id: first, input: { kind: "rollback", by: BY, why: "late" } });
  assert.equal(taken.outcome === "refused" && taken.reason, "stale");
});

test("a release that is over is in no cluster any more, before its holds are removed", async () => {
  const world = aWorld();
  const process = aProcess(world, "one");
  const id = await approved(process);
  await run(world, process);
  const looked = async () => (await process.releases.drift.look()).map(({ outcome }) => outcome);
  const [release] = (await world.store.state.list("release")).filter(({ name }) => name === id);
  const hold = (at: string) =>
    world.store.state.put({ kind: "release_hold", name: "hz", expected: null, body: { release: id, at } });
  await hold(release?.body.last.at ?? "");
  assert.deepEqual(await looked(), ["same", "same"]);
  const [left] = await world.store.state.list("release_hold");
  await world.store.state.remove("release_hold", "hz", left?.revision ?? 0);
  await hold(new Date(world.clock.nowMs() + 1_000).toISOString());
  assert.deepEqual(await looked(), ["held", "same"], "it is to be rolled back");
});

test("what differs from what was released is told once, and that it does no more", async () => {
  const world = aWorld();
  const process = aProcess(world, "one");
  await approved(process);
  await run(world, process);
  const part = world.sites.get("hz")?.parts.get("workers");
  if (part) part.image = "reg/packs@sha256:helm";
  await run(world, process, 300);
  const drift = () => world.told.filter((text) => text.startsWith("cluster hz is"));
  assert.deepEqual(drift().length, 1);
  assert.match(drift()[0] ?? "", /workers st2actionrunner: .* was released, .*helm is there/);
  if (part) part.image = world.terms.now.image.reference;
  await run(world, process, 300);
  assert.match(drift()[1] ?? "", /left it again/);
  const verbs = await auditOf(world);
  assert.ok(verbs.has("cluster.release") && verbs.has("cluster.drift"));
});

async function auditOf({ store }: ReturnType<typeof aWorld>): Promise<Set<string>> {
  return new Set((await store.audit.read(0, 1_000)).map(({ what }) => what));
}
