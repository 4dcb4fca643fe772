import assert from "node:assert/strict";
import {
  type CompiledSource,
  compileEventTypes,
  compileSource,
  type EventType,
  type EventTypeRegistry,
  type Occurrence,
  type Source,
} from "../../../core/events/index.ts";

export const FACTS = {
  receivedAt: "2026-11-01T00:00:00.000Z",
  rawRef: `sha256:${"0".repeat(64)}`,
  freshId: "e_01JBHV0000000000000000000A",
};

/** A firing disk alert as an adapter reads it. Name only what matters. */
export function anOccurrence(overrides: Partial<Occurrence> = {}): Occurrence {
  return {
    name: "NodeFilesystemAlmostOutOfSpace",
    title: "磁盘使用率过高",
    subject: "vm-1",
    severity: "critical",
    status: "firing",
    time: "2026-10-31T23:59:00Z",
    fingerprint: "f1",
    incident: "f1",
    dedupeKey: "f1|firing",
    labels: { alertname: "NodeFilesystemAlmostOutOfSpace", hostname: "vm-1", mountpoint: "/data" },
    annotations: { usage: "97.13" },
    detail: {},
    ...overrides,
  };
}

export function aType(overrides: Partial<EventType> = {}): EventType {
  return { type: "vm.disk.usage", title: "磁盘", owner: "sre", strict: false, ...overrides };
}

export function aSource(overrides: Partial<Source> = {}): Source {
  return { name: "prometheus", kind: "alertmanager", auth: { kind: "none" }, map: [], ...overrides };
}

export function registryOf(...types: EventType[]): EventTypeRegistry {
  const outcome = compileEventTypes(types);
  return outcome.outcome === "compiled"
    ? outcome.registry
    : assert.fail(`${outcome.path}: ${outcome.message}`);
}

export function sourceOf(source: Source, registry: EventTypeRegistry): CompiledSource {
  const outcome = compileSource(source, registry);
  return outcome.outcome === "compiled" ? outcome.source : assert.fail(`${outcome.path}: ${outcome.message}`);
}
