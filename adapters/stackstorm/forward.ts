import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { DoorRequest } from "../../core/ports/index.ts";
import type { OpenOutbound } from "../outbound/index.ts";
import type { Connection } from "./connection.ts";

/** Neither credentials nor `st2-context`, nor what a proxy would believe: whatever is not here stays here. */
const PASSED = ["accept", "content-type", "if-none-match", "if-modified-since", "x-request-id"];

/**
 * Hands a request on with the cluster's own credentials, once more with new ones after a 401. The answer's body is
 * still to come. Throws when there is none.
 */
export async function forward(
  connection: Connection,
  request: DoorRequest,
  out: OpenOutbound,
): Promise<IncomingMessage> {
  const credentials = await connection.session.credentials();
  const answer = await send(connection, { request, credentials, out });
  if (answer.statusCode !== 401) return answer;
  const fresh = await connection.session.replace(credentials);
  if (!fresh) return answer;
  answer.destroy();
  return send(connection, { request, credentials: fresh, out });
}

interface Sending {
  request: DoorRequest;
  credentials: Readonly<Record<string, string>>;
  out: OpenOutbound;
}

function send(connection: Connection, { request, credentials, out }: Sending): Promise<IncomingMessage> {
  const { method, service, path, query, body } = request;
  const headers: Record<string, string> = { "user-agent": "whale", "x-request-id": randomUUID() };
  for (const name of PASSED) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  if (body !== undefined) headers["content-length"] = String(body.length);
  const url = `${connection.addresses[service]}${path}${query === "" ? "" : `?${query}`}`;
  return out.open({ method, url, headers: { ...headers, ...credentials }, body });
}
