import { shortApproval } from "../../../core/approvals/index.ts";
import type { WhaleEvent } from "../../../core/events/index.ts";
import type { Rule } from "../../../core/rules/index.ts";
import { anEvent } from "../../support/builders.ts";

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
export type Draw = () => number;

export function drawing(seed: number): Draw {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from 0 to below `count`. */
export function drawNumber(draw: Draw, count: number): number {
  return Math.floor(draw() * count);
}

/** type = X and env = 'prod' and metric > N and host matches `^vm-<group>-\d+`. */
export interface Spec {
  id: string;
  type: string;
  above: number;
  /** `vm-<group>-`. */
  prefix: string;
}

const TYPES = 100;

/** Rules of the form, spread over 100 types; those of one type differ by group and bound. */
export function specs(count: number, draw: Draw): Spec[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `rule-${i}`,
    type: typeName(i % TYPES),
    above: drawNumber(draw, 20),
    prefix: `vm-${groupName(Math.floor(i / TYPES))}-`,
  }));
}

function typeName(no: number): string {
  return `host.metric.${no}`;
}

function groupName(no: number): string {
  return `g${no.toString(36)}`;
}

export function patternOf({ prefix }: Spec): string {
  return `^${prefix}\\d+`;
}

/** The spec as a rule of Whale's. */
export function ruleOf(spec: Spec): Rule {
  return bareRule(spec.id, spec.type, [
    { path: "labels.env", op: "equals", value: "prod" },
    { path: "detail.metric", op: "greaterthan", value: spec.above },
    { path: "detail.host", op: "regex", value: patternOf(spec) },
  ]);
}

/** A rule that asks people, with one param. */
export function bareRule(id: string, type: string, features: Rule["features"]): Rule {
  return {
    ...{ id, title: id, on: [type], business: "shop", features, action: "disk.cleanup", targets: [] },
    params: { host: "{{ detail.host }}" },
    approval: shortApproval({ from: { tag: "sre" }, need: 1, timeoutMs: 1_800_000, onTimeout: "reject" }),
    ...{ offers: [], report: { rows: [] }, card: { rows: [] } },
    ...{ maxAgeMs: 3_600_000, startWithinMs: 3_600_000, repeats: false, onRecovery: "keep", maxRounds: 3 },
  };
}

/** An event that meets about one of the rules; read from JSON, as a journal gives it. */
export function drawnEvent(no: number, count: number, draw: Draw): WhaleEvent {
  const type = typeName(drawNumber(draw, Math.min(TYPES, count)));
  const group = groupName(drawNumber(draw, Math.max(1, count / TYPES)));
  const host = `vm-${group}-${drawNumber(draw, 100_000)}`;
  const env = draw() < 0.95 ? "prod" : "test";
  const detail = { host, metric: drawNumber(draw, 1000) / 10, app: "shop", mount: "/data" };
  const drawn = {
    ...TEMPLATE,
    id: `e_${no}`,
    type,
    subject: host,
    labels: { ...TEMPLATE.labels, env },
    detail,
  };
  return JSON.parse(JSON.stringify(drawn)) as WhaleEvent;
}

const TEMPLATE = anEvent();
