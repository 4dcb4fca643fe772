import assert from "node:assert/strict";
import { test } from "node:test";
import { type ClusterRowDeps, clusterTable } from "../../../../bot/pages/console/cluster-rows.ts";
import { markupOf } from "../../../../bot/pages/html.ts";
import type { Cluster, Drain } from "../../../../core/clusters/index.ts";
import { textsOf } from "../../../../core/texts/index.ts";

const cluster = { name: "hz-core", zone: "hz", businesses: ["shop"], priority: 1 } as unknown as Cluster;
const drain: Drain = {
  ...{ by: "user:lisi", at: "2026-11-01T00:00:00Z", until: null, atDeadline: "wait", why: "换盘" },
};
const ILL = { zh: "没有应答", en: "it does not answer" };

test("a cluster's row tells its drain, who ordered it and why, and what is not known of its runs", async () => {
  const sight = { state: "draining", sinceMs: Date.parse(drain.at), ill: ILL, open: 3 };
  const fleet = {
    sightOf: async () => sight,
    drains: {
      current: () => new Map([["hz-core", drain]]),
      counts: async () => ({ own: 2, paused: 1, all: null }),
    },
  };
  const deps = {
    fleet,
    clusters: () => [cluster],
    directory: { nameOf: async () => "李四" },
    timeZone: "UTC",
  };
  const shown = await clusterTable([cluster], { texts: textsOf("zh") }, deps as unknown as ClusterRowDeps);
  const text = markupOf(shown);
  for (const words of ["排空", "李四", "换盘", "没有应答", "鲸 2，暂停 1，共 ?"])
    assert.ok(text.includes(words), words);
  assert.ok(!text.includes(ILL.en), "told in one language");
});
