import type { AuditEntry } from "../../core/audit/index.ts";
import { errorText } from "../../core/errors.ts";
import type { Audit, AuditCopy, Clock, Leases, Logger } from "../../core/ports/index.ts";
import { type Loop, startLoop } from "./loop.ts";

export interface AuditCopierDeps {
  audit: Pick<Audit, "read">;
  copy: AuditCopy;
  leases: Leases;
  /** Names this process in leases. */
  holder: string;
  clock: Clock;
  log: Logger;
}

const LEASE = "audit-copy";
const ROUND_MS = 1_000;
const LEASE_MS = 30_000;
const BATCH = 500;

/**
 * Brings the audit log to the archive, in order. Of several processes one does. It begins where the archive's copy
 * ends, and asks for that anew after each failure, so that nothing is left out, nothing is there twice, and what was
 * lost there is brought again. To read the log is also what brings into it what tasks were moved with on Redis:
 * while the archive is away that goes on.
 */
export function startAuditCopier(deps: AuditCopierDeps): Loop {
  const { audit, copy, leases, holder, clock, log } = deps;
  const state: { position: number | null; fence: number } = { position: null, fence: 0 };

  const round = async () => {
    const lease = await leases.acquire(LEASE, holder, LEASE_MS);
    const fence = lease.outcome === "held" ? lease.fence : 0;
    // Somebody else may have had it in between.
    if (fence !== state.fence) state.position = null;
    state.fence = fence;
    if (fence === 0) return { more: false, nextDueAtMs: clock.nowMs() + ROUND_MS };
    state.position ??= await positionOf(copy, log);
    const entries = await audit.read(state.position ?? Number.MAX_SAFE_INTEGER, BATCH);
    if (state.position !== null) state.position = await bring(entries, state.position, { copy, log });
    const more = entries.length === BATCH && state.position !== null;
    return { more, nextDueAtMs: clock.nowMs() + ROUND_MS };
  };

  const loop = startLoop({ name: "audit copier", clock, log, maxIdleMs: ROUND_MS, round });
  const stop = async () => {
    await loop.stop();
    // Where the store does not answer any more, the lease ends by itself.
    if (state.fence > 0) await leases.release(LEASE, state.fence).catch(() => false);
  };
  return { wake: () => loop.wake(), stop };
}

/** Null while the archive is away. */
async function positionOf(copy: AuditCopy, log: Logger): Promise<number | null> {
  return copy.position().catch(behind(log));
}

async function bring(
  entries: readonly AuditEntry[],
  position: number,
  { copy, log }: { copy: AuditCopy; log: Logger },
): Promise<number | null> {
  const last = entries.at(-1);
  if (!last) return position;
  return copy.write(entries).then(() => last.seq, behind(log));
}

function behind(log: Logger): (error: unknown) => null {
  return (error) => {
    log.warn({ reason: errorText(error) }, "the archive's copy of the audit log waits");
    return null;
  };
}
