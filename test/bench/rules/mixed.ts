import type { WhaleEvent } from "../../../core/events/index.ts";
import type { FeatureNode, Rule } from "../../../core/rules/index.ts";
import { bareRule, type Draw, drawNumber, drawnEvent } from "./drawn.ts";

const TEAMS = ["shop", "pay", "search", "infra", "data"];
const MOUNTS = ["/", "/data", "/var/log", "/home"];

/** Rules of mixed operators and groups, spread over 100 types. */
export function mixedRules(count: number, draw: Draw): Rule[] {
  return Array.from({ length: count }, (_, i) => {
    const features = Array.from({ length: 1 + drawNumber(draw, 4) }, () => mixedNode(draw, 2));
    return bareRule(`mixed-${i}`, `host.metric.${i % 100}`, features);
  });
}

function mixedNode(draw: Draw, depth: number): FeatureNode {
  const kind = draw();
  if (depth > 0 && kind < 0.1) return { any: [mixedNode(draw, depth - 1), mixedNode(draw, depth - 1)] };
  if (depth > 0 && kind < 0.15) return { all: [mixedNode(draw, depth - 1), mixedNode(draw, depth - 1)] };
  if (depth > 0 && kind < 0.2) return { not: mixedNode(draw, depth - 1) };
  const make = TESTS[drawNumber(draw, TESTS.length)] ?? TESTS[0];
  return make?.(draw) ?? { path: "detail.host", op: "exists" };
}

const oneOf = (list: readonly string[], draw: Draw) => list[drawNumber(draw, list.length)] ?? "";

const TESTS: readonly ((draw: Draw) => FeatureNode)[] = [
  (draw) => ({ path: "labels.env", op: "equals", value: oneOf(["prod", "test"], draw) }),
  (draw) => ({ path: "labels.team", op: "equals", value: oneOf(TEAMS, draw) }),
  (draw) => ({ path: "labels.team", op: "inside", value: [oneOf(TEAMS, draw), oneOf(TEAMS, draw)] }),
  (draw) => ({ path: "severity", op: "nequals", value: oneOf(["info", "warning"], draw) }),
  (draw) => ({ path: "detail.metric", op: "greaterthan", value: drawNumber(draw, 100) }),
  (draw) => ({ path: "detail.metric", op: "lessthan", value: drawNumber(draw, 100) }),
  (draw) => ({
    path: "detail.metric",
    op: "between",
    value: [drawNumber(draw, 50), 50 + drawNumber(draw, 50)],
  }),
  (draw) => ({ path: "detail.host", op: "startswith", value: `vm-g${drawNumber(draw, 10)}` }),
  (draw) => ({ path: "detail.host", op: "endswith", value: String(drawNumber(draw, 10)) }),
  (draw) => ({ path: "detail.host", op: "regex", value: `^vm-g\\d-${drawNumber(draw, 10)}` }),
  (draw) => ({ path: "detail.host", op: "matchwildcard", value: `vm-*${drawNumber(draw, 10)}` }),
  (draw) => ({ path: "title", op: "icontains", value: oneOf(["OOM", "DISK", "cpu"], draw) }),
  (draw) => ({ path: "title", op: "iregex", value: oneOf(["oom|killed", "disk (full|slow)"], draw) }),
  (draw) => ({ path: "detail.ip", op: "cidr", value: `10.${drawNumber(draw, 8)}.0.0/16` }),
  (draw) => ({ path: "detail.mounts", op: "equals", items: "any", value: oneOf(MOUNTS, draw) }),
  () => ({ path: "detail.gone", op: "nexists" }),
];

/** An event that has what mixed rules look at. */
export function mixedEvent(no: number, count: number, draw: Draw): WhaleEvent {
  const event = drawnEvent(no, count, draw);
  const title = oneOf(["disk full on", "kernel: oom killer on", "CPU busy on"], draw);
  const ip = `10.${drawNumber(draw, 8)}.${drawNumber(draw, 256)}.${drawNumber(draw, 256)}`;
  return {
    ...event,
    title: `${title} ${event.subject}`,
    labels: { ...event.labels, team: oneOf(TEAMS, draw) },
    detail: { ...event.detail, ip, mounts: [oneOf(MOUNTS, draw), oneOf(MOUNTS, draw)] },
  };
}
