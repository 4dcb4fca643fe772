import { randomBytes } from "node:crypto";
import { approvePolicy, formatProblems, type TokenRequest, tokenEntry } from "../adapters/files/index.ts";
import { createLogger, createMetrics, systemClock } from "../adapters/telemetry/index.ts";
import { createWecom, fieldFault } from "../adapters/wecom/index.ts";
import { errorText } from "../core/errors.ts";
import type { Policy } from "../core/policies/index.ts";
import { type Environment, readEnvironment } from "./config/index.ts";

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

/** How WeCom's contacts have a person; `unasked` where they cannot be asked, and why. */
export type Standing =
  | { outcome: "active" | "inactive" | "unknown_person" }
  | { outcome: "unasked"; why: string };

/** Asks WeCom of one person, as the app that the environment names. */
export async function standingOf(userId: string, env: Environment, cwd: string): Promise<Standing> {
  const read = readEnvironment(env, cwd, fieldFault);
  if (read.outcome === "refused") return { outcome: "unasked", why: NOT_SET_UP };
  const common = { clock: systemClock, log: createLogger({ level: "silent" }) };
  const wecom = createWecom(read.config.wecom, { ...common, metrics: createMetrics({ prefix: "whale" }) });
  try {
    const { outcome } = await wecom.directory.vouch(userId, [{ users: [userId] }]);
    return { outcome: outcome === "unknown_person" || outcome === "inactive" ? outcome : "active" };
  } catch (error) {
    return { outcome: "unasked", why: errorText(error) };
  } finally {
    wecom.close();
  }
}

const NOT_SET_UP = "企业微信没有设置好，见 whale check (WeCom is not set up here, see whale check)";

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
