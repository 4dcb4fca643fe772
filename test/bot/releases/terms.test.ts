import assert from "node:assert/strict";
import { test } from "node:test";
import { termsFinder } from "../../../bot/releases/index.ts";
import type { Build, PackSet } from "../../../core/releases/index.ts";
import { aPack, RELEASE_AT, theTerms } from "../../support/releases.ts";

const { image, strategy, clusters, drainMs, approval, packs } = theTerms();
const SET: PackSet = {
  ...{
    id: "shared",
    title: "共享",
    repos: [],
    strategy,
    image: "reg/packs",
    base: { builder: "b", runtime: "r" },
  },
  ...{ clusters, checks: {}, drainMs, approval },
};
const BUILD: Build = {
  ...{ id: image.build, set: "shared", lock: image.lock, by: "user:wangwu", at: RELEASE_AT },
  ...{ stage: "done", since: RELEASE_AT, takes: 1, image, packs },
};

function finder(versions: Record<string, string>, build: Build | null = BUILD, closed: string[] = []) {
  return termsFinder({
    ...{
      sets: () => [SET],
      buildOf: async () => build,
      packsLeft: async () => [],
      takesReleases: (name) => !closed.includes(name),
    },
    packsOn: async (cluster) => [aPack("disk", versions[cluster] ?? "1.0.0")],
    planOf: ([before]) => {
      const line = `disk ${before?.version} → 2.0.0`;
      return { lines: [{ zh: line, en: line }] };
    },
  });
}

test("what changes is said once where all clusters are alike, else of each by name", async () => {
  const alike = await finder({})("shared", null);
  assert.deepEqual(alike.outcome === "found" && alike.terms.plan.lines.map(({ en }) => en), [
    "disk 1.0.0 → 2.0.0",
  ]);
  const unlike = await finder({ bj: "0.9.0" })("shared", null);
  assert.deepEqual(unlike.outcome === "found" && unlike.terms.plan.lines.map(({ en }) => en), [
    "cluster hz:",
    "disk 1.0.0 → 2.0.0",
    "cluster bj:",
    "disk 0.9.0 → 2.0.0",
  ]);
});

test("packs that are gone from the set, but were left by its releases, are asked of each cluster", async () => {
  const asked: Record<string, readonly string[]> = {};
  const find = termsFinder({
    ...{ sets: () => [SET], buildOf: async () => BUILD, takesReleases: () => true },
    packsLeft: async (cluster) => (cluster === "hz" ? ["net", "disk"] : []),
    packsOn: async (cluster, refs) => {
      asked[cluster] = refs;
      return [];
    },
    planOf: () => ({ lines: [] }),
  });
  await find("shared", null);
  assert.deepEqual(asked, { hz: ["disk", "net"], bj: ["disk"] });
});

test("there are no terms without a set, nor without a finished build of it", async () => {
  const none = await finder({})("other", null);
  const unbuilt = await finder({}, null)("shared", "b_1");
  const foreign = await finder({}, { ...BUILD, set: "other" })("shared", BUILD.id);
  assert.deepEqual([none.outcome, unbuilt.outcome, foreign.outcome], ["refused", "refused", "refused"]);
});

test("there are none while a cluster of the set does not say how new packs reach its workers", async () => {
  const found = await finder({}, BUILD, ["bj"])("shared", null);
  assert.match(found.outcome === "refused" ? found.en : "", /cluster bj has no deploy/);
});
