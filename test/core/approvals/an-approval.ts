import type { PeopleApproval } from "../../../core/approvals/index.ts";
import type { Decision, Task } from "../../../core/tasks/index.ts";
import { START_MS } from "../../support/clock.ts";
import { aMadeTask } from "../../support/tasks.ts";

/** One DBA and one owner, for half an hour; name what differs. */
export function anApproval(overrides: Partial<PeopleApproval> = {}): PeopleApproval {
  return {
    mode: "people",
    groups: [
      { name: "dba", from: { tag: "dba" }, need: 1 },
      { name: "owner", from: { users: ["zhang", "li"] }, need: 1 },
    ],
    reject: "any",
    reason: "never",
    timeoutMs: 1_800_000,
    onTimeout: "reject",
    escalate: [],
    ...overrides,
  };
}

/** What somebody decided: by whom, as whom, and what. */
export type Said = [by: string, groups: readonly string[], verdict?: Decision["verdict"]];

/** A task of an approval about which this was decided, in this order. */
export function decidedTask(
  approval: PeopleApproval,
  said: readonly Said[],
  given: Partial<Task> = {},
): Task {
  const task = { ...aMadeTask({ rule: { approval } }), ...given };
  const decisions = said.map(([by, groups, verdict = "approve"], i): Decision => {
    const { hash, round } = task;
    return { verdict, by, groups, atMs: START_MS + i, hash, round, clickKey: `click-${i}` };
  });
  return { ...task, decisions };
}
