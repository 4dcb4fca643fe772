import type { OutboxBody, OutboxClaim } from "../../core/ports/index.ts";
import type { Channel } from "./channel.ts";

/** A card that somebody got, and the code for showing it anew. */
export interface ConfirmSent {
  to: string;
  cardId: string;
  code: string;
}

/** Sends a card that asks one person to confirm a command, or shows on it what became of that. */
export async function sentConfirm(
  claim: OutboxClaim,
  { to, cardId, card, code }: Extract<OutboxBody, { kind: "confirm" }>,
  { channel, onSent }: { channel: Channel; onSent: (sent: ConfirmSent) => Promise<void> },
): Promise<OutboxClaim> {
  const shown = { recipients: [to], card, mayBeRepeat: claim.attempts > 0 };
  if (code === undefined) {
    const receipt = await channel.card(claim, { ...shown, cardId });
    if (receipt.code !== undefined) await onSent({ to, cardId, code: receipt.code });
  } else await channel.update(claim, { ...shown, code });
  return claim;
}
