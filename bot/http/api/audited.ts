import type { AuditVerb } from "../../../core/audit/index.ts";
import type { JsonObject } from "../../../core/ids/index.ts";
import type { Audit, Clock } from "../../../core/ports/index.ts";

/** What a route records deeds with. */
export interface AuditedDeps {
  audit: Pick<Audit, "append">;
  clock: Clock;
}

/** Records what somebody reads, before they are given it: what cannot be recorded is not shown. */
export async function recordDeed(
  { audit, clock }: AuditedDeps,
  fact: { who: string; what: AuditVerb; object: string; detail?: JsonObject },
): Promise<void> {
  await audit.append({ at: new Date(clock.nowMs()).toISOString(), detail: {}, ...fact });
}
