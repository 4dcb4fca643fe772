import assert from "node:assert/strict";
import { test } from "node:test";
import { createMetrics } from "../../../adapters/telemetry/index.ts";

function lineOf(page: string, start: string): string | undefined {
  return page.split("\n").find((line) => line.startsWith(start));
}

test("counts, adds up and names counters with the prefix and _total", async () => {
  const metrics = createMetrics({ prefix: "whale" });
  metrics.count("events", { source: "prometheus" });
  metrics.count("events", { source: "prometheus" }, 4);
  metrics.count("ticks");
  const page = await metrics.text();
  assert.equal(lineOf(page, "whale_events_total"), 'whale_events_total{source="prometheus"} 5');
  assert.equal(lineOf(page, "whale_ticks_total"), "whale_ticks_total 1");
});

test("records durations in a histogram of seconds", async () => {
  const metrics = createMetrics({ prefix: "whale" });
  metrics.observe("append", 0.02, { store: "sqlite" });
  metrics.observe("append", 2, { store: "sqlite" });
  const page = await metrics.text();
  assert.ok(page.includes('whale_append_seconds_bucket{le="0.025",store="sqlite"} 1'));
  assert.ok(page.includes('whale_append_seconds_count{store="sqlite"} 2'));
});

test("sets gauges, down as well as up", async () => {
  const metrics = createMetrics({ prefix: "whale" });
  metrics.gauge("lag", 9, { reader: "rules" });
  metrics.gauge("lag", 2, { reader: "rules" });
  assert.equal(lineOf(await metrics.text(), "whale_lag{"), 'whale_lag{reader="rules"} 2');
});

test("tells the content type of Prometheus' text", () => {
  assert.match(createMetrics({ prefix: "whale" }).contentType, /^text\/plain; version=0\.0\.4/);
});

test("keeps two instances apart", async () => {
  const one = createMetrics({ prefix: "whale" });
  createMetrics({ prefix: "whale" }).count("events");
  assert.equal(lineOf(await one.text(), "whale_events_total"), undefined);
});

test("counts label values beyond the bound under other and keeps the known ones", async () => {
  const metrics = createMetrics({ prefix: "whale" });
  for (let i = 0; i < 600; i++) metrics.count("hits", { host: `vm-${i}`, kind: "a" });
  metrics.count("hits", { host: "vm-499", kind: "a" });
  const page = await metrics.text();
  assert.equal(page.split("\n").filter((line) => line.startsWith("whale_hits_total{")).length, 501);
  assert.equal(
    lineOf(page, 'whale_hits_total{host="other"'),
    'whale_hits_total{host="other",kind="other"} 100',
  );
  assert.equal(lineOf(page, 'whale_hits_total{host="vm-499"'), 'whale_hits_total{host="vm-499",kind="a"} 2');
});

test("cuts label values that are long", async () => {
  const metrics = createMetrics({ prefix: "whale" });
  metrics.count("hits", { host: "x".repeat(5000) });
  assert.ok((await metrics.text()).length < 2000);
});

test("fills in a missing label and leaves out one that the first use did not have", async () => {
  const metrics = createMetrics({ prefix: "whale" });
  metrics.count("hits", { a: "1", b: "2" });
  metrics.count("hits", { b: "2", c: "3" });
  const page = await metrics.text();
  assert.equal(lineOf(page, 'whale_hits_total{a=""'), 'whale_hits_total{a="",b="2"} 1');
  assert.equal(lineOf(page, "whale_metrics_refused"), 'whale_metrics_refused_total{name="hits"} 1');
});

test("refuses numbers that are none without throwing", async () => {
  const metrics = createMetrics({ prefix: "whale" });
  metrics.count("hits", {}, -1);
  metrics.count("hits", {}, Number.NaN);
  metrics.observe("took", Number.NaN);
  metrics.gauge("lag", Number.POSITIVE_INFINITY);
  const page = await metrics.text();
  assert.equal(
    lineOf(page, 'whale_metrics_refused_total{name="hits"}'),
    'whale_metrics_refused_total{name="hits"} 2',
  );
  assert.equal(lineOf(page, "whale_lag"), undefined);
});

test("records a negative duration, after the clock went back, as none", async () => {
  const metrics = createMetrics({ prefix: "whale" });
  metrics.observe("took", -3);
  assert.equal(lineOf(await metrics.text(), "whale_took_seconds_sum"), "whale_took_seconds_sum 0");
});

test("makes one metric of names that differ only in what Prometheus does not allow", async () => {
  const metrics = createMetrics({ prefix: "whale" });
  metrics.count("a.b");
  metrics.count("a-b");
  assert.equal(lineOf(await metrics.text(), "whale_a_b_total"), "whale_a_b_total 2");
});

test("escapes label values", async () => {
  const metrics = createMetrics({ prefix: "whale" });
  metrics.count("hits", { text: 'a"b\nc\\d' });
  assert.equal(
    lineOf(await metrics.text(), "whale_hits_total{"),
    String.raw`whale_hits_total{text="a\"b\nc\\d"} 1`,
  );
});

test("tells of the process when asked", async () => {
  const page = await createMetrics({ prefix: "whale", processMetrics: true }).text();
  assert.match(page, /^whale_process_resident_memory_bytes \d+/m);
});
