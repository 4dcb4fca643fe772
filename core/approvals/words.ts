import { peopleText } from "../people/people.ts";
import { formatDuration } from "../time/duration.ts";
import {
  type EscalationStep,
  ONLY_GROUP,
  type PeopleApproval,
  type ReasonMode,
  type RejectMode,
} from "./approval.ts";
import type { Missing } from "./quorum.ts";

/** The same words in both languages. */
export interface ApprovalWords {
  zh: string;
  en: string;
}

/** So many people of some groups: `1 位 DBA 和 1 位负责人`, `1 DBA and 1 owner`. */
export function placesWords(groups: readonly Missing[]): ApprovalWords {
  return {
    zh: groups
      .map(({ name, need }) => (name === ONLY_GROUP ? `${need} 人` : `${need} 位${gap(name)}${name}`))
      .join(" 和 "),
    en: groups.map(({ name, need }) => (name === ONLY_GROUP ? `${need}` : `${need} ${name}`)).join(" and "),
  };
}

/** Chinese stands close to Chinese, and apart from everything else. */
function gap(name: string): string {
  return /^\p{Script=Han}/u.test(name) ? "" : " ";
}

const REJECTS: Record<RejectMode, ApprovalWords> = {
  any: { zh: "一人拒绝即不执行", en: "one rejection ends it" },
  majority: { zh: "多数拒绝才不执行", en: "a majority of rejections ends it" },
};

const REASONS: Record<ReasonMode, ApprovalWords | null> = {
  never: null,
  reject: { zh: "拒绝须写原因", en: "a rejection needs a reason" },
  always: { zh: "批准和拒绝都须写原因", en: "every decision needs a reason" },
};

/** A gate of a rule or of a task. */
export type ToldGate = PeopleApproval | { mode: "policy"; policy: string | { id: string } };

/** Whom a gate names by userid. */
export function namedIn(gate: ToldGate): string[] {
  if (gate.mode === "policy") return [];
  const asked = [...gate.groups.map(({ from }) => from), ...gate.escalate.map(({ to }) => to)];
  return asked.flatMap(({ users }) => users ?? []);
}

/**
 * A gate in words: who must approve, what a rejection does, how long it waits and who is asked then. People are named
 * by userid where no names are at hand.
 */
export function approvalWords(gate: ToldGate, nameOf = (userId: string) => userId): ApprovalWords {
  if (gate.mode === "policy") {
    const id = typeof gate.policy === "string" ? gate.policy : gate.policy.id;
    return { zh: `按策略 ${id}，无须询问`, en: `policy ${id}, nobody is asked` };
  }
  const named = gate.groups.map(({ name, from, need }) => ({ name, need, who: peopleText(from, nameOf) }));
  const parts = [
    {
      zh: `需 ${named.map((group) => `${placesWords([group]).zh}（${group.who}）`).join("和 ")}批准`,
      en: `needs ${named.map((group) => `${placesWords([group]).en} (${group.who})`).join(" and ")}`,
    },
    REJECTS[gate.reject],
    REASONS[gate.reason],
    ...gate.escalate.map((step) => stepWords(step, nameOf)),
    endWords(gate),
  ].filter((part) => part !== null);
  return { zh: parts.map(({ zh }) => zh).join("；"), en: parts.map(({ en }) => en).join("; ") };
}

function stepWords({ afterMs, to, need }: EscalationStep, nameOf: (userId: string) => string): ApprovalWords {
  const [after, who] = [formatDuration(afterMs), peopleText(to, nameOf)];
  return {
    zh: `${after} 后再问 ${who}（其中 ${need} 人即可）`,
    en: `after ${after} ${who} are asked too (${need} of them will do)`,
  };
}

function endWords({ timeoutMs, onTimeout, escalate }: PeopleApproval): ApprovalWords {
  const time = formatDuration(timeoutMs);
  if (onTimeout === "escalate" && escalate.length > 0) {
    return {
      zh: `${time} 无人应答即升级，最后不执行`,
      en: `silence for ${time} escalates, and means no at the end`,
    };
  }
  return { zh: `${time} 无人应答即不执行`, en: `silence for ${time} means no` };
}
