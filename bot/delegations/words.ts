import type { DelegationFault } from "../../core/delegations/index.ts";

const WORDS: Record<DelegationFault, { zh: string; en: string }> = {
  no_absent: { zh: "要写谁不在（from）", en: "say who is absent (from)" },
  no_delegate: { zh: "要写委托给谁（userid）", en: "say who stands in (a userid)" },
  oneself: { zh: "不能委托给自己", en: "nobody can delegate to themselves" },
  no_end: {
    zh: "要写多久或到何时，如 2d、2026-12-01、2026-12-01T18:00",
    en: "say how long or until when, such as 2d, 2026-12-01, 2026-12-01T18:00",
  },
  past: { zh: "已经过去", en: "is over already" },
  too_long: { zh: "最长 30d", en: "30d at most" },
  not_a_member: {
    zh: "通讯录里没有此人，或其账号未启用",
    en: "is no active member of the directory",
  },
  too_many: { zh: "一人最多同时委托 5 条", en: "has 5 delegations already, the most at a time" },
};

/** Why an order cannot be taken, in both languages. */
export function delegationFaultWords({ fault, about }: { fault: DelegationFault; about: string }): {
  zh: string;
  en: string;
} {
  const { zh, en } = WORDS[fault];
  return about === "" ? { zh, en } : { zh: `${about}：${zh}`, en: `${about}: ${en}` };
}
