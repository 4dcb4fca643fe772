import Type from "typebox";
import { TYPE_NAME } from "../../core/events/index.ts";
import { AnyObject, shaped } from "./schema.ts";

const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1 });
const TypeName = shaped(
  TYPE_NAME.source,
  "应以字母开头，由字母、数字、_ . - 组成，最多 100 个字符",
  "must start with a letter, then letters, digits, _ . - and at most 100 characters",
);
/** event-types/*.yaml */
export const EventTypeShape = Type.Object(
  {
    type: TypeName,
    title: Text,
    owner: Text,
    subject: Type.Optional(Text),
    schema: Type.Optional(AnyObject),
    strict: Type.Optional(Type.Boolean()),
    keep: Type.Optional(Text),
  },
  closed,
);

const MappingShape = Type.Object(
  {
    when: Type.Optional(Type.Record(Type.String(), Type.String())),
    type: Text,
    detail: Type.Optional(AnyObject),
  },
  closed,
);

const LimitsShape = Type.Object(
  {
    perSecond: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1_000_000,
        says: "应大于 0，最多 1000000",
        saysEn: "must be above 0 and at most 1000000",
      }),
    ),
    burst: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        says: "应为 1 到 1000000",
        saysEn: "must be from 1 to 1000000",
      }),
    ),
    maxBytes: Type.Optional(
      Type.Integer({
        minimum: 1024,
        maximum: 67_108_864,
        says: "应为 1024 到 67108864 字节",
        saysEn: "must be from 1024 to 67108864 bytes",
      }),
    ),
  },
  closed,
);

/** sources/*.yaml; `auth` has shapes of its own. */
export const SourceShape = Type.Object(
  {
    name: shaped(
      "^[a-z0-9][a-z0-9_-]{0,63}$",
      "是地址的一部分，应为小写字母、数字、_ -，最多 64 个字符",
      "is part of the address: lower-case letters, digits, _ - and at most 64 characters",
    ),
    kind: Text,
    auth: Type.Unknown(),
    map: Type.Optional(Type.Array(MappingShape)),
    default: Type.Optional(Text),
    allow: Type.Optional(Type.Array(Text, { minItems: 1 })),
    limits: Type.Optional(LimitsShape),
    zone: Type.Optional(Text),
    incidentWindow: Type.Optional(Text),
    options: Type.Optional(AnyObject),
  },
  closed,
);

export type EventTypeFile = Type.Static<typeof EventTypeShape>;
export type SourceFile = Type.Static<typeof SourceShape>;
