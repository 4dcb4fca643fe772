import { isChatOpsError } from "../../core/errors.ts";
import type { Logger, Metrics } from "../../core/ports/index.ts";
import {
  createGuard,
  createOutbound,
  createRedactor,
  type Outbound,
  type OutboundResponse,
} from "../outbound/index.ts";
import type { KubernetesCluster, KubernetesOptions } from "./config.ts";
import { type Credentials, readCredentials } from "./credentials.ts";
import { type BuiltRequest, type Requests, requestsTo } from "./requests.ts";

export interface ClientParts {
  log: Logger;
  metrics: Metrics;
  options: KubernetesOptions;
}

/** The way to one API server. Every call returns any answer, and throws `kubernetes.*` when there is none. */
export interface Client {
  cluster: string;
  namespace: string;
  readDeployment(name: string): Promise<OutboundResponse>;
  patchDeployment(name: string, body: unknown, dryRun: boolean): Promise<OutboundResponse>;
  listPods(labels: Readonly<Record<string, string>>): Promise<OutboundResponse>;
  close(): void;
}

/** Makes it. Nothing is sent, read or loaded before the first call. */
export function createClient(cluster: KubernetesCluster, parts: ClientParts): Client {
  const { name, deploy } = cluster;
  const way = wayTo(cluster, parts.options);
  let loading: Promise<Requests> | undefined;
  const call = async (operation: string, build: (requests: Requests) => Promise<BuiltRequest>) => {
    loading ??= requestsTo(deploy.api);
    const built = await build(await loading);
    return counted({ cluster: name, operation }, parts.metrics, () => way.send(built));
  };
  const { namespace } = deploy;
  return {
    ...{ cluster: name, namespace },
    readDeployment: (workload) => call("read", (requests) => requests.readDeployment(workload, namespace)),
    patchDeployment: (workload, body, dryRun) => {
      const order = { name: workload, namespace, body, dryRun };
      return call(dryRun ? "try" : "patch", (requests) => requests.patchDeployment(order));
    },
    listPods: (labels) => {
      const limit = parts.options.maxPods;
      return call("pods", (requests) => requests.listPods({ namespace, labels, limit }));
    },
    close: way.close,
  };
}

interface Way {
  send(request: BuiltRequest): Promise<OutboundResponse>;
  close(): void;
}

/**
 * Our own client carries the requests: it has a bound on the whole call, follows no redirect, keeps away from addresses
 * that are refused, and tells what can have arrived. It is made anew when token or authority have changed.
 */
function wayTo({ deploy, allow }: KubernetesCluster, options: KubernetesOptions): Way {
  let current: (Credentials & { out: Outbound }) | undefined;
  const open = ({ token, caPem }: Credentials): Outbound => {
    if (current?.token === token && current.caPem === caPem) return current.out;
    current?.out.close();
    const out = createOutbound({
      ...{ name: "kubernetes", secrets: [token], maxSockets: 4 },
      ...{ timeoutMs: options.requestTimeoutMs, maxResponseBytes: options.maxResponseBytes },
      ...(caPem === undefined ? {} : { caPem }),
      guard: createGuard(allow ? { allow } : {}),
    });
    current = { token, caPem, out };
    return out;
  };
  return {
    send: async ({ method, url, headers, body }) => {
      const credentials = await readCredentials(deploy);
      const bytes = body === undefined ? undefined : Buffer.from(body.text);
      const answer = await open(credentials).request({
        ...{ method, url, headers: { ...headers, authorization: `Bearer ${credentials.token}` } },
        ...(bytes && body ? { raw: { bytes, contentType: body.contentType } } : {}),
      });
      return withoutToken(answer, credentials.token);
    },
    close: () => current?.out.close(),
  };
}

/** Words of the server reach people: one that repeats the credential it was given must not. */
function withoutToken(answer: OutboundResponse, token: string): OutboundResponse {
  const text = createRedactor([token])(answer.text);
  if (text === answer.text || answer.body === undefined) return answer;
  return { ...answer, text, body: JSON.parse(text) };
}

async function counted(
  labels: { cluster: string; operation: string },
  metrics: Metrics,
  send: () => Promise<OutboundResponse>,
): Promise<OutboundResponse> {
  try {
    const answer = await send();
    metrics.count("kubernetes_requests", { ...labels, outcome: `http_${answer.status}` });
    return answer;
  } catch (error) {
    const outcome = isChatOpsError(error) ? error.code : "unexpected";
    metrics.count("kubernetes_requests", { ...labels, outcome });
    throw error;
  }
}
