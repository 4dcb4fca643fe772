import Type from "typebox";
import { Id, PeopleShape } from "./schema.ts";

const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1 });
const Rights = Type.Array(Text, { minItems: 1 });
const Reached = Type.Array(
  Type.String({
    pattern: "^(?:[A-Za-z0-9][A-Za-z0-9_.-]{0,99}\\*?|\\*)$",
    says: "应为字母、数字、_ . -，* 只能在末尾",
    saysEn: "must be letters, digits, _ . - with * at the end alone",
  }),
  { minItems: 1 },
);

const ReachShape = Type.Object(
  {
    types: Type.Optional(Reached),
    businesses: Type.Optional(Reached),
    rules: Type.Optional(Reached),
    clusters: Type.Optional(Reached),
  },
  {
    ...closed,
    minProperties: 1,
    says: "至少写 types、businesses、rules、clusters 之一；不限就不写 on",
    saysEn: "name types, businesses, rules or clusters; without a bound leave on out",
  },
);

const RoleShape = Type.Object(
  { name: Id, of: PeopleShape, rights: Rights, on: Type.Optional(ReachShape) },
  closed,
);

const TokenShape = Type.Object(
  {
    id: Id,
    hash: Type.String({
      pattern: "^[0-9a-f]{64}$",
      says: "应为令牌的 SHA-256（64 位小写十六进制），不是令牌本身；见 whale tokens new",
      saysEn:
        "must be the token's SHA-256 in 64 lower-case hex digits, not the token itself; see whale tokens new",
    }),
    user: Text,
    rights: Rights,
    expires: Text,
  },
  closed,
);

/** roles.yaml */
export const RolesShape = Type.Object({ roles: Type.Array(RoleShape) }, closed);

/** tokens.yaml */
export const TokensShape = Type.Object({ tokens: Type.Array(TokenShape) }, closed);

export type RolesFile = Type.Static<typeof RolesShape>;
export type TokensFile = Type.Static<typeof TokensShape>;
