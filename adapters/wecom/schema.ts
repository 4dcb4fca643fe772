import { type Static, type TSchema, Type } from "typebox";
import { Compile } from "typebox/compile";
import { badAnswer } from "./errors.ts";

/** Checks one kind of answer. */
export interface AnswerShape<T> {
  /** The answer with the fields we use. Throws `wecom.bad_answer` naming the path of a wrong type. */
  parse(api: string, body: unknown): T;
}

/** Compiles the check of an answer. */
export function shape<S extends TSchema>(schema: S): AnswerShape<Static<S>> {
  const validator = Compile(schema);
  return {
    parse(api, body) {
      if (validator.Check(body)) return body as Static<S>;
      const path = validator.Errors(body)[0]?.instancePath || "/";
      throw badAnswer(api, `has a wrong or missing field: ${path}`);
    },
  };
}

const Text = Type.String();
const OptionalText = Type.Optional(Type.String());

/** What every answer has. */
export const anyAnswer = shape(Type.Object({ errcode: Type.Optional(Type.Integer()), errmsg: OptionalText }));

/** `gettoken`. */
export const tokenAnswer = shape(
  Type.Object({ access_token: Type.String({ minLength: 1 }), expires_in: Type.Integer({ minimum: 1 }) }),
);

/** `message/send`: lists of people are joined by `|` here. */
export const sendAnswer = shape(
  Type.Object({
    invaliduser: OptionalText,
    unlicenseduser: OptionalText,
    msgid: OptionalText,
    response_code: OptionalText,
  }),
);

/** `media/upload`. */
export const uploadAnswer = shape(Type.Object({ media_id: Type.String({ minLength: 1 }) }));

/** `message/update_template_card`: the list of people is an array here. */
export const updateAnswer = shape(
  Type.Object({ invaliduser: Type.Optional(Type.Union([Type.Array(Text), Text])) }),
);

/** `user/get`. */
export const userAnswer = shape(
  Type.Object({
    userid: Text,
    name: OptionalText,
    department: Type.Optional(Type.Array(Type.Integer())),
    status: Type.Integer(),
  }),
);

/** `user/simplelist`. */
export const memberListAnswer = shape(Type.Object({ userlist: Type.Array(Type.Object({ userid: Text })) }));

/** `tag/get`. */
export const tagAnswer = shape(
  Type.Object({
    userlist: Type.Optional(Type.Array(Type.Object({ userid: Text }))),
    partylist: Type.Optional(Type.Array(Type.Integer())),
  }),
);

/** `tag/list`. */
export const tagListAnswer = shape(
  Type.Object({ taglist: Type.Array(Type.Object({ tagid: Type.Integer(), tagname: Text })) }),
);

/** `auth/getuserinfo`: `userid` of a member, `openid` of everybody else. */
export const loginAnswer = shape(Type.Object({ userid: OptionalText, openid: OptionalText }));

const MenuButton = { key: OptionalText };

/** `menu/get`. */
export const menuAnswer = shape(
  Type.Object({
    button: Type.Array(
      Type.Object({ ...MenuButton, sub_button: Type.Optional(Type.Array(Type.Object(MenuButton))) }),
    ),
  }),
);

/** What tells nothing beside its errcode. */
export const nothingMore = shape(Type.Object({}));
/** `agent/get`: the scope's lists may be missing when they are empty. */
export const agentAnswer = shape(
  Type.Object({
    name: OptionalText,
    close: Type.Optional(Type.Integer()),
    redirect_domain: OptionalText,
    allow_userinfos: Type.Optional(
      Type.Object({ user: Type.Optional(Type.Array(Type.Object({ userid: Text }))) }),
    ),
    allow_partys: Type.Optional(Type.Object({ partyid: Type.Optional(Type.Array(Type.Integer())) })),
    allow_tags: Type.Optional(Type.Object({ tagid: Type.Optional(Type.Array(Type.Integer())) })),
  }),
);

/** `appchat/get`. */
export const groupAnswer = shape(
  Type.Object({ chat_info: Type.Object({ name: OptionalText, userlist: Type.Array(Text) }) }),
);
