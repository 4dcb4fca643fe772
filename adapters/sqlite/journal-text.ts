import type { WhaleEvent } from "../../core/events/index.ts";
import type { EventDraft, EventHead, Placed } from "../../core/incidents/index.ts";
import type { Delivery, DoneBatch } from "../../core/ports/index.ts";

/** What the journal itself needs to know of an event. */
export type JournalHead = EventHead & Pick<WhaleEvent, "fingerprint">;

/** A draft whose event is JSON already, to be stored without being read. */
export interface TextDraft extends EventDraft<JournalHead> {
  /** The event but for its id and its place in an incident. */
  text: string;
}

/** A delivery whose events are JSON already. */
export type TextDelivery = Omit<Delivery, "drafts"> & { drafts: readonly TextDraft[] };

/** A delivery with its events as JSON. */
export function textDelivery({ drafts, ...delivery }: Delivery): TextDelivery {
  return { ...delivery, drafts: drafts.map(textDraft) };
}

function textDraft(draft: EventDraft): TextDraft {
  return { ...headDraft(draft), text: JSON.stringify(draft.event) };
}

function headDraft({ event, ...draft }: EventDraft): EventDraft<JournalHead> {
  const { source, status, incident, receivedAt, fingerprint } = event;
  return { ...draft, event: { source, status, incident, receivedAt, fingerprint } };
}

/** The JSON of an event, once its id and its place are known. */
export function eventText({ text }: TextDraft, event: Pick<WhaleEvent, "id" | Placed>): string {
  const { id, repeatOf, recovers, supersedes, late } = event;
  const decided = JSON.stringify({ id, repeatOf, recovers, supersedes, late });
  return `${decided.slice(0, -1)},${text.slice(1)}`;
}

/**
 * A delivery as it travels between threads: one list of values, since each object costs as much as a long text. First
 * what is told once, then the values of each draft.
 */
export type PackedDelivery = readonly unknown[];

export function packedDelivery({ source, raw, replay, drafts }: Delivery): PackedDelivery {
  const { ref, contentType, bytes } = raw;
  const once: PackedOnce = [source, ref, contentType, whole(bytes), replay?.signature, replay?.forMs];
  const values: unknown[] = once;
  for (const { event, dedupeKey, freshId, senderTimeMs, incidentWindowMs } of drafts) {
    const { source: from, status, incident, receivedAt, fingerprint } = event;
    values.push(dedupeKey, freshId, senderTimeMs, incidentWindowMs);
    values.push(from, status, incident, receivedAt, fingerprint, JSON.stringify(event));
  }
  return values;
}

type PackedOnce = [
  source: string,
  ...raw: [ref: string, contentType: string, bytes: Uint8Array],
  ...replay: [signature: string | undefined, forMs: number | undefined],
];
const ONCE: PackedOnce["length"] = 6;

type PackedDraft = [
  ...[dedupeKey: string | undefined, freshId: string],
  ...[senderTimeMs: number | undefined, incidentWindowMs: number | undefined],
  ...[
    source: string,
    status: JournalHead["status"],
    incident: string,
    receivedAt: string,
    fingerprint: string,
  ],
  text: string,
];
const OF_DRAFT: PackedDraft["length"] = 10;

/** Bytes that are a part of a larger memory: all of it would travel with them. */
function whole(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

export function unpackedDelivery(packed: PackedDelivery): TextDelivery {
  const [source, ref, contentType, bytes, signature, forMs] = packed.slice(0, ONCE) as PackedOnce;
  const drafts: TextDraft[] = [];
  for (let at = ONCE; at < packed.length; at += OF_DRAFT) {
    drafts.push(unpackedDraft(packed.slice(at, at + OF_DRAFT) as PackedDraft));
  }
  const delivery = { source, raw: { ref, contentType, bytes }, drafts };
  return signature === undefined || forMs === undefined
    ? delivery
    : { ...delivery, replay: { signature, forMs } };
}

/** What is absent is there as `undefined`: so no field is forgotten. */
type Whole<T> = { [Name in keyof Required<T>]: T[Name] | undefined };

function unpackedDraft(values: PackedDraft): TextDraft {
  const [dedupeKey, freshId, senderTimeMs, incidentWindowMs, ...head] = values;
  const [source, status, incident, receivedAt, fingerprint, text] = head;
  const event: Required<JournalHead> = { source, status, incident, receivedAt, fingerprint };
  const draft: Whole<TextDraft> = { event, dedupeKey, freshId, senderTimeMs, incidentWindowMs, text };
  return draft as TextDraft;
}

/** Verdicts of one batch as their entry has them. */
export interface ToldVerdicts {
  key: string;
  /** A JSON list. */
  body: string;
}

/** A batch whose verdicts are JSON already. */
export type TextBatch = Omit<DoneBatch, "verdicts"> & { told: ToldVerdicts | null };

/** A batch with its verdicts as JSON. */
export function textBatch({ verdicts = [], ...batch }: DoneBatch): TextBatch {
  const [first] = verdicts;
  const told = first ? { key: `${first.eventId}:${first.ruleId}`, body: JSON.stringify(verdicts) } : null;
  return { ...batch, told };
}
