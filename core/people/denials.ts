import { peopleText } from "./people.ts";
import type { Right } from "./rights.ts";
import type { Role } from "./role.ts";

/** Why somebody may not do something. Closed: each is counted, logged and told. */
export type DenialReason =
  /** No role of this person has the right. */
  | "no_role"
  /** The person came by a token that was not given the right. */
  | "token_lacks_right"
  /** A role has the right, but not on this object. */
  | "outside_scope"
  /** The directory knows the person as left, disabled or not activated. */
  | "inactive"
  /** The directory does not know the person. */
  | "unknown_person"
  /** A role would grant it, but the directory cannot say now whether the person holds it. */
  | "directory_unavailable";

/** The same sentence for people in Chinese and in English. */
export interface DenialWords {
  zh: string;
  en: string;
}

/**
 * Who may do what somebody was denied, and who may let them: the roles that have the right on it, and those that may
 * have changed roles taken up.
 */
export function grantWords(granting: readonly Role[], admins: readonly Role[]): DenialWords {
  const may = rolesText(granting);
  const admin = rolesText(admins);
  return {
    zh: `${may.zh ? `有此权限的角色：${may.zh}。` : "还没有角色有此权限。"}${admin.zh ? `可找：${admin.zh}` : "请找 Whale 的管理员"}。`,
    en: `${may.en ? `Roles that have it: ${may.en}. ` : "No role has it. "}${admin.en ? `To be let, ask: ${admin.en}` : "Ask whoever runs Whale"}.`,
  };
}

function rolesText(roles: readonly Role[]): DenialWords {
  return {
    zh: roles.map(({ name, of }) => `${name}（${peopleText(of)}）`).join("；"),
    en: roles.map(({ name, of }) => `${name} (${peopleText(of)})`).join("; "),
  };
}

/** What was asked for, and the roles of which the directory could not say whether they are held. */
export interface DenialFacts {
  right: Right;
  roles: readonly string[];
}

/** What a person is told: what is wrong and what can be done about it. */
export function denialWords(reason: DenialReason, { right, roles }: DenialFacts): DenialWords {
  switch (reason) {
    case "no_role":
      return {
        zh: `您的角色没有 ${right} 权限，可请管理员在 roles.yaml 里授予`,
        en: `none of your roles has the right ${right}; it is granted in roles.yaml`,
      };
    case "token_lacks_right":
      return {
        zh: `这个令牌没有 ${right} 权限，请换用有此权限的令牌`,
        en: `this token was not given the right ${right}; use one that was`,
      };
    case "outside_scope":
      return {
        zh: `您的 ${right} 权限不包括这个事件类型、业务、规则或集群`,
        en: `your right ${right} does not reach this event type, business, rule or cluster`,
      };
    case "inactive":
      return {
        zh: "您的企业微信账号未激活或已停用，不能操作",
        en: "your WeCom account is not active, so that you may do nothing here",
      };
    case "unknown_person":
      return {
        zh: "企业微信通讯录里没有这个人，或此人不在应用的可见范围内，也没有角色直接写到此人",
        en: "WeCom does not know this person, or does not show them to the app, and no role names them directly",
      };
    case "directory_unavailable":
      return {
        zh: `现在查不到企业微信通讯录，无法确认您是否有角色 ${roles.join("、")}，请稍后再试`,
        en: `WeCom's contacts cannot be read now, so that it is not known whether you hold ${roles.join(", ")}; try again later`,
      };
    default:
      return reason satisfies never;
  }
}
