import type { RunGrant } from "../../core/runs/index.ts";
import { parseDuration } from "../../core/time/index.ts";
import { peopleOf, readApproval } from "./read-approval.ts";
import type { RunsFile } from "./runs-schema.ts";

const START_WITHIN = "1h";

/** An entry of a checked runs.yaml, with its defaults filled in. */
export function readGrant(file: RunsFile["runs"][number]): RunGrant {
  const { id, title, actions, business, by, targets, approval, report, startWithin } = file;
  return {
    ...{ id, actions, business, targets: targets ?? [], approval: readApproval(approval) },
    ...(title === undefined ? {} : { title }),
    ...(by ? { by: peopleOf(by) } : {}),
    report: {
      ...(report?.to ? { to: peopleOf(report.to) } : {}),
      ...(report?.group === undefined ? {} : { group: report.group }),
    },
    startWithinMs: parseDuration(startWithin ?? START_WITHIN) ?? 0,
  };
}
