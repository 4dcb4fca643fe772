import {
  type EscalationStep,
  MAX_ASKING_MS,
  type PeopleApproval,
  stepTimes,
} from "../../core/approvals/index.ts";
import { isJsonObject } from "../../core/ids/index.ts";
import { normaliseUserId } from "../../core/people/index.ts";
import { checkDuration } from "./check-values.ts";
import type { Path } from "./home-file.ts";
import type { Located } from "./located.ts";
import { problemAt } from "./located.ts";
import { itemsAt, keysAt, textAt, valueAt } from "./look.ts";
import type { Problem, Words } from "./problem.ts";
import { StepShape } from "./schema.ts";
import { shapeOf } from "./shape.ts";

const SHAPE = shapeOf(StepShape);
const MOST_STEPS = 5;

/** The steps of an approval, each for itself. */
export function checkSteps(located: Located, path: Path): Problem[] {
  const at = [...path, "escalate"];
  const value = valueAt(located, at);
  if (value === undefined) return [];
  const steps = stepPaths(located, path);
  if (steps.length === 0 || steps.length > MOST_STEPS) return [problemAt(located, at, NOT_STEPS)];
  return steps.flatMap((step) => [
    ...SHAPE.problems(located, step),
    ...checkDuration(located, [...step, "after"]),
    ...checkDuration(located, [...step, "timeout"]),
    ...checkCount(located, { need: [...step, "need"], people: [...step, "to"] }),
  ]);
}

const NOT_STEPS: Words = {
  zh: `应为一步 { after, to }，或 1 到 ${MOST_STEPS} 步的列表`,
  en: `must be one step { after, to }, or a list of 1 to ${MOST_STEPS} steps`,
};

/** One step may stand without a list. */
function stepPaths(located: Located, path: Path): Path[] {
  const at = [...path, "escalate"];
  return isJsonObject(valueAt(located, at)) ? [at] : itemsAt(located, at);
}

/** Named users are countable: more approvals than people could never come. */
export function checkCount(located: Located, { need: at, people }: { need: Path; people: Path }): Problem[] {
  const need = valueAt(located, at);
  const users = new Set(itemsAt(located, [...people, "users"]).map((user) => userAt(located, user)));
  const onlyUsers = keysAt(located, people).every((key) => key === "users") && users.size > 0;
  if (typeof need !== "number" || !onlyUsers || need <= users.size) return [];
  return [
    problemAt(located, at, {
      zh: `要 ${need} 人批准，但只写了 ${users.size} 人`,
      en: `needs ${need} approvals but names ${users.size} user(s)`,
    }),
  ];
}

function userAt(located: Located, path: Path): string {
  return normaliseUserId(textAt(located, path) ?? "");
}

/** Times that cannot be meant so, of an approval without other faults. */
export function checkWaiting(located: Located, path: Path, approval: PeopleApproval): Problem[] {
  const { onTimeout, escalate, timeoutMs } = approval;
  if (onTimeout === "escalate" && escalate.length === 0) {
    return [problemAt(located, [...path, "onTimeout"], NO_ESCALATION)];
  }
  if (timeoutMs > MAX_ASKING_MS) return [problemAt(located, [...path, "timeout"], TOO_LONG)];
  const times = stepTimes(approval);
  return stepPaths(located, path).flatMap((step, index) => {
    const read = escalate[index];
    if (!read) return [];
    const before = escalate[index - 1];
    if (before && before.afterMs >= read.afterMs) return [problemAt(located, [...step, "after"], NOT_LATER)];
    if (isTooLong(read, timeoutMs)) return [tooLongAt(located, { path, step })];
    return times[index] === null ? [problemAt(located, [...step, "after"], NEVER_ESCALATES)] : [];
  });
}

function isTooLong({ afterMs, timeoutMs }: EscalationStep, ownMs: number): boolean {
  return afterMs + Math.max(timeoutMs, ownMs) > MAX_ASKING_MS;
}

function tooLongAt(located: Located, { path, step }: { path: Path; step: Path }): Problem {
  const written = [step, path]
    .map((one) => [...one, "timeout"])
    .find((one) => valueAt(located, one) !== undefined);
  return problemAt(located, written ?? step, TOO_LONG);
}

const NO_ESCALATION: Words = {
  zh: "onTimeout 为 escalate 时要写 escalate（给谁、多久后）",
  en: "needs escalate (to whom, after how long)",
};
const TOO_LONG: Words = {
  zh: "timeout 加 escalate.after 不能超过 70h：卡片 72 小时后不能再更新",
  en: "timeout plus escalate.after must not pass 70h: a card cannot be changed after 72 hours",
};
const NEVER_ESCALATES: Words = {
  zh: "要小于 timeout（或前一步结束的时刻），否则到期前不会升级",
  en: "must be shorter than timeout, or come before the step before it ends, or it would never happen",
};
const NOT_LATER: Words = {
  zh: "各步要按时间先后写，after 都从送达算起",
  en: "steps stand in the order of their time; each after counts from the asking",
};
