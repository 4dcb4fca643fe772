import { ONLY_GROUP, type PeopleApproval, stepOf, type WrittenStep } from "../../core/approvals/index.ts";
import { normaliseUserId, type People } from "../../core/people/index.ts";
import type { ApprovalSpec } from "../../core/rules/index.ts";
import { parseDuration } from "../../core/time/index.ts";
import type { ApprovalFile, StepFile } from "./schema.ts";

/** What an approval leaves out. */
const DEFAULTS = { need: 1, timeout: "30m", onTimeout: "reject", reject: "any", reason: "never" } as const;

type PeopleFile = NonNullable<ApprovalFile["from"]>;

/** The gate of a checked file, with its defaults filled in. */
export function readApproval(file: ApprovalFile): ApprovalSpec {
  if (file.policy !== undefined) return { mode: "policy", policy: file.policy };
  const waiting: Pick<PeopleApproval, "timeoutMs" | "onTimeout"> = {
    timeoutMs: msOf(file.timeout ?? DEFAULTS.timeout),
    onTimeout: file.onTimeout === "escalate" ? "escalate" : DEFAULTS.onTimeout,
  };
  const groups = groupsOf(file);
  return {
    mode: "people",
    groups,
    reject: file.reject ?? DEFAULTS.reject,
    reason: file.reason ?? DEFAULTS.reason,
    ...waiting,
    ...(file.group === undefined ? {} : { group: file.group }),
    escalate: stepsOf(file.escalate).map((step) => stepOf(step, { groups, ...waiting })),
  };
}

function groupsOf({ groups, from, need }: ApprovalFile): PeopleApproval["groups"] {
  const written = groups ?? [{ name: ONLY_GROUP, from: from ?? {}, ...(need === undefined ? {} : { need }) }];
  return written.map((group) => ({
    name: group.name,
    from: peopleOf(group.from),
    need: group.need ?? DEFAULTS.need,
  }));
}

function stepsOf(written: unknown): WrittenStep[] {
  if (written === undefined) return [];
  const steps = (Array.isArray(written) ? written : [written]) as StepFile[];
  return steps.map(({ after, to, need, timeout }) => ({
    afterMs: msOf(after),
    to: peopleOf(to),
    ...(need === undefined ? {} : { need }),
    ...(timeout === undefined ? {} : { timeoutMs: msOf(timeout) }),
  }));
}

/** Some people of a checked file. */
export function peopleOf(file: PeopleFile): People {
  const users = file.users ? [...new Set(file.users.map(normaliseUserId))] : undefined;
  return {
    ...(users ? { users } : {}),
    ...(file.tag === undefined ? {} : { tag: file.tag }),
    ...(file.department === undefined ? {} : { department: file.department }),
    ...(file.duty === undefined ? {} : { duty: file.duty }),
  };
}

/** Durations are checked before a file is read. */
function msOf(text: string): number {
  return parseDuration(text) ?? 0;
}
