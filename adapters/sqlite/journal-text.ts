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

/** A delivery as it travels between threads: few flat values, since each object costs as much as a long text. */
export type PackedDelivery = [rest: string, bytes: Uint8Array, ...texts: string[]];

export function packedDelivery({ raw, drafts, ...rest }: Delivery): PackedDelivery {
  const { bytes, ...named } = raw;
  const heads = JSON.stringify({ ...rest, raw: named, drafts: drafts.map(headDraft) });
  return [heads, whole(bytes), ...drafts.map(({ event }) => JSON.stringify(event))];
}

/** Bytes that are a part of a larger memory: all of it would travel with them. */
function whole(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

export function unpackedDelivery([rest, bytes, ...texts]: PackedDelivery): TextDelivery {
  const delivery = JSON.parse(rest) as TextDelivery;
  const drafts = delivery.drafts.map((head, i) => ({ ...head, text: texts[i] ?? "{}" }));
  return { ...delivery, raw: { ...delivery.raw, bytes }, drafts };
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
