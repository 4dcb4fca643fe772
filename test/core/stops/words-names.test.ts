import assert from "node:assert/strict";
import { test } from "node:test";
import { isThere, type StopScope, scopeOfStop, stopName } from "../../../core/stops/index.ts";

const SCOPES: StopScope[] = [
  { of: "everything" },
  { of: "cluster", name: "hz" },
  { of: "rule", name: "a:b" },
  { of: "business", name: "shop" },
];

test("a stop's name tells its scope again", () => {
  for (const scope of SCOPES) assert.deepEqual(scopeOfStop(stopName(scope)), scope);
});

test("what is no stop's name is none", () => {
  for (const name of ["", "all", "cluster", "cluster:", ":hz", "everything:x", "host:hz", "Cluster:hz"])
    assert.equal(scopeOfStop(name), null, name);
});

test("a scope is there when a cluster or rule in force has its name", () => {
  const inForce = { rules: [{ id: "a:b", business: "shop" }], clusters: [{ name: "hz" }] };
  for (const scope of SCOPES) {
    assert.equal(isThere(scope, inForce), true);
    assert.equal(isThere(scope, { rules: [], clusters: [] }), scope.of === "everything");
  }
});
