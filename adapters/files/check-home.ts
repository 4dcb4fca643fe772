import type { Policy } from "../../core/policies/index.ts";
import type { ApprovalContext } from "./check-approval.ts";
import { checkCluster, checkEventType, checkGroups, checkPolicy } from "./check-others.ts";
import { checkPackSet } from "./check-pack-set.ts";
import { checkRoles, checkTokens } from "./check-people.ts";
import { checkReferences } from "./check-references.ts";
import { checkRoster } from "./check-roster.ts";
import { checkRouting } from "./check-routing.ts";
import { checkRule } from "./check-rule.ts";
import { checkRuns } from "./check-runs.ts";
import { checkSource, type SourceChecks } from "./check-source.ts";
import { checkThrottles } from "./check-throttle.ts";
import { type CronFault, checkSchedule, checkWindow } from "./check-window.ts";
import { contentOf, type Drafts, ofKind, shapeProblems } from "./drafts.ts";
import type { Located } from "./located.ts";
import { textAt } from "./look.ts";
import type { Problem } from "./problem.ts";
import { readPolicy } from "./read-others.ts";

/** What the checks need to know beside the files. */
export interface CheckContext extends SourceChecks {
  nowMs: number;
  /** What is wrong with a cron expression. */
  cronFault: CronFault;
}

/** Everything that is wrong beyond shapes: each file for itself, then all of them together. */
export function checkHome(drafts: Drafts, context: CheckContext): Problem[] {
  const approvals: ApprovalContext = { nowMs: context.nowMs, policies: policiesOf(drafts) };
  const each = drafts.located.flatMap((located) => checkFile(located, context, approvals));
  return [...each, ...checkReferences(drafts)];
}

function checkFile(located: Located, context: CheckContext, approvals: ApprovalContext): Problem[] {
  const { kind } = located;
  switch (kind) {
    case "event-type":
      return checkEventType(located);
    case "source":
      return checkSource(located, context);
    case "rule":
      return [...checkRule(located, approvals), ...checkSchedule(located, context.cronFault)];
    case "policy":
      return checkPolicy(located);
    case "cluster":
      return checkCluster(located);
    case "window":
      return checkWindow(located, context.cronFault);
    case "roster":
      return checkRoster(located, approvals);
    case "groups":
      return checkGroups(located);
    case "throttles":
      return checkThrottles(located);
    case "routing":
      return checkRouting(located);
    case "roles":
      return checkRoles(located);
    case "tokens":
      return checkTokens(located);
    case "runs":
      return checkRuns(located, approvals);
    case "pack-set":
      return checkPackSet(located, approvals);
    case "languages":
      // Its shape and the rosters that it names are checked where those of all files are.
      return [];
    default:
      return kind satisfies never;
  }
}

/** Policies by id. One with a problem of its own is null: its rules are not blamed for it. */
function policiesOf(drafts: Drafts): ApprovalContext["policies"] {
  const policies = new Map<string, Policy | null>();
  for (const located of ofKind(drafts, "policy")) {
    const id = textAt(located, ["id"]);
    const sound = shapeProblems(located).length === 0 && checkPolicy(located).length === 0;
    if (id !== undefined) policies.set(id, sound ? readPolicy(contentOf(located, "policy")) : null);
  }
  return policies;
}
