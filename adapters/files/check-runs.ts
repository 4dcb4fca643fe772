import { isReachable } from "../../core/approvals/index.ts";
import { actionFits } from "../../core/runs/index.ts";
import { type ApprovalContext, checkApproval } from "./check-approval.ts";
import { checkUnique } from "./check-people.ts";
import { checkDuration, checkTemplates } from "./check-values.ts";
import type { Path } from "./home-file.ts";
import { type Located, problemAt, problemAtKey } from "./located.ts";
import { itemsAt, textAt } from "./look.ts";
import type { Problem, Words } from "./problem.ts";
import { readGrant } from "./read-runs.ts";
import { type RunsFile, RunsShape } from "./runs-schema.ts";
import { shapeOf } from "./shape.ts";

/** What can be said of runs.yaml alone, but for its policies. */
export function checkRuns(located: Located, context: ApprovalContext): Problem[] {
  const grants = itemsAt(located, ["runs"]);
  return [
    ...checkUnique(located, grants, "id"),
    ...checkHidden(located, grants),
    ...grants.flatMap((grant) => checkGrant(located, grant, context)),
  ];
}

function checkGrant(located: Located, grant: Path, context: ApprovalContext): Problem[] {
  const gate = checkGate(located, grant, context);
  return [
    ...checkTemplates(located, [...grant, "targets"]),
    ...checkDuration(located, [...grant, "startWithin"]),
    ...gate,
    ...(gate.length > 0 ? [] : checkAskers(located, grant)),
  ];
}

/** A policy names its actions one by one, so that a grant under one must too. */
function checkGate(located: Located, grant: Path, context: ApprovalContext): Problem[] {
  const path = [...grant, "approval"];
  const actions = itemsAt(located, [...grant, "actions"]);
  if (textAt(located, [...path, "policy"]) === undefined) {
    return checkApproval(located, path, { ...context, action: undefined });
  }
  const open = actions.filter((action) => textAt(located, action)?.includes("*"));
  if (open.length > 0) return open.map((action) => problemAt(located, action, OPEN_UNDER_POLICY));
  const each = actions.flatMap((action) =>
    checkApproval(located, path, { ...context, action: textAt(located, action) }),
  );
  // What does not depend on the action is found once for each.
  return [...new Map(each.map((one) => [one.message, one])).values()];
}

const OPEN_UNDER_POLICY: Words = {
  zh: "引用策略时要逐个写出动作，不能用 *：策略只包含写明的动作",
  en: "under a policy each action must be written out, without *: a policy covers named actions alone",
};

const SHAPE = shapeOf<RunsFile>(RunsShape);

/** Where all who may ask are named, somebody else must be able to approve for one of them at least. */
function checkAskers(located: Located, path: Path): Problem[] {
  if (SHAPE.problems(located).length > 0) return [];
  const written = SHAPE.read(located).runs[Number(path.at(-1))];
  if (!written) return [];
  const { by, approval } = readGrant(written);
  const { users = [], ...others } = by ?? {};
  const isNamed = users.length > 0 && Object.keys(others).length === 0;
  if (!isNamed || approval.mode !== "people") return [];
  if (users.some((user) => isReachable(approval, new Set([user])))) return [];
  return [problemAtKey(located, [...path, "approval"], ONLY_ASKERS)];
}

const ONLY_ASKERS: Words = {
  zh: "能发起的人就是能批准的人：自己发起的不能自己批准，请写上别人",
  en: "only those who ask could approve, and nobody approves what they asked for: name others",
};

/** An entry all of whose actions an earlier one takes would never count. */
function checkHidden(located: Located, grants: readonly Path[]): Problem[] {
  const before: string[] = [];
  return grants.flatMap((grant) => {
    const actions = itemsAt(located, [...grant, "actions"]).flatMap((path) => textAt(located, path) ?? []);
    const isHidden =
      actions.length > 0 && actions.every((one) => before.some((other) => actionFits(other, one)));
    before.push(...actions);
    return isHidden ? [problemAt(located, [...grant, "actions"], HIDDEN_BY_EARLIER)] : [];
  });
}

const HIDDEN_BY_EARLIER: Words = {
  zh: "前面的条目已包含这些动作，这一条永远不会生效：先写的算",
  en: "earlier entries take all of these actions, so that this one never counts: the first that fits does",
};
