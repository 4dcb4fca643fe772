import type { Delivery, Receipt } from "../../core/ports/index.ts";
import { type Keyed, keepSignature, signatureOf } from "./journal-keys.ts";

type Signed = Pick<Delivery, "source" | "replay">;

/** The receipts of the first delivery with this signature, as duplicates; null when it is the first. */
export function firstReceipts(keyed: Keyed, { source, replay }: Signed, nowMs: number): Receipt[] | null {
  if (!replay) return null;
  const first = signatureOf(keyed, source, replay.signature);
  if (!first || first.expiresAtMs <= nowMs) return null;
  return first.receipts.map(({ eventId }) => ({ eventId, outcome: "duplicate" }));
}

/** Remembers a signature with what its delivery brought, inside the caller's write. */
export function rememberSignature(
  keyed: Keyed,
  { source, replay }: Signed,
  receipts: readonly Receipt[],
): void {
  if (!replay) return;
  const { signature: name, expiresAtMs } = replay;
  keepSignature(keyed, { source, name, taken: { expiresAtMs, receipts } });
}
