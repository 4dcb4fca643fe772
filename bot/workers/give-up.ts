import { errorText, isChatOpsError, isFinal } from "../../core/errors.ts";
import type { Logger, Metrics, OutboxClaim } from "../../core/ports/index.ts";

interface GivingUp {
  log: Logger;
  metrics: Metrics;
}

/** Throws what is to be tried again; tells of what is not. */
export function giveUpIfFinal(claim: OutboxClaim, error: unknown, deps: GivingUp): void {
  if (!isFinal(error)) throw error;
  const { key, body } = claim;
  deps.log.error({ key, kind: body.kind, err: error, reason: errorText(error) }, "message given up");
  deps.metrics.count("outbox_items", { kind: body.kind, outcome: "given_up" });
  countDropped(claim, error, deps);
}

/** Counts a message that nobody gets, with why. */
export function countDropped(
  { body }: OutboxClaim,
  error: unknown,
  { metrics }: Pick<GivingUp, "metrics">,
): void {
  const reason = isChatOpsError(error) ? error.code : "unexpected";
  metrics.count("outbox_dropped", { kind: body.kind, reason });
}
