import assert from "node:assert/strict";
import { test } from "node:test";
import { theTerms } from "../../support/releases.ts";
import { aProcess, approved, aWorld, type Faults, type Kill, run, siteText, type World } from "./world.ts";

interface End {
  stage: string | undefined;
  sites: string[];
  drains: number;
  holds: number;
}

const TERMS = theTerms({ canary: { action: "disk.usage" } });
/** A process that died holds its lease for so long. */
const LEASE_MS = 300_000;

async function endOf(world: World, id: string): Promise<End> {
  const { state } = world.store;
  return {
    stage: (await state.get("release", id))?.body.stage,
    sites: ["hz", "bj"].map((name) => siteText(world, name)),
    drains: (await state.list("drain")).length,
    holds: (await state.list("release_hold")).length,
  };
}

/** Until no cluster is held any more, whoever drives it. */
async function toItsEnd(world: World, process: ReturnType<typeof aProcess>): Promise<void> {
  for (let rounds = 0; rounds < 30; rounds++) {
    await run(world, process, 1);
    if ((await world.store.state.list("release_hold")).length === 0) return;
  }
}

/** One release, whose first process is killed at a point, and which another one then takes to its end. */
async function killedAt(at: number | undefined, faults: Faults) {
  const world = aWorld({ terms: TERMS, faults });
  const id = await approved(aProcess(world, "asker"));
  const kill: Kill = { passed: 0, ...(at === undefined ? {} : { at }) };
  const first = aProcess(world, "one", kill);
  await Promise.allSettled([toItsEnd(world, first)]);
  if (at !== undefined) {
    world.clock.advance(LEASE_MS);
    await toItsEnd(world, aProcess(world, "two"));
  }
  return { world, id, passed: kill.passed, end: await endOf(world, id) };
}

const cases: [string, Faults, string, (passed: number) => number][] = [
  ["a release that succeeds", {}, "done", () => 1],
  // Its first half is that of the other.
  [
    "a release that is rolled back",
    { rollout: { cluster: "bj", role: "api" } },
    "rolled_back",
    (all) => Math.floor(all / 2),
  ],
];

for (const [what, faults, stage, from] of cases) {
  test(`${what}, killed at every store write and around every deed, comes to the same end`, async () => {
    const { end, passed, world } = await killedAt(undefined, faults);
    assert.deepEqual([end.stage, end.drains, end.holds, world.wrong], [stage, 0, 0, []]);
    assert.ok(passed > 100, `${passed} points`);
    for (let at = from(passed); at <= passed; at++) {
      const again = await killedAt(at, faults);
      assert.deepEqual(again.end, end, `killed at ${at} of ${passed}`);
      assert.deepEqual(again.world.wrong, [], `killed at ${at} of ${passed}`);
    }
  });
}
