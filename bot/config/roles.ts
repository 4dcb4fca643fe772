import type { ConfigReader } from "./reader.ts";

/**
 * What a process does. `web` takes alerts, callbacks and REST; `worker` judges, sends, starts and follows;
 * `scheduler` forgets what is old and measures.
 */
export const PROCESS_ROLES = ["web", "worker", "scheduler"] as const;
export type ProcessRole = (typeof PROCESS_ROLES)[number];

/** The roles that `ROLES` names, all when it is not set. Beside embedded stores there is nobody who does the rest. */
export function readRoles(read: ConfigReader, alone: boolean): ProcessRole[] {
  const text = read.given("ROLES");
  if (!text) return [...PROCESS_ROLES];
  const words = text.split(",").map((word) => word.trim());
  const roles = PROCESS_ROLES.filter((role) => words.includes(role));
  const unknown = words.filter((word) => !PROCESS_ROLES.some((role) => role === word));
  if (unknown.length > 0) {
    const message = `只能是以下角色，用逗号分开 (only these, separated by commas): ${PROCESS_ROLES.join(", ")}`;
    read.fault("ROLES", text, message);
  } else if (alone && roles.length < PROCESS_ROLES.length) {
    const message =
      "内嵌存储只有一个进程，必须承担全部角色；要分开，请设置 REDIS_URL 和 ELASTICSEARCH_URL (with embedded stores there is one process, which must have all roles; to divide them set REDIS_URL and ELASTICSEARCH_URL)";
    read.fault("ROLES", text, message);
  }
  return roles;
}
