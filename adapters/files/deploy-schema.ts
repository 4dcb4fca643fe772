import Type from "typebox";
import { ActionRef, Id, shaped } from "./schema.ts";

const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1 });
const ResourceName = shaped(
  "^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$",
  "应为 Kubernetes 的名字：小写字母、数字、- 和 .",
  "must be a name of Kubernetes: lower-case letters, digits, - and .",
);
const Token = Type.String({
  pattern: "^[\\x21-\\x7e]+$",
  says: "应为可见的 ASCII 字符，不能有空白",
  saysEn: "must be visible ASCII characters without white space",
});
const HostName = shaped(
  "^[A-Za-z0-9]([A-Za-z0-9_.:-]{0,252}[A-Za-z0-9])?$",
  "应为主机名或地址",
  "must be the name or address of a host",
);

/** A field for each part of a cluster that a release changes. */
function byRole<T extends ReturnType<typeof Type.Array>>(of: T) {
  const part = Type.Optional(of);
  return { workers: part, api: part, client: part, sensors: part };
}

const Workloads = Type.Array(
  Type.Object({ workload: ResourceName, container: Type.Optional(ResourceName) }, closed),
);

/** `deploy` of a cluster in Kubernetes. */
export const KubernetesShape = Type.Object(
  {
    kind: Type.Literal("kubernetes"),
    api: Text,
    namespace: ResourceName,
    helmRelease: ResourceName,
    token: Type.Optional(Token),
    tokenFile: Type.Optional(Text),
    caFile: Type.Optional(Text),
    initContainer: Type.Optional(ResourceName),
    parts: Type.Optional(Type.Object(byRole(Workloads), closed)),
  },
  closed,
);

const Hosts = Type.Array(HostName, { minItems: 1, maxItems: 500 });

/** `deploy` of a cluster on plain hosts. */
export const HostsShape = Type.Object(
  {
    kind: Type.Literal("hosts"),
    hosts: Type.Object(byRole(Hosts), {
      ...closed,
      minProperties: 1,
      says: "至少写 workers、api、client、sensors 之一",
      saysEn: "name workers, api, client or sensors",
    }),
    action: ActionRef,
    stateAction: ActionRef,
    via: Type.Optional(Id),
    atOnce: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    timeout: Type.Optional(Text),
  },
  closed,
);

export type KubernetesFile = Type.Static<typeof KubernetesShape>;
export type HostsFile = Type.Static<typeof HostsShape>;
export type DeployFile = KubernetesFile | HostsFile;
