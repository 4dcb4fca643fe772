import { partitionOf } from "../../../core/ids/index.ts";
import type { Journal, JournalEntry, ReaderName, ReaderPlace } from "../../../core/ports/index.ts";
import type { Verdict } from "../../../core/rules/index.ts";
import { aDelivery, aDraft, type DraftOverrides } from "../../support/builders.ts";
import { upTo } from "../harness.ts";

/** Stores one draft and returns its receipt. */
export async function appendOne(journal: Journal, overrides: DraftOverrides = {}) {
  const [receipt] = await journal.append(aDelivery([aDraft(overrides)]));
  if (!receipt) throw new Error("no receipt");
  return receipt;
}

/** A draft of its own: own delivery key, own host. */
export function aDraftNo(n: number, event: DraftOverrides["event"] = {}) {
  const host = { subject: `vm-${n}`, fingerprint: `vm-${n}/data`, incident: `vm-${n}/data` };
  return aDraft({ dedupeKey: `delivery-${n}`, event: { ...host, ...event } });
}

/** The place that keeps a fingerprint's events. */
export function placeFor(journal: Journal, reader: ReaderName, fingerprint = "vm-1/data"): ReaderPlace {
  return { reader, partition: partitionOf("prometheus", fingerprint, journal.partitions) };
}

/** What an entry is of: its event's id, or event and rule of each of its verdicts. */
export function nameOf(entry: JournalEntry): string {
  if (entry.kind === "event") return entry.event.id;
  return entry.verdicts.map(({ eventId, ruleId }) => `${eventId}:${ruleId}`).join();
}

/** The batch of these entries. */
export function doneBatch(fence: number | null, entries: readonly JournalEntry[], verdicts: Verdict[] = []) {
  return {
    fence: fence ?? -1,
    first: entries[0]?.position ?? 0,
    last: entries.at(-1)?.position ?? 0,
    verdicts,
  };
}

/** Leases every place of a reader and passes everything that is in it. */
export async function passAll(journal: Journal, reader: ReaderName): Promise<void> {
  for (const partition of upTo(journal.partitions)) {
    const place = { reader, partition };
    const fence = await journal.lease(place, "passer", 60_000);
    const entries = await journal.read(place, 10_000);
    if (entries.length > 0) await journal.commit(place, doneBatch(fence, entries));
  }
}

/** A verdict that the rule fired. */
export function aVerdict(overrides: Partial<Verdict> = {}): Verdict {
  const rule = { ruleId: "vm-disk-cleanup", ruleVersion: "0123456789abcdef" };
  const decision = { outcome: "fired", reason: "fired", at: "2026-11-01T00:00:00.000Z" } as const;
  return { eventId: "e_1", ...rule, ...decision, ...overrides };
}
