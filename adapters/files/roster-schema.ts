import Type from "typebox";
import { ActionRef, Id } from "./schema.ts";

const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1 });

const RotationShape = Type.Object(
  // A turn is a userid or a list of them; `checkRoster` looks at each.
  { start: Text, handover: Text, every: Text, people: Type.Array(Type.Unknown(), { minItems: 1 }) },
  closed,
);

const ShiftShape = Type.Object({ from: Text, to: Text, people: Type.Array(Text, { minItems: 1 }) }, closed);

const LookupShape = Type.Object(
  {
    http: Type.Optional(Type.Object({ url: Text, bearer: Type.Optional(Text), users: Text }, closed)),
    action: Type.Optional(ActionRef),
    cluster: Type.Optional(Text),
    params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    users: Type.Optional(Text),
    cache: Type.Optional(Text),
  },
  closed,
);

/** rosters/*.yaml */
export const RosterShape = Type.Object(
  {
    name: Id,
    title: Text,
    timezone: Type.Optional(Text),
    rotation: Type.Optional(RotationShape),
    shifts: Type.Optional(Type.Array(ShiftShape, { minItems: 1, maxItems: 500 })),
    overlap: Type.Optional(Text),
    lookup: Type.Optional(LookupShape),
  },
  closed,
);

export type RosterFile = Type.Static<typeof RosterShape>;
