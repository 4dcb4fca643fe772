import type { ArchiveConnection } from "../../../core/ports/index.ts";

/** What comes of one event type from one source. */
export interface Connection {
  source: string;
  events: number;
  /** How many of them do not fit the type's schema, from 0 to 1. */
  invalidShare: number;
  lastSeenAt: string;
}

/** What is connected, by event type. */
export function connectionsByType(overview: readonly ArchiveConnection[]): Map<string, Connection[]> {
  const byType = new Map<string, Connection[]>();
  for (const { type, source, events, invalid, lastSeenAt } of overview) {
    const invalidShare = events === 0 ? 0 : invalid / events;
    const connection = { source, events, invalidShare, lastSeenAt };
    byType.set(type, [...(byType.get(type) ?? []), connection]);
  }
  return byType;
}
