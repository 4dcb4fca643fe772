import type { PackNeed } from "../clusters/pack-need.ts";
import type { WhaleEvent } from "../events/event.ts";
import { type JsonObject, runTaskId } from "../ids/index.ts";
import { grantDigest, grantRuleId, type RunGrant } from "../runs/grant.ts";
import { askedHash } from "../runs/prepare.ts";
import type { RunRequest } from "../runs/run.ts";
import { briefOf, build, type Making, type NewTask } from "./build.ts";
import type { ApprovalSnapshot, Task } from "./task.ts";

/** What a request was fitted into. */
export interface FittedRun {
  grant: RunGrant;
  /** In the types of the action. */
  params: JsonObject;
  /** Names of parameters whose values must not be shown. */
  secretParams: readonly string[];
  targets: string[];
  /** Names of the clusters that it may run on, sorted. */
  clusters: string[];
  /** Absent when none. */
  reserve?: readonly string[];
  /** What its route needs of packs; absent when nothing. */
  packs?: readonly PackNeed[];
  approval: ApprovalSnapshot;
}

/** The task that a person's request makes. The same key gives the same id. */
export function taskOfRun(
  request: RunRequest,
  run: FittedRun & { event: WhaleEvent },
  making: Pick<Making, "nowMs" | "settings">,
): NewTask {
  const { grant, params, targets, clusters, approval, event, secretParams } = run;
  const { action } = request;
  const digest = grantDigest(grant, action);
  const { business, startWithinMs, report } = grant;
  const basis = {
    ...{ id: runTaskId(request), origin: originOf(request, grant), ruleId: grantRuleId(grant.id) },
    ...{
      ruleVersion: digest.slice(0, 16),
      ruleDigest: digest,
      title: grant.title ?? action,
      business,
      action,
    },
    ...{ event: briefOf(event), forEachIndex: 0, startWithinMs, report: { ...report, rows: [] } },
    ...{ params, targets, clusters, approval, rows: [], offers: [] },
    ...(run.reserve ? { reserve: run.reserve } : {}),
    ...(run.packs ? { packs: run.packs } : {}),
    ...(secretParams.length > 0 ? { secretParams } : {}),
    ...(request.notify ? { notify: request.notify } : {}),
  };
  return build(basis, { ...making, depth: 0, causes: [] });
}

function originOf(request: RunRequest, grant: RunGrant): Extract<Task["origin"], { kind: "run" }> {
  const { by, via, key, command } = request;
  return {
    ...{ kind: "run", by: by === "local" ? null : by, via, key, asked: askedHash(request), grant: grant.id },
    ...(command === undefined ? {} : { command }),
  };
}
