import { createHash } from "node:crypto";
import {
  CONFIRMATION_MS,
  type Confirmation,
  type Confirming,
  confirmationCode,
  confirming,
} from "../../core/commands/index.ts";
import { base32 } from "../../core/ids/index.ts";
import type { Clock, StateStore } from "../../core/ports/index.ts";

export interface ConfirmationDeps {
  state: StateStore;
  clock: Clock;
}

/** What waits to be confirmed, stored so that it outlives the process and counts once. */
export interface Confirmations {
  /** Keeps one and gives its id. The same key gives the same. */
  keep(what: Omit<Confirmation, "at" | "until" | "used">, key: string): Promise<string>;
  /** The id of a person's own by the code that its card shows; null when there is none. */
  ofCode(code: string, by: string): Promise<string | null>;
  /** Takes one click, or message, and stores what it makes of it before it is told. */
  take(id: string, click: { by: string; button: string; key: string }): Promise<Taken>;
}

export type Taken = Confirming & { confirmation: Confirmation | null };

/** How long after their end they are kept, so that a late click is told what became of them. */
const KEPT_MS = 86_400_000;
const TRIES = 4;

export function createConfirmations(deps: ConfirmationDeps): Confirmations {
  const { state, clock } = deps;
  return {
    keep: async (what, key) => {
      const nowMs = clock.nowMs();
      await forget(nowMs - KEPT_MS, state);
      const id = `c_${base32(createHash("sha256").update(key).digest()).slice(0, 26)}`;
      const times = { at: isoOf(nowMs), until: isoOf(nowMs + CONFIRMATION_MS) };
      await state.put({ kind: "confirmation", name: id, expected: null, body: { ...what, ...times } });
      return id;
    },
    ofCode: async (code, by) => {
      const all = await state.list("confirmation");
      const found = all.filter(({ name, body }) => body.by === by && confirmationCode(name) === code);
      return found.at(-1)?.name ?? null;
    },
    take: (id, click) => take(id, click, deps),
  };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

async function take(
  id: string,
  click: { by: string; button: string; key: string },
  { state, clock }: ConfirmationDeps,
): Promise<Taken> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await state.get("confirmation", id);
    const made = confirming(stored?.body ?? null, { ...click, nowMs: clock.nowMs() });
    const confirmation = stored?.body ?? null;
    if (!stored || !("next" in made)) return { ...made, confirmation };
    const change = { kind: "confirmation" as const, name: id, expected: stored.revision, body: made.next };
    if ((await state.put(change)).outcome === "stored") return { ...made, confirmation };
  }
  return { outcome: "refused", reason: "used", confirmation: null };
}

async function forget(olderThanMs: number, state: StateStore): Promise<void> {
  for (const { name, revision, body } of await state.list("confirmation")) {
    if (Date.parse(body.until) < olderThanMs) await state.remove("confirmation", name, revision);
  }
}
