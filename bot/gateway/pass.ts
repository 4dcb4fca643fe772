import { bilingual } from "../../core/gateway/index.ts";
import type { DoorRequest } from "../../core/ports/index.ts";
import { fault, giveOn, noAnswer, tellMissing } from "./answers.ts";
import { requestOf, seenBy, send } from "./ask.ts";
import type { Ask, GatewayParts } from "./parts.ts";
import { bytesOf } from "./writes.ts";

/** From the first cluster, by priority, that has it. */
export async function readOne(ask: Ask, parts: GatewayParts): Promise<void> {
  const request = await withBody(ask);
  const seen = request && seenBy(ask, parts);
  if (!seen) return;
  const missing: string[] = [];
  for (const [index, { name }] of seen.entries()) {
    const answer = await send(name, request, parts);
    const status = answer?.statusCode ?? 503;
    // A match that a cluster does not have is a 400.
    const isElsewhere = status === 404 || (status === 400 && request.method === "POST");
    const isLast = index === seen.length - 1;
    if (
      answer &&
      (status < 400 || (isLast && missing.length === 0) || !(isElsewhere || status >= 500 || status === 401))
    ) {
      tellMissing(ask.ctx, missing);
      return giveOn(ask.ctx, answer, { cluster: name });
    }
    answer?.destroy();
    if (!isElsewhere) missing.push(name);
  }
  noAnswer(ask.ctx, missing);
}

async function withBody(ask: Ask): Promise<DoorRequest | null> {
  if (ask.match.route.method === "GET") return requestOf(ask);
  const body = await bytesOf(ask);
  return body && requestOf(ask, { body });
}

/** From the one cluster that is meant. What belongs to no task is for who may see all of a cluster. */
export async function readCluster(ask: Ask, parts: GatewayParts): Promise<void> {
  const request = await withBody(ask);
  const seen = request && seenBy(ask, parts)?.filter(({ view }) => view === "all");
  if (!seen) return;
  const [first, second] = seen;
  if (!first)
    return fault(ask.ctx, 404, bilingual("没有您可以看的集群", "there is no such cluster that you may see"));
  if (second) {
    const names = seen.map(({ name }) => name).join(", ");
    const en = `this differs from cluster to cluster: add ?cluster=NAME, or use the address /st2/clusters/NAME/api; yours: ${names}`;
    return fault(
      ask.ctx,
      400,
      bilingual(`各集群不同，请加 ?cluster=集群名 或用地址 /st2/clusters/集群名/api，可选：${names}`, en),
    );
  }
  const { query } = ask;
  const scope = query.get("scope") ?? "system";
  if (ask.path.startsWith("/v1/keys") && (query.has("user") || !["system", "st2kv.system"].includes(scope))) {
    return fault(
      ask.ctx,
      403,
      bilingual("只能读 system 范围的键", "keys of the scope system alone can be read here"),
    );
  }
  const answer = await send(first.name, request, parts);
  if (!answer) return noAnswer(ask.ctx, [first.name]);
  giveOn(ask.ctx, answer, { cluster: first.name });
}
