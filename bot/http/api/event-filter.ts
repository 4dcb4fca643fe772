import { EVENT_STATUSES, type EventTypeRegistry, readRange, SEVERITIES } from "../../../core/events/index.ts";
import { type AccessObject, inScope, type Scope } from "../../../core/people/index.ts";
import type { Archive, ArchiveFilter, ArchiveKey } from "../../../core/ports/index.ts";
import { type Rule, VERDICT_REASONS } from "../../../core/rules/index.ts";
import { ruleObjects } from "../../explain/index.ts";
import { given, type QueryReader } from "./query.ts";

/** Which events a query means. */
export function filterOf(read: QueryReader, nowMs: number): ArchiveFilter {
  const invalid = read.oneOf("invalid", ["true", "false"]);
  return given({
    text: read.text("q"),
    type: read.list("type"),
    source: read.list("source"),
    severity: read.listOf("severity", SEVERITIES),
    status: read.listOf("status", EVENT_STATUSES),
    subject: read.text("subject"),
    incident: read.text("incident"),
    labels: read.pairs("label"),
    numbers: numbersOf(read),
    invalid: invalid === undefined ? undefined : invalid === "true",
    ruleId: read.text("rule"),
    reason: read.oneOf("reason", VERDICT_REASONS),
    from: read.instant("from", nowMs),
    to: read.instant("to", nowMs),
  });
}

/**
 * On what `rules.read` must be held to be told what is found, or counted `by` a key: events that are found by a verdict
 * tell it, and so does their number. Null when nothing of verdicts is told.
 */
export function verdictsTold(
  { ruleId, reason }: Pick<ArchiveFilter, "ruleId" | "reason">,
  { by, rules }: { by?: ArchiveKey; rules: readonly Rule[] },
): AccessObject | null {
  if (ruleId !== undefined) return ruleObjects(rules)(ruleId);
  return reason === undefined && by !== "rule" && by !== "reason" ? null : {};
}

function numbersOf(read: QueryReader): ArchiveFilter["numbers"] {
  const pairs = Object.entries(read.pairs("number") ?? {});
  const ranges = pairs.flatMap(([field, text]) => {
    const range = readRange(text);
    if (!range)
      read.fault("number", "要写成 字段=85..95、字段=85.. 或 字段=..95 (must be field=85..95, 85.. or ..95)");
    return range ? [[field, range] as const] : [];
  });
  return ranges.length === 0 ? undefined : Object.fromEntries(ranges);
}

/** What tells which event types there are. */
export interface KnownTypes {
  archive: Pick<Archive, "overview">;
  /** The event types in force now. */
  registry: () => EventTypeRegistry;
}

/** A filter that finds only what is in scope; null when it could find nothing. */
export async function keptToScope(
  filter: ArchiveFilter,
  scope: Scope,
  known: KnownTypes,
): Promise<ArchiveFilter | null> {
  if (scope.kind === "everything") return filter;
  const asked = filter.type ?? (await typesOf(known));
  const type = asked.filter((one) => inScope(scope, { type: one }));
  return type.length === 0 ? null : { ...filter, type };
}

/** Declared types, and those of what has come, which may be declared no more. */
async function typesOf({ archive, registry }: KnownTypes): Promise<string[]> {
  const seen = (await archive.overview()).map(({ type }) => type);
  return [...new Set([...registry().keys(), ...seen])];
}
