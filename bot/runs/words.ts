import type { Denial, DenialWords, Role } from "../../core/people/index.ts";
import { grantWords, peopleText } from "../../core/people/index.ts";
import type { RunAnswer, RunGrant, RunRefusal, RunWords } from "../../core/runs/index.ts";

/** A refusal with its words in both languages. */
export function refuse(
  reason: RunRefusal,
  words: RunWords,
  more: Pick<Extract<RunAnswer, { outcome: "refused" }>, "schema" | "retryAfterMs"> = {},
): Extract<RunAnswer, { outcome: "refused" }> {
  return { outcome: "refused", reason, message: `${words.zh} (${words.en})`, words, ...more };
}

/** Nothing lets anybody run this action by hand. */
export function noGrantWords(action: string): RunWords {
  return {
    zh: `${action} 不能手工执行：runs.yaml 里没有包含它的条目，可请管理员添加`,
    en: `${action} cannot be run by hand: no entry of runs.yaml has it; ask whoever runs Whale to add one`,
  };
}

/** Which right is missing, who has it, where it is granted. */
export function deniedWords(
  grant: RunGrant,
  { reason, message }: Pick<Denial, "reason" | "message">,
  { granting, admins }: { granting: readonly Role[]; admins: readonly Role[] },
): RunWords {
  const isForRoles = reason === "no_role" || reason === "outside_scope" || reason === "unknown_person";
  const roles: DenialWords = isForRoles ? grantWords(granting, admins) : { zh: "", en: "" };
  return {
    zh: [`runs.yaml 的 ${grant.id}：${message.zh}`, roles.zh].filter(Boolean).join("。"),
    en: [`${grant.id} of runs.yaml: ${message.en}`, roles.en].filter(Boolean).join(". "),
  };
}

/** A grant that names its people does not name this one. */
export function notNamedWords({ id, by = {} }: RunGrant): RunWords {
  const people = peopleText(by);
  return {
    zh: `runs.yaml 的 ${id} 只允许 ${people} 发起`,
    en: `${id} of runs.yaml lets ${people} alone ask for this`,
  };
}

/** The directory does not say now who is named by a grant. */
export function uncheckedWords({ id }: RunGrant): RunWords {
  return {
    zh: `现在查不到企业微信通讯录，无法确认您能否发起 runs.yaml 的 ${id}；这一次没有执行，请稍后再发一次`,
    en: `WeCom's contacts cannot be read now, so that it is not known whether ${id} of runs.yaml lets you ask for this: it was not taken, send it again later`,
  };
}

/** The directory knows nobody by the name that a grant has. */
export function goneWords({ id, by = {} }: RunGrant): RunWords {
  const people = peopleText(by);
  return {
    zh: `runs.yaml 的 ${id} 所写的 ${people} 在企业微信里已删除、改名或对应用不可见，无法确认您能否发起，请找 Whale 的管理员`,
    en: `${people}, whom ${id} of runs.yaml names, was deleted or renamed in WeCom, or is hidden from the app, so it is not known whether you may ask for this; ask whoever runs Whale`,
  };
}

/** Nobody but who asks could approve. */
export function onlyAskerWords({ id }: RunGrant): RunWords {
  return {
    zh: `runs.yaml 的 ${id} 除您之外没有足够的人可以批准，自己发起的不能自己批准`,
    en: `too few others may approve under ${id} of runs.yaml, and nobody approves what they asked for`,
  };
}

/** No cluster has the action, or it is switched off. */
export function noActionWords(action: string, clusters: readonly string[]): RunWords {
  const names = clusters.join(" ");
  return {
    zh: `集群 ${names} 上没有动作 ${action}，或已停用；请核对动作名`,
    en: `the clusters ${names} have no action ${action}, or it is disabled: check its name`,
  };
}

/** Too many in a short time: what comes next waits. */
export function tooManyWords(waitMs: number): RunWords {
  const seconds = Math.ceil(waitMs / 1000);
  return {
    zh: `手工执行太频繁，请 ${seconds} 秒后再试；这一次没有执行`,
    en: `too many runs by hand, try again in ${seconds} s; this one was not taken`,
  };
}
