import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Metrics } from "../../core/ports/index.ts";
import { type SeriesGuard, seriesGuard } from "./series.ts";

/** How metrics are named and bounded. */
export interface MetricsOptions {
  /** First part of every name, for example `whale`. */
  prefix: string;
  /** Most different sets of label values of one metric; later ones count under `other`. Default 500. */
  maxSeries?: number;
  /** Also tell memory, processor and event loop of this process. Default false. */
  processMetrics?: boolean;
}

/** Metrics with a page for Prometheus. */
export interface TextMetrics extends Metrics {
  /** The whole page, in Prometheus' text format. */
  text(): Promise<string>;
  contentType: string;
}

type Labels = Record<string, string>;

/** One metric of the client library, with the labels of its first use. */
interface Known<T> {
  metric: T;
  labelNames: readonly string[];
  guard: SeriesGuard;
}

const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const DEFAULT_MAX_SERIES = 500;

/**
 * Counters `<prefix>_<name>_total`, histograms `<prefix>_<name>_seconds` and gauges `<prefix>_<name>` in a
 * registry of their own. A metric's labels are those of its first use. What does not fit (a label it did not
 * have then, a number that is none) is left out and counted in `<prefix>_metrics_refused_total`; only two kinds
 * under one full name throw.
 */
export function createMetrics(options: MetricsOptions): TextMetrics {
  const registry = new Registry();
  const { prefix, maxSeries = DEFAULT_MAX_SERIES } = options;
  const registers = [registry];
  if (options.processMetrics === true) collectDefaultMetrics({ register: registry, prefix: `${prefix}_` });
  const fits = refusalCounter(registry, prefix);
  const base = { prefix, maxSeries, fits };
  const counter = family(base, "_total", (head) => new Counter({ ...head, registers }));
  const histogram = family(base, "_seconds", (head) => {
    return new Histogram({ ...head, registers, buckets: BUCKETS_SECONDS });
  });
  const gauge = family(base, "", (head) => new Gauge({ ...head, registers }));
  return {
    count: (name, labels = {}, by = 1) => {
      if (fits(Number.isFinite(by) && by >= 0, name))
        counter(name, labels, (one, shown) => one.inc(shown, by));
    },
    observe: (name, seconds, labels = {}) => {
      if (!fits(Number.isFinite(seconds), name)) return;
      // The clock may have gone back in between.
      histogram(name, labels, (one, shown) => one.observe(shown, Math.max(0, seconds)));
    },
    gauge: (name, value, labels = {}) => {
      if (fits(Number.isFinite(value), name)) gauge(name, labels, (one, shown) => one.set(shown, value));
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** Passes on whether something fits, counting the metric's name when it does not. */
type FitCheck = (fits: boolean, name: string) => boolean;

function refusalCounter(registry: Registry, prefix: string): FitCheck {
  const metric = new Counter({
    name: `${prefix}_metrics_refused_total`,
    help: "Metric calls with a number or a label that does not fit",
    labelNames: ["name"],
    registers: [registry],
  });
  return (fits, name) => {
    if (!fits) metric.inc({ name });
    return fits;
  };
}

interface Head {
  name: string;
  help: string;
  labelNames: string[];
}

interface FamilyBase {
  prefix: string;
  maxSeries: number;
  fits: FitCheck;
}

/** The metrics of one kind: made at their first use, then found by their full name. */
function family<T>(base: FamilyBase, ending: string, make: (head: Head) => T) {
  const known = new Map<string, Known<T>>();
  const byName = new Map<string, Known<T>>();
  const found = (name: string, labels: Labels): Known<T> => {
    const full = `${base.prefix}_${name.replaceAll(/[^a-zA-Z0-9_]/g, "_")}${ending}`;
    let one = known.get(full);
    if (!one) {
      const labelNames = Object.keys(labels);
      const metric = make({ name: full, help: full, labelNames });
      one = { metric, labelNames, guard: seriesGuard(base.maxSeries) };
      known.set(full, one);
    }
    byName.set(name, one);
    return one;
  };
  return (name: string, labels: Labels, use: (metric: T, labels: Labels) => void): void => {
    const one = byName.get(name) ?? found(name, labels);
    base.fits(fitsLabels(one.labelNames, labels), name);
    use(one.metric, boundedLabels(one, labels));
  };
}

function fitsLabels(labelNames: readonly string[], labels: Labels): boolean {
  return Object.keys(labels).every((label) => labelNames.includes(label));
}

function boundedLabels(one: Known<unknown>, labels: Labels): Labels {
  const values = one.guard.admit(one.labelNames.map((label) => labels[label] ?? ""));
  return Object.fromEntries(one.labelNames.map((label, i) => [label, values[i] ?? ""]));
}
