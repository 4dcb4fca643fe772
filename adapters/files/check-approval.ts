import { isReachable } from "../../core/approvals/index.ts";
import { isJsonObject } from "../../core/ids/index.ts";
import type { Policy, PolicyFault } from "../../core/policies/index.ts";
import { policyFault } from "../../core/policies/index.ts";
import { checkCount, checkSteps, checkWaiting } from "./check-escalation.ts";
import { checkUnique } from "./check-people.ts";
import { checkDuration } from "./check-values.ts";
import type { Path } from "./home-file.ts";
import type { Located } from "./located.ts";
import { problemAt, problemAtKey } from "./located.ts";
import { itemsAt, keysAt, textAt, valueAt } from "./look.ts";
import type { Problem, Words } from "./problem.ts";
import { readApproval } from "./read-approval.ts";
import { type ApprovalFile, ApprovalShape } from "./schema.ts";
import { shapeOf } from "./shape.ts";

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
  if (!keys.includes("from") && !keys.includes("groups")) return [problemAtKey(located, path, NOBODY)];
  const problems = [
    ...checkDuration(located, [...path, "timeout"]),
    ...checkWho(located, path),
    ...checkSteps(located, path),
  ];
  if (problems.length > 0 || SHAPE.problems(located, path).length > 0) return problems;
  return checkWhole(located, path);
}

const SHAPE = shapeOf<ApprovalFile>(ApprovalShape);

const NOBODY: Words = {
  zh: "没有写谁来批准（from），也没有引用策略（policy）；几组人一起批准用 groups",
  en: "names neither who approves (from, or groups for several groups at once) nor a policy",
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
  // An end comes by itself: a restart that day must not fail for it. What relies on the policy is held, and told.
  return fault === null || fault === "policy_expired" ? null : POLICY_FAULTS[fault];
}

const POLICY_FAULTS: Readonly<Record<Exclude<PolicyFault, "policy_expired">, Words>> = {
  policy_digest_differs: {
    zh: "该策略批准后被改过，需重新批准（whale policies approve），或写明由谁批准",
    en: "this policy was changed after its approval: approve it again, or name people",
  },
  policy_not_yet: { zh: "该策略还未生效", en: "this policy is not in force yet" },
  policy_not_for_action: { zh: "该策略不包含这个动作", en: "this policy does not cover the action" },
};

/** Who is asked: one group in the short form, or several. */
function checkWho(located: Located, path: Path): Problem[] {
  const keys = keysAt(located, path);
  if (!keys.includes("groups")) {
    return checkCount(located, { need: [...path, "need"], people: [...path, "from"] });
  }
  const short = ["from", "need"].filter((key) => keys.includes(key));
  return [
    ...short.map((key) => problemAtKey(located, [...path, key], NOT_BESIDE_GROUPS)),
    ...checkUnique(located, itemsAt(located, [...path, "groups"]), "name"),
    ...itemsAt(located, [...path, "groups"]).flatMap((group) =>
      checkCount(located, { need: [...group, "need"], people: [...group, "from"] }),
    ),
  ];
}

const NOT_BESIDE_GROUPS: Words = {
  zh: "不能与 groups 并用：每组各写 from 和 need",
  en: "cannot stand beside groups: each group has its own from and need",
};

/** What shows when the whole gate can be read. */
function checkWhole(located: Located, path: Path): Problem[] {
  const approval = readApproval(SHAPE.read(located, path));
  if (approval.mode !== "people") return [];
  if (!isReachable({ ...approval, escalate: [] })) {
    return [problemAtKey(located, [...path, "groups"], TOO_FEW_FOR_ALL)];
  }
  return checkWaiting(located, path, approval);
}

const TOO_FEW_FOR_ALL: Words = {
  zh: "写到的人不够同时满足各组：一个人只能算在一组里",
  en: "the people named cannot fill all groups at once: a person counts for one group alone",
};
