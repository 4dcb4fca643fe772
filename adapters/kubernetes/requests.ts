import type { RequestContext } from "@kubernetes/client-node";

/** A request as it is to be sent, without credentials. */
export interface BuiltRequest {
  method: "GET" | "PATCH";
  url: string;
  headers: Record<string, string>;
  body?: { text: string; contentType: string };
}

/** Builds requests to one API server. */
export interface Requests {
  readDeployment(name: string, namespace: string): Promise<BuiltRequest>;
  patchDeployment(order: {
    name: string;
    namespace: string;
    body: unknown;
    dryRun: boolean;
  }): Promise<BuiltRequest>;
  listPods(query: {
    namespace: string;
    labels: Readonly<Record<string, string>>;
    limit: number;
  }): Promise<BuiltRequest>;
}

/** Under this name the API server notes whose a change is. */
export const FIELD_MANAGER = "whale";

const STRATEGIC = "application/strategic-merge-patch+json";

/**
 * Loads the request builders of Kubernetes' own client. They alone: the whole package takes two seconds and 66 MB, and
 * so it is not loaded where no cluster is in Kubernetes.
 */
export async function requestsTo(api: string): Promise<Requests> {
  const [apps, core, configuration, servers] = await Promise.all([
    import("@kubernetes/client-node/dist/gen/apis/AppsV1Api.js"),
    import("@kubernetes/client-node/dist/gen/apis/CoreV1Api.js"),
    import("@kubernetes/client-node/dist/gen/configuration.js"),
    import("@kubernetes/client-node/dist/gen/servers.js"),
  ]);
  const baseServer = new servers.ServerConfiguration(api.replace(/\/+$/, ""), {});
  const config = configuration.createConfiguration({ baseServer });
  const deployments = new apps.AppsV1ApiRequestFactory(config);
  const pods = new core.CoreV1ApiRequestFactory(config);
  return {
    readDeployment: async (name, namespace) =>
      built(await deployments.readNamespacedDeployment(name, namespace)),
    patchDeployment: async ({ name, namespace, body, dryRun }) => {
      const dry = dryRun ? "All" : undefined;
      const manager = FIELD_MANAGER;
      return built(
        await deployments.patchNamespacedDeployment(name, namespace, body, undefined, dry, manager),
      );
    },
    listPods: async ({ namespace, labels, limit }) => {
      const selector = Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(",");
      const none = undefined;
      return built(await pods.listNamespacedPod(namespace, none, none, none, none, selector, limit));
    },
  };
}

/** The factories take the first type that the API server knows, which is JSON patch; ours is another one. */
function built(context: RequestContext): BuiltRequest {
  const { "Content-Type": _type, ...headers } = context.getHeaders();
  const body = context.getBody();
  return {
    method: context.getHttpMethod() === "PATCH" ? "PATCH" : "GET",
    url: context.getUrl(),
    headers,
    ...(typeof body === "string" ? { body: { text: body, contentType: STRATEGIC } } : {}),
  };
}
