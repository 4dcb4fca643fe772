import type { Cluster } from "../../../core/clusters/index.ts";
import type { BackTestContext } from "../../../core/replays/index.ts";
import { type Rule, type RuleSet, ruleSet } from "../../../core/rules/index.ts";
import { aRule } from "../../support/tasks.ts";

/** Event types, and groups of machines: there is a rule for each pair. */
export const TYPES = 20;
export const GROUPS = 5;

/**
 * 100 rules as teams write them: type = X and env = 'prod' and metric > N and host matches `^vm-<group>-\d+`, with
 * templates for params, target and throttle. About half of the firing alerts of production pass one.
 */
export function benchRules(): Rule[] {
  return Array.from({ length: TYPES * GROUPS }, (_, no) => {
    const [type, group] = [no % TYPES, Math.floor(no / TYPES)];
    return aRule({
      ...{ id: `rule-${no}`, title: `rule ${no}`, on: [`host.metric.${type}`] },
      features: [
        { path: "labels.env", op: "equals", value: "prod" },
        { path: "detail.metric", op: "greaterthan", value: 30 + (no % 40) },
        { path: "detail.host", op: "regex", value: `^vm-g${group}-\\d+` },
      ],
      params: { host: "{{ detail.host }}", mount: "{{ detail.mount }}", dry_run: false },
      throttle: { key: "{{ detail.app }}_{{ detail.host }}", limit: 1, perMs: 3_600_000, burst: 1 },
      card: { rows: [{ label: "使用率", value: "{{ detail.metric }}%" }] },
    });
  });
}

export function benchSet(): RuleSet {
  const compiled = ruleSet(benchRules());
  if (compiled.outcome === "invalid") throw new Error(compiled.message);
  return compiled.set;
}

const CLUSTER: Cluster = {
  ...{ name: "hz-core", api: "http://x", auth: { kind: "apiKey", apiKey: "k" } },
  ...{ businesses: ["shop"], priority: 1 },
};

/** What the rules are judged by beside the events. */
export const BENCH_CONTEXT: BackTestContext = {
  nowMs: Date.UTC(2026, 10, 1),
  policies: [],
  clusters: [CLUSTER],
};
