import Type, { type TSchema } from "typebox";

const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1 });
const Token = Type.String({
  minLength: 1,
  pattern: "^\\S*$",
  says: "不能为空，不能有空白",
  saysEn: "must not be empty and must hold no white space",
});
const Secret = Type.String({
  minLength: 1,
  pattern: "\\S",
  says: "不能为空",
  saysEn: "must not be empty",
});
const HeaderName = Type.String({
  pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$",
  says: "应为请求头的名字，如 X-Token",
  saysEn: "must be the name of a header such as X-Token",
});
const User = Type.String({
  pattern: "^[^:]+$",
  says: "不能为空，不能有冒号",
  saysEn: "must not be empty and must hold no colon",
});
const WindowSeconds = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: 86_400,
    says: "应为 1 到 86400 秒",
    saysEn: "must be from 1 to 86400 seconds",
  }),
);
const Topics = Type.Object(
  { topics: Type.Array(Text, { minItems: 1 }), windowSeconds: WindowSeconds },
  closed,
);
const Hmac = Type.Object(
  {
    secret: Secret,
    signatureHeader: Type.Optional(HeaderName),
    timestampHeader: Type.Optional(HeaderName),
    windowSeconds: WindowSeconds,
    algorithm: Type.Optional(Type.Enum(["sha256"])),
    encoding: Type.Optional(Type.Enum(["hex", "base64"])),
    prefix: Type.Optional(Text),
    signed: Type.Optional(Type.Enum(["timestamp.body", "timestamp:body", "body"])),
  },
  closed,
);
const Grafana = Type.Object(
  {
    secret: Secret,
    signatureHeader: Type.Optional(HeaderName),
    timestampHeader: Type.Optional(HeaderName),
    windowSeconds: WindowSeconds,
  },
  closed,
);
const Query = Type.Object({ name: Type.Optional(Text), token: Secret }, closed);
const Header = Type.Object({ name: HeaderName, value: Secret }, closed);
const Basic = Type.Object({ user: User, password: Secret }, closed);

/** A source's `auth` where it is not the word `none`, by the one key that it has. */
export const AUTH_SHAPES = {
  bearer: Type.Object({ bearer: Token }, closed),
  basic: Type.Object({ basic: Basic }, closed),
  query: Type.Object({ query: Query }, closed),
  header: Type.Object({ header: Header }, closed),
  hmac: Type.Object({ hmac: Hmac }, closed),
  grafana: Type.Object({ grafana: Grafana }, closed),
  sns: Type.Object({ sns: Topics }, closed),
  smn: Type.Object({ smn: Topics }, closed),
} satisfies Record<string, TSchema>;

export type AuthForm = keyof typeof AUTH_SHAPES;

export type HmacFile = Type.Static<typeof Hmac>;
export type GrafanaFile = Type.Static<typeof Grafana>;
export type TopicsFile = Type.Static<typeof Topics>;

/** What a source's `auth` holds once its shape is right: one of these. */
export interface AuthFile {
  bearer?: string;
  basic?: Type.Static<typeof Basic>;
  query?: Type.Static<typeof Query>;
  header?: Type.Static<typeof Header>;
  hmac?: HmacFile;
  grafana?: GrafanaFile;
  sns?: TopicsFile;
  smn?: TopicsFile;
}
