import Type from "typebox";
import { ApprovalShape, Id, PeopleShape, shaped } from "./schema.ts";

const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1 });
const ActionPattern = shaped(
  "^(\\*|[A-Za-z0-9_*-]+\\.[A-Za-z0-9_.*-]+)$",
  "应写成 包名.动作名，* 代表任意字符，如 disk.*",
  "must be pack.name, in which * stands for any characters, such as disk.*",
);

const ReportShape = Type.Object(
  { to: Type.Optional(PeopleShape), group: Type.Optional(Text) },
  { ...closed, minProperties: 1, says: "至少写 to、group 之一", saysEn: "name to or group" },
);

const GrantShape = Type.Object(
  {
    id: Id,
    title: Type.Optional(Text),
    actions: Type.Array(ActionPattern, { minItems: 1 }),
    business: Id,
    by: Type.Optional(PeopleShape),
    targets: Type.Optional(Type.Array(Text)),
    approval: ApprovalShape,
    report: Type.Optional(ReportShape),
    startWithin: Type.Optional(Text),
  },
  closed,
);

/** runs.yaml */
export const RunsShape = Type.Object({ runs: Type.Array(GrantShape) }, closed);

export type RunsFile = Type.Static<typeof RunsShape>;
