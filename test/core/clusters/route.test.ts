import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  possibleClusters,
  type Route,
  type Routing,
  routed,
  shadowing,
  type Work,
} from "../../../core/clusters/index.ts";

const clusters: Routing["clusters"] = [
  { name: "hz-core", businesses: ["shop", "pay"], zone: "hz", labels: { size: "large" } },
  { name: "hz-edge", businesses: ["shop"], zone: "hz" },
  { name: "sh-core", businesses: ["shop"], zone: "sh", labels: { size: "large" } },
];

function aRoute(overrides: Partial<Route> = {}): Route {
  return { name: "r", when: {}, to: ["hz-core"], isolation: "strict", ...overrides };
}

const disk: Work = {
  business: "shop",
  action: "disk.cleanup",
  event: { type: "vm.disk.usage", severity: "critical", labels: { env: "prod" } },
};

describe("work goes", () => {
  test("to every cluster of its business where no route takes it", () => {
    const routes = [aRoute({ when: { businesses: ["pay"] } })];
    const expected = { route: null, clusters: ["hz-core", "hz-edge", "sh-core"], reserve: [] };
    assert.deepEqual(routed({ clusters, routes }, disk), expected);
    assert.deepEqual(routed({ clusters }, disk), expected);
  });

  test("by the first route that takes it", () => {
    const routes = [
      aRoute({ name: "other", when: { actions: ["dmesg.*"] }, to: ["sh-core"] }),
      aRoute({ name: "first", to: ["hz-edge"] }),
      aRoute({ name: "second", to: ["sh-core"] }),
    ];
    assert.deepEqual(routed({ clusters, routes }, disk), {
      route: "first",
      clusters: ["hz-edge"],
      reserve: [],
    });
  });

  test("to clusters by name or by all of some labels, its zone among them", () => {
    const to = (...selectors: Route["to"]) =>
      routed({ clusters, routes: [aRoute({ to: selectors })] }, disk).clusters;
    assert.deepEqual(to({ zone: "hz" }), ["hz-core", "hz-edge"]);
    assert.deepEqual(to({ zone: "hz", size: "large" }), ["hz-core"]);
    assert.deepEqual(to("hz-edge", { zone: "sh" }), ["hz-edge", "sh-core"]);
  });

  test("never to a cluster that does not serve its business, strict or soft", () => {
    for (const isolation of ["strict", "soft"] as const) {
      const routes = [aRoute({ to: ["sh-core"], isolation })];
      const { clusters: allowed, reserve } = routed({ clusters, routes }, { ...disk, business: "pay" });
      assert.deepEqual([allowed, reserve], isolation === "soft" ? [["hz-core"], ["hz-core"]] : [[], []]);
    }
  });

  test("softly to its own first, with all others of its business in reserve", () => {
    const routes = [aRoute({ to: [{ zone: "hz" }], isolation: "soft" })];
    const expected = { route: "r", clusters: ["hz-core", "hz-edge", "sh-core"], reserve: ["sh-core"] };
    assert.deepEqual(routed({ clusters, routes }, disk), expected);
  });
});

describe("a route takes work", () => {
  const rows: [when: Route["when"], taken: boolean][] = [
    [{}, true],
    [{ businesses: ["sh*"] }, true],
    [{ businesses: ["pay"] }, false],
    [{ actions: ["dmesg.*", "disk.*"] }, true],
    [{ types: ["vm.*"], severities: ["critical", "major"] }, true],
    [{ types: ["vm.*"], severities: ["info"] }, false],
    [{ labels: { env: ["prod*"] } }, true],
    [{ labels: { env: ["prod"], team: ["a"] } }, false],
  ];
  for (const [when, taken] of rows) {
    test(`${taken ? "of" : "but not of"} ${JSON.stringify(when)}`, () => {
      assert.equal(routed({ clusters, routes: [aRoute({ when })] }, disk).route, taken ? "r" : null);
    });
  }

  test("that has no event only where it asks for none", () => {
    const byHand: Work = { business: "shop", action: "disk.cleanup", event: null };
    const route = (when: Route["when"]) => routed({ clusters, routes: [aRoute({ when })] }, byHand).route;
    assert.deepEqual([route({ actions: ["disk.*"] }), route({ types: ["*"] })], ["r", null]);
    assert.equal(route({ labels: { env: ["*"] } }), null);
  });
});

test("what is not known of work leaves every route possible that may take it, up to the first that does", () => {
  const routes = [
    aRoute({ when: { labels: { env: ["prod"] } }, to: ["hz-core"] }),
    aRoute({ when: { types: ["vm.*"] }, to: ["hz-edge"] }),
    aRoute({ to: ["sh-core"] }),
  ];
  const possible = (work: Work) => possibleClusters({ clusters, routes }, work);
  assert.deepEqual(possible({ business: "shop" }), ["hz-core", "hz-edge", "sh-core"]);
  assert.deepEqual(possible({ business: "shop", event: { type: "vm.cpu" } }), ["hz-core", "hz-edge"]);
  assert.deepEqual(possible({ business: "shop", event: { type: "net" } }), ["hz-core", "sh-core"]);
  assert.deepEqual(possible({ business: "shop", event: null }), ["sh-core"]);
  assert.deepEqual(possible(disk), ["hz-core"]);
});

test("a route is shadowed by an earlier one that takes all that it would take", () => {
  const by = (earlier: Route["when"], later: Route["when"]) =>
    shadowing([aRoute({ name: "wide", when: earlier }), aRoute({ name: "narrow", when: later })], 1)?.name;
  assert.equal(by({}, { businesses: ["pay"] }), "wide");
  assert.equal(by({ actions: ["disk.*"] }, { actions: ["disk.cleanup", "disk.show*"] }), "wide");
  assert.equal(by({ labels: { env: ["*"] } }, { labels: { env: ["prod"] }, types: ["vm.*"] }), "wide");
  assert.equal(by({ actions: ["disk.*"] }, { actions: ["disk*"] }), undefined);
  assert.equal(by({ actions: ["disk.*"] }, { businesses: ["pay"] }), undefined);
  assert.equal(by({ labels: { env: ["prod"] } }, { labels: { env: ["prod", "test"] } }), undefined);
});
