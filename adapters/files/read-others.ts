import type { Cluster } from "../../core/clusters/index.ts";
import type { EventType } from "../../core/events/index.ts";
import type { Group } from "../../core/groups/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import type { Policy } from "../../core/policies/index.ts";
import { parseDuration } from "../../core/time/index.ts";
import type { DeployFile } from "./deploy-schema.ts";
import { readDeploy } from "./read-deploy.ts";
import type { ClusterFile, GroupsFile, PolicyFile } from "./schema.ts";
import type { EventTypeFile } from "./source-schema.ts";

/** A checked file as an event type. */
export function readEventType(file: EventTypeFile): EventType {
  const { type, title, owner, subject, schema, strict, keep } = file;
  const keepMs = keep === undefined ? null : parseDuration(keep);
  return {
    type,
    title,
    owner,
    ...(subject === undefined ? {} : { subject }),
    ...(schema === undefined ? {} : { schema: schema as JsonObject }),
    strict: strict ?? false,
    ...(keepMs === null ? {} : { keepMs }),
  };
}

/** A checked groups.yaml. */
export function readGroups(file: GroupsFile): Record<string, Group> {
  return Object.fromEntries(Object.entries(file).map(([name, place]) => [name, groupOf(place)]));
}

function groupOf({ appchat, robot, aibot }: GroupsFile[string]): Group {
  if (robot !== undefined) return { kind: "robot", key: robot };
  return aibot === undefined ? { kind: "appchat", chatId: appchat ?? "" } : { kind: "aibot", chatId: aibot };
}

/** A checked file as a policy; one that nobody has approved yet has an empty digest, which counts for nothing. */
export function readPolicy(file: PolicyFile): Policy {
  const { id, actions, mode, approvedBy, approvedAt, expires, digest } = file;
  return {
    ...{ id, actions, mode },
    expires: expires ?? "",
    approvedBy: approvedBy ?? "",
    approvedAt: approvedAt ?? "",
    digest: digest ?? "",
  };
}

/** A checked file as a cluster. */
export function readCluster(file: ClusterFile): Cluster {
  const { name, api, authUrl, streamUrl, auth, zone, labels, businesses, priority } = file;
  const { weight, capacity, allow, canary, report, deploy } = file;
  return {
    name,
    api,
    ...(authUrl === undefined ? {} : { authUrl }),
    ...(streamUrl === undefined ? {} : { streamUrl }),
    auth: credentialsOf(auth),
    ...(zone === undefined ? {} : { zone }),
    businesses: businesses ?? [],
    priority: priority ?? 0,
    ...(canary === undefined ? {} : { canary: canaryOf(canary) }),
    ...(labels === undefined ? {} : { labels }),
    ...(weight === undefined ? {} : { weight }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(allow === undefined ? {} : { allow }),
    ...(report === undefined ? {} : { report }),
    ...(deploy === undefined ? {} : { deploy: readDeploy(deploy as DeployFile) }),
  };
}

const CANARY_WITHIN_MS = 30_000;

function canaryOf({ every, within }: NonNullable<ClusterFile["canary"]>): NonNullable<Cluster["canary"]> {
  const withinMs = within === undefined ? null : parseDuration(within);
  return { everyMs: parseDuration(every) ?? 0, withinMs: withinMs ?? CANARY_WITHIN_MS };
}

function credentialsOf(auth: ClusterFile["auth"]): Cluster["auth"] {
  if (auth.apiKey !== undefined) return { kind: "apiKey", apiKey: auth.apiKey };
  return { kind: "password", user: auth.user ?? "", password: auth.password ?? "" };
}
