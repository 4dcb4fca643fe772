import Type from "typebox";
import { TYPE_NAME } from "../../core/events/index.ts";
import {
  ITEM_QUANTIFIERS,
  ON_RECOVERY,
  OPERATOR_WORDS,
  RULE_MODES,
  SEARCH_CONDITIONS,
} from "../../core/rules/index.ts";
import { SHARED_BY } from "../../core/throttle/index.ts";
import { ScheduleShape } from "./span-schema.ts";

/** Text that must look a certain way; `says` is the sentence for people in Chinese, `saysEn` in English. */
function shaped(pattern: string, says: string, saysEn: string) {
  return Type.String({ pattern, says, saysEn });
}

const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1 });
export const Id = shaped(
  "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$",
  "应为字母、数字、_ . -，最多 64 个字符",
  "must be letters, digits, _ . - and at most 64 characters",
);
const TypeName = shaped(
  TYPE_NAME.source,
  "应以字母开头，由字母、数字、_ . - 组成，最多 100 个字符",
  "must start with a letter, then letters, digits, _ . - and at most 100 characters",
);
export const ActionRef = shaped(
  "^[A-Za-z0-9_-]+\\.[A-Za-z0-9_.-]+$",
  "应写成 包名.动作名",
  "must be pack.name",
);
const OfferId = shaped(
  "^[a-z0-9-]{1,20}$",
  "应为小写字母、数字、-，1 到 20 个字符",
  "must be lower-case letters, digits, - and 1 to 20 characters",
);
const Count = Type.Integer({ minimum: 1 });

/** Some people: users, a tag, a department, a duty roster. */
export const PeopleShape = Type.Object(
  {
    users: Type.Optional(Type.Array(Text, { minItems: 1 })),
    tag: Type.Optional(Text),
    department: Type.Optional(Count),
    duty: Type.Optional(Text),
  },
  {
    ...closed,
    minProperties: 1,
    says: "至少写 users、tag、department 之一，或值班表 duty",
    saysEn: "name users, tag or department, or the roster duty",
  },
);

const ApprovalShape = Type.Object(
  {
    from: Type.Optional(PeopleShape),
    need: Type.Optional(Count),
    timeout: Type.Optional(Text),
    onTimeout: Type.Optional(Type.Enum(["reject", "escalate"])),
    escalate: Type.Optional(Type.Object({ to: PeopleShape, after: Text }, closed)),
    policy: Type.Optional(Text),
  },
  closed,
);

const RowShape = Type.Object({ label: Text, value: Text }, closed);
const AnyObject = Type.Record(Type.String(), Type.Unknown());

const Members = Type.Array(Type.Unknown(), { minItems: 1 });

/** One of a rule's features or of a group's members: a test, or a group of them. */
export const FeatureShape = Type.Object(
  {
    path: Type.Optional(Text),
    op: Type.Optional(Type.Enum([...OPERATOR_WORDS])),
    value: Type.Optional(Type.Unknown()),
    items: Type.Optional(Type.Enum([...ITEM_QUANTIFIERS])),
    condition: Type.Optional(Type.Enum([...SEARCH_CONDITIONS])),
    any: Type.Optional(Members),
    all: Type.Optional(Members),
    not: Type.Optional(Type.Unknown()),
  },
  closed,
);

/** Of its own `key`, `limit` and `per` go together; a rule may have shared buckets alone. */
const ThrottleShape = Type.Object(
  {
    key: Type.Optional(Text),
    limit: Type.Optional(Count),
    per: Type.Optional(Text),
    burst: Type.Optional(Count),
    coalesce: Type.Optional(Type.Boolean()),
    shared: Type.Optional(Type.Array(Text, { minItems: 1, maxItems: 4 })),
  },
  closed,
);

/** throttles.yaml: name → a bucket for several rules. */
export const ThrottlesShape = Type.Record(
  Type.String(),
  Type.Object(
    { by: Type.Optional(Type.Enum([...SHARED_BY])), limit: Count, per: Text, burst: Type.Optional(Count) },
    closed,
  ),
);

const OfferShape = Type.Object(
  {
    id: OfferId,
    title: Text,
    action: ActionRef,
    params: Type.Optional(AnyObject),
    approval: ApprovalShape,
  },
  closed,
);

const ReportShape = Type.Object(
  {
    to: Type.Optional(PeopleShape),
    group: Type.Optional(Text),
    rows: Type.Optional(Type.Array(RowShape)),
  },
  closed,
);

const CardShape = Type.Object(
  { rows: Type.Optional(Type.Array(RowShape, { maxItems: 4 })), text: Type.Optional(Text) },
  closed,
);

/** rules/*.yaml */
export const RuleShape = Type.Object(
  {
    id: Id,
    title: Text,
    on: Type.Array(Text, { minItems: 1 }),
    business: Id,
    owner: Type.Optional(PeopleShape),
    mode: Type.Optional(Type.Enum([...RULE_MODES])),
    schedule: Type.Optional(ScheduleShape),
    features: Type.Optional(Type.Array(Type.Unknown())),
    action: ActionRef,
    targets: Type.Optional(Type.Array(Text)),
    params: Type.Optional(AnyObject),
    throttle: Type.Optional(ThrottleShape),
    forEach: Type.Optional(Text),
    approval: ApprovalShape,
    offers: Type.Optional(Type.Array(OfferShape, { maxItems: 3 })),
    report: Type.Optional(ReportShape),
    card: Type.Optional(CardShape),
    maxAge: Type.Optional(Text),
    startWithin: Type.Optional(Text),
    repeats: Type.Optional(Type.Boolean()),
    onRecovery: Type.Optional(Type.Enum([...ON_RECOVERY])),
    maxRounds: Type.Optional(Count),
  },
  closed,
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

/** policies/*.yaml; the three that `whale policies approve` writes may be missing. */
export const PolicyShape = Type.Object(
  {
    id: Id,
    actions: Type.Array(ActionRef, { minItems: 1 }),
    mode: Type.Enum(["auto"]),
    expires: Text,
    approvedBy: Type.Optional(Text),
    approvedAt: Type.Optional(Text),
    digest: Type.Optional(Text),
  },
  closed,
);

/** clusters/*.yaml */
export const ClusterShape = Type.Object(
  {
    name: Id,
    api: Text,
    authUrl: Type.Optional(Text),
    streamUrl: Type.Optional(Text),
    auth: Type.Object(
      { apiKey: Type.Optional(Text), user: Type.Optional(Text), password: Type.Optional(Text) },
      closed,
    ),
    zone: Type.Optional(Text),
    businesses: Type.Optional(Type.Array(Id)),
    priority: Type.Optional(Type.Integer()),
  },
  closed,
);

const GroupShape = Type.Object(
  { chatId: Type.Optional(Text), robotKey: Type.Optional(Text) },
  { ...closed, minProperties: 1, says: "至少写 chatId、robotKey 之一", saysEn: "name chatId or robotKey" },
);

/** groups.yaml: name → where it is. */
export const GroupsShape = Type.Record(Type.String(), GroupShape);

export type RuleFile = Type.Static<typeof RuleShape>;
export type EventTypeFile = Type.Static<typeof EventTypeShape>;
export type SourceFile = Type.Static<typeof SourceShape>;
export type PolicyFile = Type.Static<typeof PolicyShape>;
export type ClusterFile = Type.Static<typeof ClusterShape>;
export type ThrottlesFile = Type.Static<typeof ThrottlesShape>;
export type GroupsFile = Type.Static<typeof GroupsShape>;
export type ApprovalFile = Type.Static<typeof ApprovalShape>;
export type OfferFile = Type.Static<typeof OfferShape>;
