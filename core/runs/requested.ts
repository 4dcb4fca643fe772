import { eventId, type JsonObject } from "../ids/index.ts";
import type { EventDraft } from "../incidents/admit.ts";
import { OWN_SOURCE } from "../tasks/ended-event.ts";
import type { RunGrant } from "./grant.ts";
import type { RunRequest } from "./run.ts";

/** The type of the event that tells of a run that a person asked for. */
export const RUN_REQUESTED_TYPE = "whale.run.requested";

/** What the event of a request says of it, with nothing that must not be shown. */
export interface Requested {
  task: string;
  grant: Pick<RunGrant, "id" | "business">;
  /** Secrets are masked. */
  parameters: JsonObject;
  targets: readonly string[];
  /** What people read for the request. */
  title: string;
  nowMs: number;
  rawRef: string;
}

/** The event of a run that a person asked for. One request gives one event, however often it is journaled. */
export function requestedDraft(request: RunRequest, facts: Requested): EventDraft {
  const { task, grant, targets, title, nowMs, rawRef } = facts;
  const at = new Date(nowMs).toISOString();
  const dedupeKey = `${task}:requested`;
  return {
    dedupeKey,
    freshId: eventId(OWN_SOURCE, dedupeKey),
    event: {
      ...{ type: RUN_REQUESTED_TYPE, name: request.action, title, source: OWN_SOURCE },
      ...{ subject: targets[0] ?? "", severity: "info", status: "point", time: at, receivedAt: at },
      ...{ fingerprint: task, incident: task },
      labels: { by: request.by, via: request.via, business: grant.business, grant: grant.id },
      annotations: {},
      detail: requestedDetail(request, facts),
      violations: [],
      rawRef,
    },
  };
}

/** What the event tells in full, which is also its raw body. */
export function requestedDetail({ action, by, via, command }: RunRequest, facts: Requested): JsonObject {
  const { task, grant, parameters, targets } = facts;
  return {
    ...{ task, action, parameters, by, via, grant: grant.id, business: grant.business },
    targets: [...targets],
    ...(command === undefined ? {} : { command }),
  };
}
