import type { Deploy, HostsDeploy, KubernetesDeploy, Workload } from "../../core/clusters/index.ts";
import type { Role } from "../../core/releases/index.ts";
import { parseDuration } from "../../core/time/index.ts";
import type { DeployFile, HostsFile, KubernetesFile } from "./deploy-schema.ts";

/** What the chart `stackstorm-ha` calls the services that need the packs' files (reference/stackstorm.md 13.1). */
const SERVICES: Readonly<Record<Role, string>> = {
  workers: "st2actionrunner",
  api: "st2api",
  client: "st2client",
  sensors: "st2sensorcontainer",
};

const HOST_TIMEOUT_MS = 600_000;

/** A checked `deploy`, with what holds where it says nothing. */
export function readDeploy(file: DeployFile): Deploy {
  return file.kind === "kubernetes" ? kubernetesOf(file) : hostsOf(file);
}

function kubernetesOf(file: KubernetesFile): KubernetesDeploy {
  const { kind, api, namespace, token, tokenFile, caFile, initContainer } = file;
  const workloads = (role: Role) => workloadsOf(file, role);
  return {
    ...{ kind, api, namespace },
    token: token === undefined ? { file: tokenFile ?? "" } : { text: token },
    ...(caFile === undefined ? {} : { caFile }),
    ...(initContainer === undefined ? {} : { initContainer }),
    workloads: {
      workers: workloads("workers"),
      api: workloads("api"),
      client: workloads("client"),
      sensors: workloads("sensors"),
    },
  };
}

function workloadsOf({ helmRelease, parts }: KubernetesFile, role: Role): Workload[] {
  const named = parts?.[role];
  const service = SERVICES[role];
  if (!named) return [{ name: `${helmRelease}-${service}`, container: service, named: false }];
  return named.map(({ workload, container }) => ({
    name: workload,
    container: container ?? service,
    named: true,
  }));
}

function hostsOf({ kind, hosts, action, stateAction, via, atOnce, timeout }: HostsFile): HostsDeploy {
  return {
    ...{ kind, action, stateAction },
    hosts: {
      workers: hosts.workers ?? [],
      api: hosts.api ?? [],
      client: hosts.client ?? [],
      sensors: hosts.sensors ?? [],
    },
    ...(via === undefined ? {} : { via }),
    atOnce: atOnce ?? 1,
    timeoutMs: (timeout === undefined ? null : parseDuration(timeout)) ?? HOST_TIMEOUT_MS,
  };
}
