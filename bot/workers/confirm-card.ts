import type { OutboxBody, OutboxClaim } from "../../core/ports/index.ts";
import type { Channel } from "./channel.ts";

/** Sends a card that asks one person to confirm a command, or shows on it what became of that. */
export async function sentConfirm(
  claim: OutboxClaim,
  { to, cardId, card, code }: Extract<OutboxBody, { kind: "confirm" }>,
  channel: Channel,
): Promise<OutboxClaim> {
  const shown = { recipients: [to], card, mayBeRepeat: claim.attempts > 0 };
  if (code === undefined) await channel.card(claim, { ...shown, cardId });
  else await channel.update(claim, { ...shown, code });
  return claim;
}
