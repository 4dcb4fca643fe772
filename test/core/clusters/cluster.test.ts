import assert from "node:assert/strict";
import { test } from "node:test";
import { allowedClusters, type Cluster, chooseCluster } from "../../../core/clusters/index.ts";

function aCluster(name: string, overrides: Partial<Cluster> = {}): Cluster {
  const auth = { kind: "apiKey" as const, apiKey: "k" };
  return { name, api: `https://${name}.example/api`, auth, businesses: [], priority: 1, ...overrides };
}

test("the clusters of a business are those that name it or name none, sorted by name", () => {
  const clusters = [
    aCluster("z-all"),
    aCluster("shop", { businesses: ["shop"] }),
    aCluster("pay", { businesses: ["pay"] }),
    aCluster("both", { businesses: ["pay", "shop"] }),
  ];
  assert.deepEqual(allowedClusters(clusters, "shop"), ["both", "shop", "z-all"]);
  assert.deepEqual(allowedClusters(clusters, "none"), ["z-all"]);
  assert.deepEqual(allowedClusters([], "shop"), []);
});

test("a start goes to the highest priority among the allowed, then to the first name", () => {
  const clusters = [
    aCluster("c", { priority: 5 }),
    aCluster("b", { priority: 5 }),
    aCluster("a"),
    aCluster("top", { priority: 9 }),
  ];
  const chosen = (allowed: string[]) => chooseCluster(clusters, allowed);
  assert.deepEqual(chosen(["a", "b", "c"]), { outcome: "chosen", cluster: "b", reason: "highest_priority" });
  assert.deepEqual(chosen(["a", "top"]), { outcome: "chosen", cluster: "top", reason: "highest_priority" });
});

test("when no allowed cluster is there any more none is chosen", () => {
  const none = { outcome: "none", reason: "no_allowed_cluster" };
  assert.deepEqual(chooseCluster([aCluster("a")], ["b"]), none);
  assert.deepEqual(chooseCluster([aCluster("a")], []), none);
  assert.deepEqual(chooseCluster([], ["a"]), none);
});

test("choosing leaves the list as it was", () => {
  const clusters = [aCluster("a"), aCluster("b", { priority: 9 })];
  chooseCluster(clusters, ["a", "b"]);
  assert.deepEqual(
    clusters.map(({ name }) => name),
    ["a", "b"],
  );
});
