import assert from "node:assert/strict";
import { test } from "node:test";
import { labelFingerprint } from "../../../adapters/sources/fingerprint.ts";

test("gives the fingerprint that Prometheus gives for the same labels", () => {
  const labels = {
    severity: "critical",
    alertname: "InstanceDown",
    code: "200",
    instance: "127.0.0.1:9090",
    job: "prometheus",
    monitor: "codelab-monitor",
  };
  assert.equal(labelFingerprint(labels), "791cec13fcba0368");
});

test("gives the offset basis for no labels", () => {
  assert.equal(labelFingerprint({}), "cbf29ce484222325");
});

test("does not depend on the order of the labels and tells names from values", () => {
  assert.equal(labelFingerprint({ a: "1", b: "2" }), labelFingerprint({ b: "2", a: "1" }));
  assert.notEqual(labelFingerprint({ ab: "c" }), labelFingerprint({ a: "bc" }));
});

test("sorts names by their bytes, as Go does", () => {
  const labels = { "\u{1f433}": "1", "\uffee": "2" };
  const swapped = { "\uffee": "2", "\u{1f433}": "1" };
  assert.equal(labelFingerprint(labels), labelFingerprint(swapped));
  assert.equal(labelFingerprint(labels).length, 16);
});
