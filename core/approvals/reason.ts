import type { Decision } from "../tasks/task.ts";
import type { PeopleApproval } from "./approval.ts";

/** The most characters of a reason that are kept. */
export const MAX_REASON_CHARACTERS = 500;

/** Controls, line ends and marks that change how the text around them is shown. */
const UNSHOWN = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/**
 * A reason as it is kept: what a person wrote on one line, without controls or marks that turn the text around
 * them, and no longer than `MAX_REASON_CHARACTERS`. Empty where nothing is left.
 */
export function givenReason(written: string): string {
  const shown = written.toWellFormed().replace(UNSHOWN, " ").replace(/\s+/gu, " ").trim();
  return [...shown].slice(0, MAX_REASON_CHARACTERS).join("").trim();
}

/** Whether a reason must come with this decision. */
export function needsReason(
  gate: PeopleApproval | { mode: "policy" },
  verdict: Decision["verdict"],
): boolean {
  if (gate.mode !== "people" || gate.reason === "never") return false;
  return gate.reason === "always" || verdict === "reject";
}
