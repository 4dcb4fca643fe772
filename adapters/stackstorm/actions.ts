import { actionParameters } from "../../core/actions/index.ts";
import { errorText } from "../../core/errors.ts";
import type { ActionReading } from "../../core/ports/index.ts";
import { type Call, type Connection, expectOk } from "./connection.ts";
import { badAnswer, faultOf } from "./errors.ts";
import { parseAction } from "./schema.ts";

/** Reads one action with the parameters of its runner merged in, as StackStorm does for its own forms. */
export async function readAction(connection: Connection, action: string): Promise<ActionReading> {
  try {
    return await read(connection, action);
  } catch (error) {
    return { outcome: "unreachable", message: connection.redact(errorText(error)) };
  }
}

async function read(connection: Connection, action: string): Promise<ActionReading> {
  const path = `/v1/actions/views/overview/${encodeURIComponent(action)}`;
  const call: Call = { operation: "action", method: "GET", path };
  const answer = await connection.call(call);
  // A page of a proxy in front of StackStorm says nothing about the action.
  if (answer.status === 404 && faultOf(answer.body) !== null) return { outcome: "absent" };
  expectOk(connection, call, answer);
  const row = parseAction(answer.body);
  if (row === null || row.ref !== action) throw badAnswer("action", "/ is not the action");
  const parameters = actionParameters(row.parameters ?? {});
  return { outcome: "known", schema: { action, enabled: row.enabled ?? true, parameters } };
}
