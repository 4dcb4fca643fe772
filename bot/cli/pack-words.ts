import type { PackProblem } from "../../core/releases/index.ts";
import { plainText } from "./plain-text.ts";

/** A problem as one line: where, what, and whether it stops a build. */
export function problemLine({ level, check, repo, pack, file, line, zh, en }: PackProblem): string {
  const place = [repo || pack || "", file ?? "", line === undefined ? "" : String(line)];
  const where = place.filter((part) => part !== "").join(":");
  const mark = level === "error" ? "错误 error" : "提醒 warning";
  return plainText(`${where === "" ? "" : `${where}: `}${mark} [${check}] ${zh} (${en})`);
}

/** All of them, what stops a build first. */
export function problemLines(problems: readonly PackProblem[]): string[] {
  const errors = problems.filter(({ level }) => level === "error");
  const warnings = problems.filter(({ level }) => level === "warning");
  return [...errors, ...warnings].map(problemLine);
}
