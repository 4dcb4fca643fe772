import type { Grant } from "../throttle/bucket.ts";
import type { Judgement } from "./judge.ts";
import type { ElementVerdict, Verdict } from "./verdict.ts";

/** What came of one task that a rule would make: its throttle's answer, and its id unless that held it back. */
export function elementVerdict(
  index: number,
  { taskId, grant }: { taskId?: string | undefined; grant?: Grant | undefined },
): ElementVerdict {
  const throttle = grant ? { throttle: throttleView(grant) } : {};
  if (grant?.outcome === "held") return { index, outcome: "held", reason: "throttled", ...throttle };
  return {
    index,
    outcome: "fired",
    reason: "fired",
    ...(taskId === undefined ? {} : { taskId }),
    ...throttle,
  };
}

/** The deciding bucket with the others beside it, as a verdict keeps them. */
function throttleView({ bucket, also }: Grant): NonNullable<Verdict["throttle"]> {
  return { ...bucket, ...(also ? { also } : {}) };
}

/**
 * The verdict of a rule that fires, once each task was asked for. With `forEach` it has fired when one element
 * has, and names each; else it is what became of the first.
 */
export function firedVerdict(
  { verdict, rule, unfit }: Extract<Judgement, { outcome: "fires" }>,
  answers: readonly ElementVerdict[],
): Verdict {
  const elements = [...unfit, ...answers].sort((a, b) => a.index - b.index);
  const telling = elements.find(({ outcome }) => outcome === "fired") ?? elements[0];
  const { index: _, ...said } = telling ?? { index: 0 };
  return { ...verdict, ...said, ...(rule.forEach === undefined ? {} : { elements }) };
}

/** How many tasks a verdict stands for. */
export function tasksMade({ outcome, elements }: Verdict): number {
  if (outcome === "held") return 0;
  return elements ? elements.filter((element) => element.outcome === "fired").length : 1;
}
