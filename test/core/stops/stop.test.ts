import assert from "node:assert/strict";
import { test } from "node:test";
import { stopName } from "../../../core/stops/index.ts";

test("names each scope's stop by itself", () => {
  assert.equal(stopName({ of: "everything" }), "everything");
  assert.equal(stopName({ of: "cluster", name: "hz-core" }), "cluster:hz-core");
  assert.equal(stopName({ of: "rule", name: "hz-core" }), "rule:hz-core");
  assert.equal(stopName({ of: "business", name: "everything" }), "business:everything");
});
