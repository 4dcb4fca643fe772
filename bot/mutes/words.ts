import type { MuteFault, MuteMatch } from "../../core/mutes/index.ts";
import { type AccessObject, objectOfRule } from "../../core/people/index.ts";
import type { Rule } from "../../core/rules/index.ts";

const WORDS: Record<MuteFault, { zh: string; en: string }> = {
  no_match: {
    zh: "要写静默什么：rule=、type=、source=、subject= 或 label.NAME=",
    en: "name what to mute: rule=, type=, source=, subject= or label.NAME=",
  },
  unknown_field: { zh: "没有这个条件，或没有值", en: "is no condition, or has no value" },
  no_duration: { zh: "要写静默多久，如 30m、2h、1d", en: "say how long, such as 30m, 2h, 1d" },
  too_long: { zh: "最长 30d", en: "30d at most" },
  no_reason: { zh: "要写原因", en: "say why" },
};

/** Why an order cannot be read, in both languages. */
export function muteFaultWords({ fault, about }: { fault: MuteFault; about: string }): {
  zh: string;
  en: string;
} {
  const { zh, en } = WORDS[fault];
  return about === "" ? { zh, en } : { zh: `${about}：${zh}`, en: `${about}: ${en}` };
}

/** What is said of a mute of a rule that is not in force: it would hold nothing. Null for every other. */
export function missingRuleWords(
  { ruleId }: MuteMatch,
  rules: readonly Rule[],
): { zh: string; en: string } | null {
  if (ruleId === undefined || rules.some(({ id }) => id === ruleId)) return null;
  return { zh: `没有规则 ${ruleId}，请核对名称`, en: `there is no rule ${ruleId}: check its name` };
}

/** What a right must be held on to order or lift a mute. */
export type MuteObject = (match: MuteMatch) => AccessObject;

/** A mute of one type or one rule needs the right there; any other needs it on everything. */
export function muteObjectOver(rules: () => readonly Rule[]): MuteObject {
  return ({ type, ruleId }) => {
    const rule = objectOfRule(rules().find(({ id }) => id === ruleId));
    return { ...(type === undefined ? {} : { type }), ...rule };
  };
}
