import { ChatOpsError } from "../../core/errors.ts";
import { type Policy, policyFault } from "../../core/policies/index.ts";
import type { Clock, DutySource, Execution, Executor, Ids, LookupOf } from "../../core/ports/index.ts";
import { readAnswer } from "../../core/rosters/index.ts";
import { isEnd } from "../../core/tasks/index.ts";

export interface ActionDutyDeps {
  executor: Pick<Executor, "start" | "get">;
  /** The policies in force now. */
  policies: () => readonly Policy[];
  ids: Ids;
  clock: Clock;
  /** Waits so many milliseconds. */
  pause: (ms: number) => Promise<void>;
}

const LOOK_EVERY_MS = 500;
/** An action that takes longer does not answer for whoever waits to decide. */
const LONGEST_MS = 20_000;

/**
 * Asks a roster by running a read-only action. No person approves it, so that a policy must let it run at this
 * moment; a start whose answer is lost is not repeated.
 */
export function createActionDuty(deps: ActionDutyDeps): DutySource<"action"> {
  return {
    ask: async (lookup) => {
      const { cluster, users } = lookup;
      const { id } = await start(lookup, deps);
      const { status, result } = await ended(cluster, id, deps);
      if (status !== "succeeded") throw failed(`the action ended as ${status}`);
      const reading = readAnswer(users, { result });
      if (reading.outcome === "read") return reading.people;
      throw failed(`the action's result cannot be read: ${reading.message}`);
    },
  };
}

async function start(lookup: LookupOf<"action">, deps: ActionDutyDeps): Promise<Execution> {
  const { action, cluster, params } = lookup;
  const nowMs = deps.clock.nowMs();
  const policy = deps.policies().find((one) => policyFault(one, action, nowMs) === null);
  if (!policy) throw failed(`no approved, unexpired policy covers ${action}`);
  const requestId = `duty-${deps.ids.ulid().toLowerCase()}`;
  const started = await deps.executor.start({
    ...{ cluster, action, parameters: params, requestId, taskId: requestId },
    approvedBy: [`policy:${policy.id}`],
  });
  if (started.outcome === "started") return started.execution;
  throw failed(`the action was not started: ${started.message}`);
}

async function ended(cluster: string, id: string, deps: ActionDutyDeps): Promise<Execution> {
  const { executor, clock, pause } = deps;
  const untilMs = clock.nowMs() + LONGEST_MS;
  while (clock.nowMs() < untilMs) {
    await pause(LOOK_EVERY_MS);
    const execution = await executor.get(cluster, id);
    if (!execution) throw failed("StackStorm does not know the execution any more");
    if (isEnd(execution.status)) return execution;
  }
  throw failed(`the action did not end within ${LONGEST_MS / 1_000} s`);
}

function failed(message: string): ChatOpsError {
  return new ChatOpsError(message, { code: "duty.action", retryable: true });
}
