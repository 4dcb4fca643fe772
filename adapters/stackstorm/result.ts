import type { IncomingMessage } from "node:http";
import { ChatOpsError, errorText } from "../../core/errors.ts";
import type { OpenOutbound } from "../outbound/index.ts";
import type { Connection } from "./connection.ts";
import { answerError, describeAnswer, type FailedAnswer, faultOf } from "./errors.ts";
import { isExecutionId } from "./execution.ts";
import { forward } from "./forward.ts";

/** So much of an answer that says no is read. */
const MOST_FAULT_CHARACTERS = 65_536;

/**
 * The whole result of one execution as JSON, in lines and as it comes: it may have many megabytes. Null when StackStorm
 * has no such id. Our own credentials are taken out, as far as they stand within one piece.
 */
export async function result(
  connection: Connection,
  id: string,
  out: OpenOutbound,
): Promise<AsyncIterable<string> | null> {
  if (!isExecutionId(id)) return null;
  const path = `/v1/executions/${id}/result`;
  const asked = { service: "api", method: "GET", path, query: "pretty_format=true", headers: {} } as const;
  const answer = await forward(connection, asked, out);
  if (answer.statusCode === 200) return piecesOf(answer, connection);
  const failed = await failureOf(answer);
  if (failed.status === 404 && faultOf(failed.body) !== null) return null;
  throw answerError("result", failed, describeAnswer(failed, connection.redact));
}

async function* piecesOf(answer: IncomingMessage, { redact }: Connection): AsyncGenerator<string> {
  answer.setEncoding("utf8");
  try {
    for await (const piece of answer) yield redact(String(piece));
  } catch (error) {
    throw new ChatOpsError(`StackStorm result: ${redact(errorText(error))}`, {
      code: "stackstorm.unreachable",
      retryable: true,
      cause: error,
    });
  }
}

async function failureOf(answer: IncomingMessage): Promise<FailedAnswer> {
  answer.setEncoding("utf8");
  let text = "";
  for await (const piece of answer) {
    text += String(piece);
    if (text.length > MOST_FAULT_CHARACTERS) break;
  }
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Then there is no reason to show beside the status.
    return undefined;
  }
}
