import type { ButtonsView, CardLine } from "../cards/index.ts";
import type { Texts } from "../texts/index.ts";
import type { Args, CommandId } from "./registry.ts";

/** A command that waits for its person's confirmation. It is bound to all of this, counts once and expires. */
export interface Confirmation {
  /** userid in lower case. */
  by: string;
  command: CommandId;
  /** As they were understood: ids are whole. */
  args: Args;
  /** Tasks that it is about, as they were then: what was changed since is left out. */
  about: readonly { id: string; hash: string }[];
  /** What its person is shown. */
  facts: ConfirmFacts;
  /** ISO instants in UTC. */
  at: string;
  until: string;
  /** What came of it, and the key of the message or click that it came by. */
  used?: { key: string; as: "confirmed" | "abandoned" };
}

/** How long a confirmation waits. */
export const CONFIRMATION_MS = 5 * 60_000;

/** The buttons of its card. */
export const CONFIRM_BUTTONS = ["confirm", "abandon"] as const;
export type ConfirmButton = (typeof CONFIRM_BUTTONS)[number];

/** Why a confirmation did nothing. */
export type ConfirmFault = "no_such" | "other_person" | "expired" | "used" | "unknown_button";

export type Confirming =
  /** `next` is what is to be stored, by compare-and-set, before anything is done. */
  | { outcome: "confirmed" | "abandoned"; next: Confirmation }
  /** The same click again: what it did before may be done again, as each of its deeds counts once. */
  | { outcome: "repeated"; as: "confirmed" | "abandoned" }
  | { outcome: "refused"; reason: ConfirmFault };

/** What one click, or one message, makes of a confirmation. */
export function confirming(
  stored: Confirmation | null,
  { by, button, key, nowMs }: { by: string; button: string; key: string; nowMs: number },
): Confirming {
  if (!stored) return { outcome: "refused", reason: "no_such" };
  if (stored.by !== by) return { outcome: "refused", reason: "other_person" };
  if (stored.used?.key === key) return { outcome: "repeated", as: stored.used.as };
  if (stored.used) return { outcome: "refused", reason: "used" };
  // Asked this way round, a time that cannot be read counts as over.
  if (!(nowMs < Date.parse(stored.until))) return { outcome: "refused", reason: "expired" };
  if (button !== "confirm" && button !== "abandon") return { outcome: "refused", reason: "unknown_button" };
  const as = button === "confirm" ? "confirmed" : "abandoned";
  return { outcome: as, next: { ...stored, used: { key, as } } };
}

/** `c_` and a ULID: no id of a task's card. */
export function isConfirmationId(cardId: string): boolean {
  return /^c_[0-9a-z]{26}$/.test(cardId);
}

/** What people type for it. */
export function confirmationCode(id: string): string {
  return id.slice(-6);
}

/** What is to be confirmed, as its card shows it. */
export interface ConfirmFacts {
  /** For example `取消 3f2a6c`. */
  title: string;
  rows: readonly CardLine[];
  /** What will come of it. */
  text: string;
}

/** The card that asks for a confirmation, and the same once it is over. */
export function confirmCard(
  { title, rows, text }: ConfirmFacts,
  { texts, code, closed }: { texts: Texts; code: string; closed?: string },
): ButtonsView {
  const { confirm } = texts.commands;
  const card = { source: texts.brand, title: confirm.title(title), subtitle: confirm.subtitle(code), text };
  const buttons = [
    { key: "confirm", text: confirm.yes, tone: "danger" as const },
    { key: "abandon", text: confirm.no, tone: "neutral" as const },
  ];
  if (closed !== undefined) return { ...card, tone: "neutral", rows: [...rows], buttons: [], closed };
  return { ...card, tone: "danger", rows: [...rows], buttons };
}
