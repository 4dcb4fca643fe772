import type { Clock, Executor } from "../../core/ports/index.ts";
import type { ControlAnswer, Task } from "../../core/tasks/index.ts";
import type { Advancer } from "./advance.ts";
import { executionRecord } from "./sighting.ts";

export interface ControllerDeps {
  advancer: Advancer;
  executor: Pick<Executor, "control">;
  clock: Clock;
}

/** Carries out what a person wants of a run, once that is stored. */
export type Controller = (task: Task, fence: number) => Promise<void>;

/**
 * Asks StackStorm and stores what it says. A crash before the answer is stored, or an answer that is lost, leaves the
 * order where it is: it falls due again, and the run is read before it is asked for anything.
 */
export function createController({ advancer, executor, clock }: ControllerDeps): Controller {
  const ask = async ({ control, execution }: Task): Promise<ControlAnswer> => {
    if (!control || !execution) return { outcome: "open", message: "nothing to ask for" };
    if (clock.nowMs() >= control.untilMs)
      return { outcome: "open", message: "StackStorm did not answer in time" };
    const { cluster, id: executionId } = execution;
    const answer = await executor.control({ cluster, executionId, what: control.what });
    return answer.outcome === "taken" ? { ...answer, execution: executionRecord(answer.execution) } : answer;
  };
  return async (task, fence) => {
    const { control } = task;
    if (!control) return;
    const answer = await ask(task);
    await advancer.advance(task, { kind: "control_answer", key: control.key, answer }, { fence });
  };
}
