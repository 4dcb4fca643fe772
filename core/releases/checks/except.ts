import type { PackProblem } from "../pack-content.ts";
import type { PackChecks } from "../pack-set.ts";
import { EXCEPTABLE_CHECKS } from "./names.ts";

/** What a set leaves out stops nothing, and is shown with its reason. */
export function afterExceptions(
  problems: readonly PackProblem[],
  { except = {} }: PackChecks,
): PackProblem[] {
  const may: readonly string[] = EXCEPTABLE_CHECKS;
  return problems.map((problem) => {
    const reason = Object.hasOwn(except, problem.check) ? except[problem.check] : undefined;
    if (problem.level !== "error" || reason === undefined || !may.includes(problem.check)) return problem;
    const zh = `${problem.zh}（共享 Pack 的 checks.except 里放过：${reason}）`;
    const en = `${problem.en} (let pass by checks.except of the set: ${reason})`;
    return { ...problem, level: "warning", zh, en };
  });
}

/** Whether anything stops a build. */
export function hasErrors(problems: readonly PackProblem[]): boolean {
  return problems.some(({ level }) => level === "error");
}
