import assert from "node:assert/strict";
import { test } from "node:test";
import { allowedClusters, type Cluster } from "../../../core/clusters/index.ts";

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
