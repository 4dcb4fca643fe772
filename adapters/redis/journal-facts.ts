import type { FirstDelivery, Incident } from "../../core/incidents/index.ts";
import type { Receipt } from "../../core/ports/index.ts";

/** What a decision may rest on. An `event` is known or not; the others have a text. */
export type FactKind = "first" | "incident" | "signature" | "event";

/** A signature that was taken. */
export interface TakenSignature {
  /** By Redis' clock. */
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
  /** What must still stand when the delivery is stored, as it was before the delivery. */
  rests(): Rest[];
}

/** What a decision rests on; without a text on there being nothing. */
export type Rest = [kind: FactKind, field: string, text?: string];

type Texts = Record<FactKind, Map<string, string | null>>;

function noTexts(): Texts {
  return { first: new Map(), incident: new Map(), signature: new Map(), event: new Map() };
}

/**
 * Facts read once for many deliveries. Each later delivery sees what the ones before it would store; it rests on
 * that, so that it is left too when one before it is.
 */
export class FactSheet {
  readonly #texts = noTexts();

  /** Notes what is stored; null when nothing is. */
  note(kind: FactKind, field: string, text: string | null): void {
    this.#texts[kind].set(field, text);
  }

  /** The facts for the next delivery. */
  view(): FactView {
    const texts = this.#texts;
    const looked = noTexts();
    const get = (kind: FactKind, field: string): string | null => {
      const text = texts[kind].get(field) ?? null;
      if (!looked[kind].has(field)) looked[kind].set(field, text);
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
      set: (kind, field, text) => void texts[kind].set(field, text),
      rests: () => restsOn(looked),
    };
  }
}

function restsOn(looked: Texts): Rest[] {
  const rests: Rest[] = [];
  for (const kind of ["first", "incident", "signature", "event"] as const) {
    for (const [field, text] of looked[kind]) {
      if (text !== null) rests.push([kind, field, text]);
      // That an event is not there is looked at by the script for every event that it stores.
      else if (kind !== "event") rests.push([kind, field]);
    }
  }
  return rests;
}

/** The name of something that a source has: its delivery key, its incident, its signature. */
export function fieldOf(source: string, name: string): string {
  return JSON.stringify([source, name]);
}
