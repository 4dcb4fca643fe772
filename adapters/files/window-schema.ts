import Type from "typebox";
import { Id } from "./schema.ts";
import { SpansShape } from "./span-schema.ts";

const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1 });

const Patterns = Type.Array(Text, { minItems: 1 });

const MatchShape = Type.Object(
  {
    rules: Type.Optional(Patterns),
    businesses: Type.Optional(Patterns),
    types: Type.Optional(Patterns),
    sources: Type.Optional(Patterns),
    subjects: Type.Optional(Patterns),
    labels: Type.Optional(Type.Record(Type.String(), Patterns)),
  },
  {
    ...closed,
    minProperties: 1,
    says: '至少写 rules、businesses、types、sources、subjects、labels 之一；全部用 rules: ["*"]',
    saysEn:
      'name at least one of rules, businesses, types, sources, subjects, labels; rules: ["*"] is everything',
  },
);

/** windows/*.yaml */
export const WindowShape = Type.Object(
  {
    id: Id,
    title: Text,
    why: Type.Optional(Text),
    zone: Type.Optional(Text),
    at: SpansShape,
    match: MatchShape,
  },
  closed,
);

export type WindowFile = Type.Static<typeof WindowShape>;
