import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import "../../support/property-seed.ts";
import {
  type Choosing,
  CLUSTER_STATES,
  type Cluster,
  type ClusterChoice,
  type ClusterState,
  chooseCluster,
  type PackFault,
  type Surroundings,
} from "../../../core/clusters/index.ts";

function aCluster(name: string, overrides: Partial<Cluster> = {}): Cluster {
  const auth = { kind: "apiKey" as const, apiKey: "k" };
  return { name, api: `https://${name}.example/api`, auth, businesses: [], priority: 1, ...overrides };
}

/** What is known of one cluster beside its file. */
interface Seen {
  state?: ClusterState;
  open?: number;
  lacks?: boolean;
  stopped?: boolean;
  refused?: boolean;
  unserved?: boolean;
  pack?: PackFault["reason"];
}

function around(clusters: readonly Cluster[], seen: Record<string, Seen> = {}): Surroundings {
  const of = (name: string) => seen[name] ?? {};
  return {
    clusters,
    mayServe: (name) => !of(name).unserved,
    sightOf: (name) => ({ state: of(name).state ?? "unknown", open: of(name).open ?? 0 }),
    lacksAction: (name) => of(name).lacks ?? false,
    packFault: (name) => {
      const { pack: reason } = of(name);
      return reason ? { reason, found: "disk 1.0.0 (^2)" } : null;
    },
    isStopped: (name) => of(name).stopped ?? false,
    refusedLately: (name) => of(name).refused ?? false,
  };
}

function aTask(allowed: readonly string[], overrides: Partial<Choosing> = {}): Choosing {
  return { taskId: "t_1", allowed, reserve: [], ...overrides };
}

function place(choice: ClusterChoice): string {
  return choice.outcome === "chosen" ? `${choice.cluster} ${choice.reason}` : choice.reason;
}

function passedOf(choice: ClusterChoice): Record<string, string> {
  return Object.fromEntries(choice.passed.map(({ cluster, reason }) => [cluster, reason]));
}

const AB = [aCluster("a"), aCluster("b", { priority: 5 })];

describe("a start goes to", () => {
  const rows: [what: string, seen: Record<string, Seen>, task: Partial<Choosing>, expected: string][] = [
    ["the highest priority among equals", {}, {}, "b highest_priority"],
    ["who is not degraded, whatever the priority", { b: { state: "degraded" } }, {}, "a others_degraded"],
    ["who is up as well as who was never looked at", { a: { state: "up" } }, {}, "b highest_priority"],
    ["its own clusters before the reserve", { a: { state: "degraded" } }, { reserve: ["b"] }, "a own_first"],
    [
      "the reserve when none of its own is usable",
      { a: { state: "down" } },
      { reserve: ["b"] },
      "b reserve_serves",
    ],
    ["the reserve when its own are full", { a: { open: 3 } }, { reserve: ["b"] }, "b reserve_serves"],
    ["the cluster chosen before", {}, { before: "a" }, "a kept"],
    ["the cluster chosen before, degraded or not", { a: { state: "degraded" } }, { before: "a" }, "a kept"],
    ["another when the one before drains", { a: { state: "draining" } }, { before: "a" }, "b only_one"],
    [
      "another when the one before has just refused",
      { a: { refused: true } },
      { before: "a" },
      "b others_refused",
    ],
    [
      "the reserve when its own has just refused",
      { a: { refused: true } },
      { reserve: ["b"] },
      "b others_refused",
    ],
    [
      "as ever when all have just refused",
      { a: { refused: true }, b: { refused: true } },
      {},
      "b highest_priority",
    ],
    ["who has the action", { b: { lacks: true } }, {}, "a only_one"],
    ["who has the pack in the version needed", { b: { pack: "lacks_pack" } }, {}, "a only_one"],
    ["who is known to have it", { b: { pack: "pack_unread" } }, {}, "a only_one"],
    ["who is not stopped", { b: { stopped: true } }, {}, "a only_one"],
    ["who still serves it", { b: { unserved: true } }, {}, "a only_one"],
  ];
  for (const [what, seen, task, expected] of rows) {
    test(what, () => {
      const clusters = [aCluster("a", { capacity: 3 }), aCluster("b", { priority: 5 })];
      assert.equal(place(chooseCluster(aTask(["a", "b"], task), around(clusters, seen))), expected);
    });
  }

  test("each cluster in proportion to its weight, and each task always to the same", () => {
    const clusters = [aCluster("a", { weight: 1 }), aCluster("b", { weight: 3 })];
    const chosen = (n: number) =>
      place(chooseCluster(aTask(["a", "b"], { taskId: `t_${n}` }), around(clusters)));
    const places = Array.from({ length: 2_000 }, (_, n) => chosen(n));
    const share = places.filter((one) => one === "b by_share").length / places.length;
    assert.ok(share > 0.7 && share < 0.8, String(share));
    assert.deepEqual(
      places.slice(0, 50),
      Array.from({ length: 50 }, (_, n) => chosen(n)),
    );
  });

  test("another only where its own cluster went away", () => {
    const three = ["a", "b", "c"].map((name) => aCluster(name));
    for (let n = 0; n < 200; n++) {
      const task = aTask(["a", "b", "c"], { taskId: `t_${n}` });
      const before = chooseCluster(task, around(three));
      const after = chooseCluster(task, around(three, { c: { state: "down" } }));
      assert.equal(before.outcome, "chosen");
      if (before.outcome === "chosen" && before.cluster !== "c") {
        assert.equal(after.outcome === "chosen" && after.cluster, before.cluster);
      }
    }
  });
});

