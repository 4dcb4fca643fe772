import { type DigestLine, digestText } from "../../core/outbox/index.ts";
import type { Clock, Logger, Metrics, Outbox, OutboxClaim } from "../../core/ports/index.ts";
import { CHANNEL_BYTES } from "../../core/texts/index.ts";
import { budgetShort, type Channel } from "./channel.ts";
import { giveUpIfFinal } from "./give-up.ts";
import type { Viewer } from "./viewing.ts";

export interface DigestDeps {
  outbox: Pick<Outbox, "behind" | "settle">;
  channel: Pick<Channel, "text">;
  view: Viewer;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

/**
 * Tells one person everything that waits behind these first lines of theirs, in one message, and settles it all.
 * Throws when it is to be tried again.
 */
export type DeliverDigest = (claims: readonly OutboxClaim[]) => Promise<void>;

/** A digest stands for so many lines of one place at most. */
const MOST_LINES = 5_000;

export function createDigester(deps: DigestDeps): DeliverDigest {
  const { outbox, channel, clock, metrics } = deps;
  return async (claims) => {
    const [first] = claims;
    if (first?.body.kind !== "line") return;
    const gathered = await Promise.all(claims.map((claim) => gather(claim, outbox)));
    const lines = gathered.flatMap((one) => one.lines);
    try {
      const { texts, plain } = await deps.view(null, [first.body.to]);
      const markdown = digestText(lines, { texts, plain, maxBytes: CHANNEL_BYTES.markdown });
      const sending = { recipients: [first.body.to], markdown, messages: 1, dropRepeat: true };
      const { short, untilMs } = await channel.text(first, sending);
      if (short.length > 0) throw budgetShort(untilMs - clock.nowMs());
    } catch (error) {
      giveUpIfFinal(first, error, deps);
    }
    await Promise.all(gathered.map(({ claim, behind }) => outbox.settle(claim.key, claim.fence, behind)));
    metrics.count("outbox_merged", {}, lines.length);
  };
}

async function gather(claim: OutboxClaim, { behind }: Pick<Outbox, "behind">) {
  const items = await behind(claim.key, claim.fence, MOST_LINES);
  const lines: DigestLine[] = [claim, ...items].flatMap(({ body }) =>
    body.kind === "line" ? [body.line] : [],
  );
  return { claim, behind: items.map(({ key }) => key), lines };
}
