import Type from "typebox";
import { REASON_MODES, REJECT_MODES } from "../../core/approvals/index.ts";
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
export function shaped(pattern: string, says: string, saysEn: string) {
  return Type.String({ pattern, says, saysEn });
}

const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1 });
export const Id = shaped(
  "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$",
  "应为字母、数字、_ . -，最多 64 个字符",
  "must be letters, digits, _ . - and at most 64 characters",
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
const Duration = shaped(
  "^[1-9]\\d{0,5}(s|m|h|d)$",
  "应为时长，如 30s、10m、1h",
  "must be a duration such as 30s, 10m, 1h",
);

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

const GroupName = shaped(
  "^[\\p{L}\\p{N}][\\p{L}\\p{N} _.-]{0,19}$",
  "应为字母、汉字、数字、空格、_ . -，最多 20 个字符",
  "must be letters, digits, spaces, _ . - and at most 20 characters",
);

const ApproversShape = Type.Object(
  { name: GroupName, from: PeopleShape, need: Type.Optional(Count) },
  closed,
);

/** One step of `escalate`. */
export const StepShape = Type.Object(
  { after: Text, to: PeopleShape, need: Type.Optional(Count), timeout: Type.Optional(Text) },
  closed,
);

/** `from` and `need` are the short form of one group; a single step may stand without a list. */
export const ApprovalShape = Type.Object(
  {
    from: Type.Optional(PeopleShape),
    need: Type.Optional(Count),
    groups: Type.Optional(Type.Array(ApproversShape, { minItems: 1, maxItems: 5 })),
    reject: Type.Optional(Type.Enum([...REJECT_MODES])),
    reason: Type.Optional(Type.Enum([...REASON_MODES])),
    selfApproval: Type.Optional(
      Type.Literal(false, {
        says: "只能是 false：任何人都不能批准自己发起的任务",
        saysEn: "can only be false: nobody approves what they asked for",
      }),
    ),
    timeout: Type.Optional(Text),
    onTimeout: Type.Optional(Type.Enum(["reject", "escalate"])),
    escalate: Type.Optional(Type.Unknown()),
    policy: Type.Optional(Text),
    group: Type.Optional(Text),
  },
  closed,
);

const RowShape = Type.Object({ label: Text, value: Text }, closed);
export const AnyObject = Type.Record(Type.String(), Type.Unknown());

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

const ChoiceShape = Type.Object(
  {
    name: Text,
    title: Text,
    options: Type.Array(
      Type.Object(
        { id: OfferId, text: Text, value: Type.Unknown(), dangerous: Type.Optional(Type.Boolean()) },
        closed,
      ),
      { minItems: 1 },
    ),
    preselected: Type.Optional(OfferId),
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

/** Name of a pack → range of versions. */
export const PackNeedsShape = Type.Record(
  Type.String({ pattern: "^[A-Za-z0-9_-]+$" }),
  Type.String({ minLength: 1, maxLength: 100 }),
  {
    minProperties: 1,
    says: "至少写一个 Pack 和它的版本范围，不需要就不写 packs",
    saysEn: "name at least one pack and its range of versions, or leave out packs",
  },
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
    packs: Type.Optional(PackNeedsShape),
    targets: Type.Optional(Type.Array(Text)),
    params: Type.Optional(AnyObject),
    choices: Type.Optional(Type.Array(ChoiceShape, { minItems: 1 })),
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

/** policies/*.yaml; the three that `whale policies approve` writes may be missing. */
export const PolicyShape = Type.Object(
  {
    id: Id,
    actions: Type.Array(ActionRef, { minItems: 1 }),
    mode: Type.Enum(["auto"]),
    expires: Type.Optional(Text),
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
    canary: Type.Optional(Type.Object({ every: Duration, within: Type.Optional(Duration) }, closed)),
    labels: Type.Optional(Type.Record(Type.String(), Text)),
    weight: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    capacity: Type.Optional(Count),
    allow: Type.Optional(Type.Array(Text, { minItems: 1 })),
    report: Type.Optional(Type.Object({ group: Text }, closed)),
    deploy: Type.Optional(Type.Unknown()),
  },
  closed,
);

const ChatId = shaped(
  "^[0-9A-Za-z_.@=-]{1,128}$",
  "应为群的 chatid：字母、数字、_ . @ = -，区分大小写",
  "must be the group's chatid: letters, digits, _ . @ = -, in their case",
);
const RobotKey = shaped(
  "^[0-9A-Za-z_-]{1,128}$",
  "只写 Webhook 地址里 key= 后面的一段",
  "must be what stands behind key= in the webhook address alone",
);

const GroupShape = Type.Object(
  { appchat: Type.Optional(ChatId), robot: Type.Optional(RobotKey), aibot: Type.Optional(ChatId) },
  {
    ...closed,
    minProperties: 1,
    maxProperties: 1,
    says: "appchat、robot、aibot 写且只写一个",
    saysEn: "name one of appchat, robot and aibot",
  },
);

/** groups.yaml: name → where it is. */
export const GroupsShape = Type.Record(Type.String(), GroupShape);

export type RuleFile = Type.Static<typeof RuleShape>;
export type PolicyFile = Type.Static<typeof PolicyShape>;
export type ClusterFile = Type.Static<typeof ClusterShape>;
export type ThrottlesFile = Type.Static<typeof ThrottlesShape>;
export type GroupsFile = Type.Static<typeof GroupsShape>;
export type StepFile = Type.Static<typeof StepShape>;
export type ApprovalFile = Type.Static<typeof ApprovalShape>;
export type ChoiceFile = Type.Static<typeof ChoiceShape>;
export type OfferFile = Type.Static<typeof OfferShape>;
