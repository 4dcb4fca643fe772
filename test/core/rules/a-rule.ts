import assert from "node:assert/strict";
import { shortApproval } from "../../../core/approvals/index.ts";
import type { Cluster } from "../../../core/clusters/index.ts";
import { type Policy, policyDigest } from "../../../core/policies/index.ts";
import {
  type CompiledRule,
  compileRule,
  type JudgeContext,
  type Rule,
  type RuleSet,
  ruleSet,
} from "../../../core/rules/index.ts";
import { START_MS } from "../../support/clock.ts";

/** The disk rule of the sample home, shortened. Name only what matters. */
export function aRule(overrides: Partial<Rule> = {}): Rule {
  return {
    id: "vm-disk-cleanup",
    title: "磁盘清理",
    on: ["vm.disk.usage"],
    business: "shop",
    features: [
      { path: "labels.env", op: "equals", value: "prod" },
      { path: "detail.usage", op: "greaterthan", value: 85 },
    ],
    action: "disk.cleanup",
    targets: ["{{ detail.host }}"],
    params: { host: "{{.detail.host}}", paths: "{{ detail.paths }}", dry_run: false },
    throttle: { key: "{{.detail.app}}_{{.detail.host}}", limit: 1, perMs: 600_000, burst: 1 },
    approval: shortApproval({
      from: { tag: "sre-oncall" },
      need: 1,
      timeoutMs: 1_800_000,
      onTimeout: "reject",
    }),
    offers: [],
    report: { rows: [] },
    card: { rows: [] },
    maxAgeMs: 3_600_000,
    startWithinMs: 3_600_000,
    repeats: false,
    onRecovery: "keep",
    maxRounds: 3,
    ...overrides,
  };
}

export function aPolicy(overrides: Partial<Omit<Policy, "digest">> = {}): Policy {
  const policy = {
    id: "read-only",
    actions: ["disk.show"],
    mode: "auto" as const,
    approvedBy: "wangwu",
    approvedAt: "2026-01-01",
    expires: "2030-01-01",
    ...overrides,
  };
  return { ...policy, digest: policyDigest(policy) };
}

export function aCluster(overrides: Partial<Cluster> = {}): Cluster {
  return {
    name: "hz-core",
    api: "https://st2.example/api",
    auth: { kind: "apiKey", apiKey: "k" },
    businesses: [],
    priority: 10,
    ...overrides,
  };
}

export function aContext(overrides: Partial<JudgeContext> = {}): JudgeContext {
  return { nowMs: START_MS, clusters: [aCluster()], policies: [aPolicy()], ...overrides };
}

export function compiledRule(rule: Rule): CompiledRule {
  const outcome = compileRule(rule);
  return outcome.outcome === "compiled" ? outcome.rule : assert.fail(`${outcome.field}: ${outcome.message}`);
}

export function setOf(...rules: Rule[]): RuleSet {
  const outcome = ruleSet(rules);
  return outcome.outcome === "compiled" ? outcome.set : assert.fail(`${outcome.field}: ${outcome.message}`);
}
