import Type from "typebox";
import { ISOLATIONS } from "../../core/clusters/index.ts";
import { SEVERITIES } from "../../core/events/index.ts";
import { Id, PackNeedsShape } from "./schema.ts";

const closed = { additionalProperties: false } as const;
const Patterns = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });

const WhenShape = Type.Object(
  {
    businesses: Type.Optional(Patterns),
    actions: Type.Optional(Patterns),
    types: Type.Optional(Patterns),
    severities: Type.Optional(Type.Array(Type.Enum([...SEVERITIES]), { minItems: 1 })),
    labels: Type.Optional(Type.Record(Type.String(), Patterns)),
  },
  {
    ...closed,
    minProperties: 1,
    says: "至少写 businesses、actions、types、severities、labels 之一；全部任务就不写 when",
    saysEn:
      "name at least one of businesses, actions, types, severities, labels; without when it takes every task",
  },
);

/** What stands in `to` is checked by hand: a name or labels. */
const RouteShape = Type.Object(
  {
    name: Id,
    when: Type.Optional(WhenShape),
    to: Type.Array(Type.Unknown(), { minItems: 1 }),
    isolation: Type.Optional(Type.Enum([...ISOLATIONS])),
    packs: Type.Optional(PackNeedsShape),
  },
  closed,
);

/** routing.yaml */
export const RoutingShape = Type.Object({ routes: Type.Array(RouteShape) }, closed);

export type RoutingFile = Type.Static<typeof RoutingShape>;
