import { randomBytes } from "node:crypto";
import { approvePolicy, formatProblems, type TokenRequest, tokenEntry } from "../adapters/files/index.ts";
import { systemClock } from "../adapters/telemetry/index.ts";
import type { Policy } from "../core/policies/index.ts";

export { readPolicies } from "../adapters/files/index.ts";

/** The text of a policy's file with the approval written into it, or why it cannot be approved. */
export function approvePolicyFile(given: {
  file: string;
  text: string;
  by: string;
}): { outcome: "approved"; text: string; policy: Policy } | { outcome: "refused"; message: string } {
  const approved = approvePolicy({ ...given, now: new Date(systemClock.nowMs()) });
  if (approved.outcome === "approved") return approved;
  return { outcome: "refused", message: formatProblems(approved.problems) };
}

/** The time of the machine, for commands. */
export const nowMs = (): number => systemClock.nowMs();

/** A new token and the lines that it needs in tokens.yaml, or why it cannot be had. Nothing is written. */
export function newToken(given: Pick<TokenRequest, "user" | "rights" | "expires">) {
  const token = freshToken();
  return { token, ...tokenEntry({ ...given, token, now: new Date(systemClock.nowMs()) }) };
}

/** 256 random bits: nobody guesses them, and a plain hash of them cannot be searched back. */
export function freshToken(): string {
  return randomBytes(32).toString("base64url");
}
