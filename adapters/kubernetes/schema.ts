import { type Static, type TSchema, Type } from "typebox";
import { Compile } from "typebox/compile";

const Text = Type.String();
const Texts = Type.Record(Text, Text);
const May = Type.Optional;

const Container = Type.Object({
  name: Text,
  image: May(Text),
  volumeMounts: May(Type.Array(Type.Object({ name: May(Text), mountPath: Text }))),
});

const Condition = Type.Object({ type: Text, status: Text, reason: May(Text), message: May(Text) });

/** What is read of a deployment; counts of none are left out of answers. */
const DeploymentShape = Type.Object({
  metadata: Type.Object({ name: Text, resourceVersion: Text, generation: May(Type.Integer()) }),
  spec: Type.Object({
    replicas: May(Type.Integer()),
    paused: May(Type.Boolean()),
    selector: Type.Object({ matchLabels: May(Texts) }),
    template: Type.Object({
      metadata: May(Type.Object({ annotations: May(Texts) })),
      spec: Type.Object({
        containers: Type.Array(Container),
        initContainers: May(Type.Array(Container)),
      }),
    }),
  }),
  status: May(
    Type.Object({
      observedGeneration: May(Type.Integer()),
      replicas: May(Type.Integer()),
      updatedReplicas: May(Type.Integer()),
      availableReplicas: May(Type.Integer()),
      conditions: May(Type.Array(Condition)),
    }),
  ),
});

const ContainerStatus = Type.Object({
  name: Text,
  image: May(Text),
  restartCount: May(Type.Integer()),
  state: May(
    Type.Object({
      waiting: May(Type.Object({ reason: May(Text), message: May(Text) })),
      terminated: May(Type.Object({ exitCode: May(Type.Integer()), reason: May(Text), message: May(Text) })),
    }),
  ),
});

const PodShape = Type.Object({
  metadata: Type.Object({ name: Text, annotations: May(Texts), deletionTimestamp: May(Text) }),
  status: May(
    Type.Object({
      phase: May(Text),
      reason: May(Text),
      message: May(Text),
      conditions: May(Type.Array(Condition)),
      initContainerStatuses: May(Type.Array(ContainerStatus)),
      containerStatuses: May(Type.Array(ContainerStatus)),
    }),
  ),
});

const PodListShape = Type.Object({ items: Type.Array(PodShape) });

/** How the API server says that it does not do what it was asked for. */
const StatusShape = Type.Object({
  kind: Type.Literal("Status"),
  message: May(Text),
  reason: May(Text),
  details: May(Type.Object({ name: May(Text), group: May(Text), kind: May(Text) })),
});

export type Deployment = Static<typeof DeploymentShape>;
export type Container = Static<typeof Container>;
export type ContainerStatus = Static<typeof ContainerStatus>;
export type Pod = Static<typeof PodShape>;
export type FailureStatus = Static<typeof StatusShape>;

/** A value that was read, or where it is not what it should be. */
export type Parsed<T> = { outcome: "read"; value: T } | { outcome: "malformed"; where: string };

function parserOf<T extends TSchema>(schema: T): (value: unknown) => Parsed<Static<T>> {
  const check = Compile(schema);
  return (value) => {
    if (check.Check(value)) return { outcome: "read", value };
    const [first] = check.Errors(value);
    return {
      outcome: "malformed",
      where: `${first?.instancePath || "/"} ${first?.message ?? "does not fit"}`,
    };
  };
}

export const parseDeployment = parserOf(DeploymentShape);
export const parsePodList = parserOf(PodListShape);
const parseStatus = parserOf(StatusShape);

/** The server's own words for a failure; null when the answer is none of an API server. */
export function statusOf(body: unknown): FailureStatus | null {
  const parsed = parseStatus(body);
  return parsed.outcome === "read" ? parsed.value : null;
}