describe("a task waits", () => {
  const rows: [what: string, seen: Record<string, Seen>, expected: string][] = [
    ["when all are full", { a: { open: 1 }, b: { open: 1 } }, "clusters_full"],
    ["when all drain", { a: { state: "draining" }, b: { state: "draining" } }, "clusters_draining"],
    ["when all are down", { a: { state: "down" }, b: { state: "down" } }, "clusters_down"],
    ["when all are stopped", { a: { stopped: true }, b: { stopped: true } }, "clusters_stopped"],
    ["when packs cannot be read", { a: { pack: "pack_unread" }, b: { pack: "lacks_pack" } }, "packs_unread"],
    [
      "for who drains, though it lacks the pack: it may be getting it",
      { a: { pack: "lacks_pack", state: "draining" }, b: { pack: "lacks_pack" } },
      "clusters_draining",
    ],
    ["when they are of several kinds", { a: { open: 1 }, b: { state: "down" } }, "clusters_unusable"],
    [
      "for who may come back, though another lacks the action",
      { a: { lacks: true }, b: { open: 1 } },
      "clusters_full",
    ],
  ];
  for (const [what, seen, expected] of rows) {
    test(what, () => {
      const clusters = [aCluster("a", { capacity: 1 }), aCluster("b", { capacity: 1 })];
      const choice = chooseCluster(aTask(["a", "b"]), around(clusters, seen));
      assert.deepEqual([choice.outcome, choice.reason], ["wait", expected]);
    });
  }
});

test("nobody is chosen, and nothing waits, when nobody is allowed, there or has the action", () => {
  const none = (allowed: string[], seen: Record<string, Seen>) => {
    const choice = chooseCluster(aTask(allowed), around(AB, seen));
    return `${choice.outcome} ${choice.reason}`;
  };
  assert.equal(none([], {}), "none no_allowed_cluster");
  assert.equal(none(["gone"], {}), "none no_allowed_cluster");
  assert.equal(none(["a"], { a: { unserved: true } }), "none no_allowed_cluster");
  assert.equal(
    none(["a", "b", "gone"], { a: { lacks: true }, b: { lacks: true } }),
    "none action_on_no_cluster",
  );
  assert.equal(
    none(["a", "b"], { a: { lacks: true }, b: { pack: "lacks_pack" } }),
    "none pack_on_no_cluster",
  );
});

test("every cluster that is passed over has its reason", () => {
  const clusters = ["a", "b", "c", "d", "e", "f"].map((name) => aCluster(name, { capacity: 1 }));
  const seen = { a: { lacks: true }, b: { open: 1 }, c: { state: "down" }, d: { refused: true } } as const;
  const task = aTask(["a", "b", "c", "d", "e", "f", "gone"], { reserve: ["f"] });
  const choice = chooseCluster(task, around(clusters, seen));
  assert.equal(place(choice), "e own_first");
  const expected = {
    a: "lacks_action",
    b: "full",
    c: "down",
    d: "refused_lately",
    f: "reserve",
    gone: "not_configured",
  };
  assert.deepEqual(passedOf(choice), expected);
});

const seenAny = fc.record({
  state: fc.constantFrom(...CLUSTER_STATES),
  open: fc.nat({ max: 3 }),
  lacks: fc.boolean(),
  stopped: fc.boolean(),
  refused: fc.boolean(),
});
const NAMES = ["a", "b", "c", "d"];
const worldAny = fc.record({
  clusters: fc.subarray(NAMES).chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc
          .record({
            priority: fc.nat({ max: 2 }),
            weight: fc.integer({ min: 1, max: 9 }),
            capacity: fc.nat({ max: 3 }),
          })
          .map((fields) => aCluster(name, fields)),
      ),
    ),
  ),
  seen: fc.dictionary(fc.constantFrom(...NAMES), seenAny),
  allowed: fc.subarray(NAMES),
  reserve: fc.subarray(NAMES),
  taskId: fc.string(),
});

test("the chosen one is allowed, usable, and none of its own is passed for the reserve without a fault", () => {
  fc.assert(
    fc.property(worldAny, ({ clusters, seen, allowed, reserve, taskId }) => {
      const choice = chooseCluster({ taskId, allowed, reserve }, around(clusters, seen));
      const told = choice.passed.map(({ cluster }) => cluster);
      const all = choice.outcome === "chosen" ? [...told, choice.cluster] : told;
      assert.deepEqual(all.sort(), [...allowed].sort());
      if (choice.outcome !== "chosen") return;
      const { state = "unknown", open = 0, lacks, stopped, refused } = seen[choice.cluster] ?? {};
      const cluster = clusters.find(({ name }) => name === choice.cluster);
      assert.ok(cluster && state !== "down" && state !== "draining" && !lacks && !stopped);
      assert.ok(open < (cluster.capacity ?? Infinity));
      if (!reserve.includes(choice.cluster) || refused) return;
      const owns = choice.passed.filter(({ cluster: name }) => !reserve.includes(name));
      const faults = [
        "not_configured",
        "lacks_action",
        "stopped",
        "draining",
        "down",
        "full",
        "refused_lately",
      ];
      assert.ok(
        owns.every(({ reason }) => faults.includes(reason)),
        JSON.stringify(choice),
      );
    }),
  );
});
