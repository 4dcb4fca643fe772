import type { IncomingMessage } from "node:http";
import { errorText } from "../../core/errors.ts";
import { bilingual, byPriority, type SeenCluster, viewOf } from "../../core/gateway/index.ts";
import type { DoorRequest } from "../../core/ports/index.ts";
import { fault } from "./answers.ts";
import type { Ask, GatewayParts } from "./parts.ts";

/** A cluster that the caller may see, and how much of it. */
export interface Seen extends SeenCluster {
  view: "all" | "tasks";
}

/** Clusters in the order in which they are asked; null when the caller names one that is none of theirs. */
export function seenBy({ ctx, scope, cluster }: Ask, { clusters }: GatewayParts): Seen[] | null {
  const seen = byPriority(clusters()).flatMap((one) => {
    const view = viewOf(scope, one);
    return view === "nothing" ? [] : [{ ...one, view }];
  });
  const wanted = cluster === undefined ? seen : seen.filter(({ name }) => name === cluster);
  if (wanted.length > 0) return wanted;
  // Whether it is there at all is not for who may not see it.
  fault(ctx, 404, bilingual("没有您可以看的集群", "there is no such cluster that you may see"));
  return null;
}

/** The request as it goes on, with what differs. */
export function requestOf(ask: Ask, change: Partial<DoorRequest> = {}): DoorRequest {
  const { service, path, query, match, ctx } = ask;
  const headers = Object.fromEntries(
    Object.entries(ctx.req.headers).flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value]] : [],
    ),
  );
  return { service, method: match.route.method, path, query: query.toString(), headers, ...change };
}

/** Null when the cluster gave no answer, or is known to be down and was not asked. */
export async function send(
  cluster: string,
  request: DoorRequest,
  parts: GatewayParts,
): Promise<IncomingMessage | null> {
  if (parts.sights().get(cluster)?.state === "down") {
    parts.metrics.count("gateway_forwarded", { cluster, outcome: "known_down" });
    return null;
  }
  try {
    const answer = await parts.door.forward(cluster, request);
    parts.metrics.count("gateway_forwarded", { cluster, outcome: `http_${answer.statusCode}` });
    return answer;
  } catch (error) {
    parts.metrics.count("gateway_forwarded", { cluster, outcome: "failed" });
    parts.log.warn({ cluster, reason: errorText(error) }, "a cluster did not answer the gateway");
    return null;
  }
}

const MAX_READ_BYTES = 32 * 1024 * 1024;

/** What a cluster answered, read. */
export type Read =
  | { outcome: "ok"; body: unknown; headers: IncomingMessage["headers"] }
  | { outcome: "status"; status: number; body: unknown }
  | { outcome: "none" };

/** Reads a whole answer of JSON, up to a limit: for lists that are merged and small rows alone. */
export async function readFrom(cluster: string, request: DoorRequest, parts: GatewayParts): Promise<Read> {
  const answer = await send(cluster, { ...request, body: undefined as never }, parts);
  if (!answer) return { outcome: "none" };
  try {
    const body = JSON.parse(await textOf(answer)) as unknown;
    const status = answer.statusCode ?? 0;
    return status === 200
      ? { outcome: "ok", body, headers: answer.headers }
      : { outcome: "status", status, body };
  } catch (error) {
    parts.log.warn({ cluster, reason: errorText(error) }, "an answer cannot be read");
    return { outcome: "none" };
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_READ_BYTES) throw new RangeError(`more than ${MAX_READ_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
