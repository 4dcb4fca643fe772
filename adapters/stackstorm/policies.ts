import type { RetryPolicy } from "../../core/ports/index.ts";
import { type Call, type Connection, readJson } from "./connection.ts";
import { badAnswer } from "./errors.ts";
import { parseRetryPolicies } from "./schema.ts";

/** The retry policies of an action (reference/stackstorm.md 7.8). Throws when they cannot be read. */
export async function retryPolicies(connection: Connection, action: string): Promise<RetryPolicy[]> {
  const query = { resource_ref: action, limit: 50 };
  const call: Call = { operation: "policies", method: "GET", path: "/v1/policies", query };
  const read = parseRetryPolicies(await readJson(connection, call));
  if (read === null) throw badAnswer("policies", "/ must be array");
  return read.map(({ parameters: { retry_on: on, max_retry_count: count = 1, delay = 0 } }) => {
    return { on: on === "timeout" ? "timeout" : "failed", maxAttempts: count, delayMs: delay * 1000 };
  });
}
