import type { WhaleEvent } from "../../core/events/index.ts";
import type { EventDraft, EventHead, Placed } from "../../core/incidents/index.ts";
import type { Delivery } from "../../core/ports/index.ts";

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

function textDraft({ event, ...draft }: EventDraft): TextDraft {
  const { source, status, incident, receivedAt, fingerprint } = event;
  const head = { source, status, incident, receivedAt, fingerprint };
  return { ...draft, event: head, text: JSON.stringify(event) };
}

/** The JSON of an event, once its id and its place are known. */
export function eventText({ text }: TextDraft, event: Pick<WhaleEvent, "id" | Placed>): string {
  const { id, repeatOf, recovers, supersedes, late } = event;
  const decided = JSON.stringify({ id, repeatOf, recovers, supersedes, late });
  return `${decided.slice(0, -1)},${text.slice(1)}`;
}

/** A delivery as it travels between threads: few flat values, since each object costs as much as a long text. */
export type PackedDelivery = [rest: string, bytes: Uint8Array, ...texts: string[]];

export function packedDelivery(delivery: Delivery): PackedDelivery {
  const { raw, drafts, ...rest } = textDelivery(delivery);
  const { bytes, ...named } = raw;
  const heads = drafts.map(({ text: _, ...head }) => head);
  return [JSON.stringify({ ...rest, raw: named, drafts: heads }), bytes, ...drafts.map(({ text }) => text)];
}

export function unpackedDelivery([rest, bytes, ...texts]: PackedDelivery): TextDelivery {
  const delivery = JSON.parse(rest) as TextDelivery;
  const drafts = delivery.drafts.map((head, i) => ({ ...head, text: texts[i] ?? "{}" }));
  return { ...delivery, raw: { ...delivery.raw, bytes }, drafts };
}
