import type { Client } from "./client.ts";
import { failureOf, type Trouble, troubleOf } from "./errors.ts";
import { type Deployment, type Pod, parseDeployment, parsePodList } from "./schema.ts";

export type DeploymentReading = { outcome: "read"; deployment: Deployment } | Trouble;

/** One deployment as it stands; never throws. */
export async function readDeployment(client: Client, name: string): Promise<DeploymentReading> {
  try {
    return deploymentIn(await client.readDeployment(name), client, "get");
  } catch (error) {
    return failureOf(error);
  }
}

/** Sends a patch, and tells the deployment that came of it; never throws. */
export async function patchDeployment(
  client: Client,
  name: string,
  patch: { body: unknown; dryRun: boolean },
): Promise<DeploymentReading> {
  try {
    return deploymentIn(await client.patchDeployment(name, patch.body, patch.dryRun), client, "patch");
  } catch (error) {
    return failureOf(error);
  }
}

function deploymentIn(
  answer: Awaited<ReturnType<Client["readDeployment"]>>,
  { namespace }: Client,
  verb: "get" | "patch",
): DeploymentReading {
  if (answer.status !== 200) return troubleOf(answer, { verb, resource: "deployments.apps", namespace });
  const parsed = parseDeployment(answer.body);
  if (parsed.outcome === "read") return { outcome: "read", deployment: parsed.value };
  return { outcome: "open", message: `the answer is no deployment (${parsed.where})` };
}

/** The pods of a deployment, or why they cannot be seen; never throws. */
export async function readPods(
  client: Client,
  { spec }: Deployment,
): Promise<{ outcome: "read"; pods: Pod[] } | Trouble> {
  const labels = spec.selector.matchLabels ?? {};
  // Without labels all pods of the namespace would be listed.
  if (Object.keys(labels).length === 0) return { outcome: "read", pods: [] };
  try {
    const answer = await client.listPods(labels);
    const { namespace } = client;
    if (answer.status !== 200) return troubleOf(answer, { verb: "list", resource: "pods", namespace });
    const parsed = parsePodList(answer.body);
    if (parsed.outcome === "read") return { outcome: "read", pods: parsed.value.items };
    return { outcome: "open", message: `the answer is no list of pods (${parsed.where})` };
  } catch (error) {
    return failureOf(error);
  }
}
