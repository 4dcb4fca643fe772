import { isJsonObject } from "../../core/ids/index.ts";
import { normaliseUserId } from "../../core/people/index.ts";
import type { Policy, PolicyFault } from "../../core/policies/index.ts";
import { policyFault } from "../../core/policies/index.ts";
import { parseDuration } from "../../core/time/index.ts";
import { checkDuration } from "./check-values.ts";
import type { Path } from "./home-file.ts";
import type { Located } from "./located.ts";
import { problemAt, problemAtKey } from "./located.ts";
import { itemsAt, keysAt, textAt, valueAt } from "./look.ts";
import type { Problem, Words } from "./problem.ts";

/** A card can be changed for 72 h after it was sent; the two hours are left for telling the end. */
const MAX_WAIT_MS = 70 * 3_600_000;
const DEFAULT_TIMEOUT_MS = 30 * 60_000;

/** What an approval may refer to. */
export interface ApprovalContext {
  nowMs: number;
  /** Policies by id; those whose file cannot be read are null. */
  policies: ReadonlyMap<string, Policy | null>;
}

/** The human gate at a path, for the action that it guards. */
export function checkApproval(
  located: Located,
  path: Path,
  gate: ApprovalContext & { action: string | undefined },
): Problem[] {
  if (!isJsonObject(valueAt(located, path))) return [];
  const keys = keysAt(located, path);
  if (keys.includes("policy")) return checkPolicyGate(located, path, gate);
  if (!keys.includes("from")) return [problemAtKey(located, path, NOBODY)];
  return [
    ...checkDuration(located, [...path, "timeout"]),
    ...checkDuration(located, [...path, "escalate", "after"]),
    ...checkNeed(located, path),
    ...checkWaiting(located, path),
  ];
}

const NOBODY: Words = {
  zh: "没有写谁来批准（from），也没有引用策略（policy）",
  en: "names neither who approves (from) nor a policy",
};

function checkPolicyGate(
  located: Located,
  path: Path,
  { policies, action, nowMs }: ApprovalContext & { action: string | undefined },
): Problem[] {
  const others = keysAt(located, path).filter((key) => key !== "policy");
  const mixed = others.map((key) =>
    problemAtKey(located, [...path, key], {
      zh: "不能与 policy 并用：要么问人，要么按策略",
      en: "cannot stand beside policy: either people are asked or a policy stands for them",
    }),
  );
  const id = textAt(located, [...path, "policy"]);
  if (id === undefined) return mixed;
  const policy = policies.get(id);
  if (policy === null) return mixed;
  const words = policy === undefined ? unknownPolicy(policies) : faultWords(policy, action, nowMs);
  return words ? [...mixed, problemAt(located, [...path, "policy"], words)] : mixed;
}

function unknownPolicy(policies: ReadonlyMap<string, unknown>): Words {
  const known = [...policies.keys()].join("、") || "无";
  return { zh: `没有这个策略（已有：${known}）`, en: `unknown policy (known: ${known})` };
}

function faultWords(policy: Policy, action: string | undefined, nowMs: number): Words | null {
  if (policy.digest === "" || policy.approvedBy === "") {
    return {
      zh: "该策略还没有人批准（whale policies approve），请写明由谁批准",
      en: "nobody has approved this policy yet (whale policies approve); name people instead",
    };
  }
  const fault = action === undefined ? null : policyFault(policy, action, nowMs);
  return fault ? POLICY_FAULTS[fault] : null;
}

const POLICY_FAULTS: Readonly<Record<PolicyFault, Words>> = {
  policy_digest_differs: {
    zh: "该策略批准后被改过，需重新批准（whale policies approve），或写明由谁批准",
    en: "this policy was changed after its approval: approve it again, or name people",
  },
  policy_expired: { zh: "该策略已过期，请写明由谁批准", en: "this policy has expired: name people" },
  policy_not_yet: { zh: "该策略还未生效", en: "this policy is not in force yet" },
  policy_not_for_action: { zh: "该策略不包含这个动作", en: "this policy does not cover the action" },
};

/** Named users are countable: more approvals than people could never come. */
function checkNeed(located: Located, path: Path): Problem[] {
  const need = valueAt(located, [...path, "need"]);
  const from = [...path, "from"];
  const users = new Set(itemsAt(located, [...from, "users"]).map((user) => userAt(located, user)));
  const onlyUsers = keysAt(located, from).every((key) => key === "users") && users.size > 0;
  if (typeof need !== "number" || !onlyUsers || need <= users.size) return [];
  return [
    problemAt(located, [...path, "need"], {
      zh: `要 ${need} 人批准，但只写了 ${users.size} 人`,
      en: `needs ${need} approvals but names ${users.size} user(s)`,
    }),
  ];
}

function userAt(located: Located, path: Path): string {
  return normaliseUserId(textAt(located, path) ?? "");
}

function checkWaiting(located: Located, path: Path): Problem[] {
  const after = parseDuration(textAt(located, [...path, "escalate", "after"]) ?? "");
  const timeoutText = textAt(located, [...path, "timeout"]);
  const timeoutMs = timeoutText === undefined ? DEFAULT_TIMEOUT_MS : parseDuration(timeoutText);
  const escalates = keysAt(located, path).includes("escalate");
  const atEnd = textAt(located, [...path, "onTimeout"]) === "escalate";
  if (atEnd && !escalates) return [problemAt(located, [...path, "onTimeout"], NO_ESCALATION)];
  if (timeoutMs === null) return [];
  if (timeoutMs + (after ?? 0) > MAX_WAIT_MS) {
    return [problemAt(located, [...path, timeoutText === undefined ? "escalate" : "timeout"], TOO_LONG)];
  }
  const never = !atEnd && after !== null && after >= timeoutMs;
  return never ? [problemAt(located, [...path, "escalate", "after"], NEVER_ESCALATES)] : [];
}

const NO_ESCALATION: Words = {
  zh: "onTimeout 为 escalate 时要写 escalate（给谁、多久后）",
  en: "needs escalate (to whom, after how long)",
};
const TOO_LONG: Words = {
  zh: "timeout 加 escalate.after 不能超过 70h：卡片 72 小时后不能再更新",
  en: "timeout plus escalate.after must not pass 70h: a card cannot be changed after 72 hours",
};
const NEVER_ESCALATES: Words = {
  zh: "要小于 timeout，否则到期前不会升级",
  en: "must be shorter than timeout, or it would never happen",
};
