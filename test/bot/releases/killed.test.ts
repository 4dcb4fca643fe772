import assert from "node:assert/strict";
import { test } from "node:test";
import { isReleaseOver, type Release } from "../../../core/releases/index.ts";
import { aKill } from "../../support/kill.ts";
import { aDecision, theTerms } from "../../support/releases.ts";
import { aProcess, approved, aWorld, type Faults, run, siteText, type World } from "./world.ts";

type Process = ReturnType<typeof aProcess>;

interface Story {
  what: string;
  ends: string;
  faults?: Faults;
  /** What was before; nobody is killed there. */
  before?: (world: World) => Promise<unknown>;
  /** What people want, and want again of another process when they got no answer. */
  wish?: (process: Process) => Promise<unknown>;
  /** Which of so many points are as others that are tried. */
  skips?: (at: number, all: number) => boolean;
  /** The last of them is where the wish was granted. */
  isWishAlone?: true;
  /** What is found killed at, at least. */
  names: readonly string[];
}

const TERMS = theTerms({ canary: { action: "disk.usage" } });
/** A process that died holds its lease for so long. */
const LEASE_MS = 60_000;
const BY = "user:lisi";

async function only({ releases }: Process) {
  const [release] = await releases.list();
  return release;
}

/** Until no cluster is held any more, whoever drives it; a start that may still come is waited for. */
async function toItsEnd(world: World, process: Process): Promise<void> {
  for (let rounds = 0; rounds < 60; rounds++) {
    await run(world, process, 1);
    if ((await world.store.state.list("release_hold")).length === 0) return;
  }
}

async function released(world: World): Promise<void> {
  const process = aProcess(world, "before");
  await approved(process);
  await toItsEnd(world, process);
}

/** By the key of its message, so that asking again asks for no other. */
async function askAndApprove({ releases }: Process): Promise<void> {
  await releases.ask({ set: "shared", by: "user:wangwu", why: "", key: "m1" });
  const release = await only({ releases } as Process);
  const input = { kind: "decide" as const, by: BY, decision: (now: Release) => aDecision(now, "lisi") };
  if (release) await releases.take({ id: release.id, key: "c1", input });
}

const wants =
  (kind: "rollback" | "abort") =>
  async (process: Process): Promise<void> => {
    const release = await only(process);
    await process.releases.take({ id: release?.id ?? "", key: "w1", input: { kind, by: BY, why: kind } });
  };

const FORWARD = [
  ...["state.put drain", "rollouts.set", "registry.register", "registry.remove", "executor.start"],
  ...["executor.canary", "state.remove drain", "state.put release", "state.remove release_hold"],
  ...["audit.append", "tell"],
];
const STORIES: readonly Story[] = [
  {
    what: "that succeeds",
    ends: "done",
    before: (world) => approved(aProcess(world, "asker")),
    // The second cluster is as the first, but for how it begins and ends.
    skips: (at, all) => at > 0.6 * all && at < all - 12,
    names: FORWARD,
  },
  {
    ...{
      what: "that is rolled back",
      ends: "rolled_back",
      faults: { rollout: { cluster: "bj", role: "api" } },
    },
    before: (world) => approved(aProcess(world, "asker")),
    skips: (at, all) => at < all / 2,
    names: FORWARD.filter((name) => !["executor.start", "state.put drain"].includes(name)),
  },
  {
    ...{ what: "that is asked for and approved", ends: "done", wish: askAndApprove, isWishAlone: true },
    names: ["state.put release_hold", "state.put release", "audit.append"],
  },
  {
    ...{ what: "that a person wants back", ends: "rolled_back", before: released, wish: wants("rollback") },
    isWishAlone: true,
    names: ["state.put release_hold", "state.put release", "audit.append"],
  },
  {
    ...{ what: "that goes back on all of its clusters", ends: "rolled_back", before: released },
    ...{ wish: wants("rollback"), skips: (at, all) => at < all / 2 },
    names: FORWARD.filter((name) => name !== "executor.start"),
  },
  {
    ...{ what: "that is aborted before anything of it was changed", ends: "aborted", wish: wants("abort") },
    before: async (world) => {
      const process = aProcess(world, "before");
      await approved(process);
      await run(world, process, 2);
    },
    names: ["state.put release", "executor.canary", "state.remove drain", "audit.append"],
  },
];

async function endOf(world: World) {
  const { state } = world.store;
  const [release, ...others] = (await state.list("release")).map(({ body }) => body);
  return {
    ...{ stage: release?.stage, others: others.length, wrong: world.wrong },
    sites: ["hz", "bj"].map((name) => siteText(world, name)),
    drains: (await state.list("drain")).length,
    holds: (await state.list("release_hold")).length,
    audited: await auditedOf(world),
  };
}

/** What the audit log knows of it, whatever is in it twice. */
async function auditedOf({ store }: World): Promise<string[]> {
  const lines = (await store.audit.read(0, 1_000)).map(({ what: deed, object, detail }) => {
    const { what, stage, step, cluster } = detail as Record<string, unknown>;
    return deed === "cluster.release" ? [what, stage, step, cluster].join(" ") : `${deed} ${object}`;
  });
  return [...new Set(lines)];
}

/** While one is not over nobody gets its clusters for another, whoever died. */
async function mustBarOthers(world: World, about: string): Promise<void> {
  const rival = aProcess(world, "rival");
  const release = await only(rival);
  if (!release || isReleaseOver(release)) return;
  const asked = await rival.releases.ask({ set: "shared", by: "user:zhaoliu", why: "" });
  assert.equal(asked.outcome === "refused" && asked.reason, "held", about);
}

/** One story, whose process is killed at a point, and which another one then takes to its end. */
async function killedAt({ what, before, wish, faults = {} }: Story, at?: number) {
  const world = aWorld({ terms: TERMS, faults });
  await before?.(world);
  const kill = aKill(at);
  const first = aProcess(world, "one", kill);
  await Promise.allSettled([wish?.(first)]);
  const granted = kill.passed;
  await Promise.allSettled([toItsEnd(world, first)]);
  if (at !== undefined) {
    await mustBarOthers(world, `${what}, killed at ${at}`);
    world.clock.advance(LEASE_MS);
    const second = aProcess(world, "two");
    // What was held for one that was never stored is free by now.
    await second.releases.round();
    await wish?.(second);
    await toItsEnd(world, second);
  }
  return { kill, granted, end: await endOf(world) };
}

for (const story of STORIES) {
  const { what, ends, skips = () => false, isWishAlone, names } = story;
  test(`a release ${what} comes to the same end, killed before or after whatever it writes and does`, async () => {
    const { end, kill, granted } = await killedAt(story);
    const facts = { stage: end.stage, drains: end.drains, holds: end.holds, wrong: end.wrong };
    assert.deepEqual(facts, { stage: ends, drains: 0, holds: 0, wrong: [] });
    const all = isWishAlone ? granted : kill.passed;
    const points = kill.names.map((name, n) => ({ at: n + 1, name })).slice(0, all);
    const tried = points.filter(({ at }) => !skips(at, all));
    assert.deepEqual(
      names.filter((name) => !tried.some((one) => one.name === name)),
      [],
    );
    for (const { at, name } of tried) {
      const again = await killedAt(story, at);
      assert.deepEqual(again.end, end, `killed at ${at} of ${all}, behind ${name}`);
    }
  });
}
