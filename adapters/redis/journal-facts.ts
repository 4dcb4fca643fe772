import type { FirstDelivery, Incident } from "../../core/incidents/index.ts";
import type { Receipt } from "../../core/ports/index.ts";

/** What a decision may rest on. An `event` is known or not; the others have a text. */
export type FactKind = "first" | "incident" | "signature" | "event";

/** A signature that was taken. */
export interface TakenSignature {
  expiresAtMs: number;
  receipts: Receipt[];
}

/** The facts as one delivery sees them, which remembers what was looked at and what was changed. */
export interface FactView {
  first(field: string): FirstDelivery | undefined;
  incident(field: string): Incident | undefined;
  signature(field: string): TakenSignature | undefined;
  knowsEvent(id: string): boolean;
  set(kind: FactKind, field: string, text: string): void;
  /** What must still stand when the delivery is stored, as it was before the delivery; without a text nothing was there. */
  rests(): [kind: FactKind, field: string, text?: string][];
}

/**
 * Facts read once for many deliveries. Each later delivery sees what the ones before it would store; it rests on
 * that, so that it is left too when one before it is.
 */
export class FactSheet {
  readonly #texts = new Map<string, string | null>();

  /** Notes what is stored; null when nothing is. */
  note(kind: FactKind, field: string, text: string | null): void {
    this.#texts.set(nameOf(kind, field), text);
  }

  /** The facts for the next delivery. */
  view(): FactView {
    const texts = this.#texts;
    const looked = new Map<string, [kind: FactKind, field: string, text?: string]>();
    const get = (kind: FactKind, field: string): string | null => {
      const name = nameOf(kind, field);
      const text = texts.get(name) ?? null;
      if (!looked.has(name)) looked.set(name, text === null ? [kind, field] : [kind, field, text]);
      return text;
    };
    const read = <T>(kind: FactKind, field: string): T | undefined => {
      const text = get(kind, field);
      return text === null ? undefined : (JSON.parse(text) as T);
    };
    return {
      first: (field) => read<FirstDelivery>("first", field),
      incident: (field) => read<Incident>("incident", field),
      signature: (field) => read<TakenSignature>("signature", field),
      knowsEvent: (id) => get("event", id) !== null,
      set: (kind, field, text) => void texts.set(nameOf(kind, field), text),
      // That an event is not there is looked at by the script for every event that it stores.
      rests: () => [...looked.values()].filter(([kind, , text]) => kind !== "event" || text !== undefined),
    };
  }
}

function nameOf(kind: FactKind, field: string): string {
  return `${kind} ${field}`;
}

/** The name of something that a source has: its delivery key, its incident, its signature. */
export function fieldOf(source: string, name: string): string {
  return JSON.stringify([source, name]);
}
