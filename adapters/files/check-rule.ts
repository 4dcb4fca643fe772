import { compileFeature, OPERATORS, type Operator } from "../../core/rules/index.ts";
import type { ApprovalContext } from "./check-approval.ts";
import { checkApproval } from "./check-approval.ts";
import { checkThrottle } from "./check-throttle.ts";
import { checkDuration, checkTemplates } from "./check-values.ts";
import type { Path } from "./home-file.ts";
import type { Located } from "./located.ts";
import { problemAt, problemMissing, quotingWords } from "./located.ts";
import { itemsAt, keysAt, textAt, valueAt } from "./look.ts";
import type { Problem } from "./problem.ts";

/** What can be said of one rule's file without the other files, except for its policies. */
export function checkRule(located: Located, context: ApprovalContext): Problem[] {
  return [
    ...itemsAt(located, ["features"]).flatMap((path) => checkFeature(located, path)),
    ...[["maxAge"], ["startWithin"]].flatMap((path) => checkDuration(located, path)),
    ...checkThrottle(located),
    ...templatePaths(located).flatMap((path) => checkTemplates(located, path)),
    ...checkApproval(located, ["approval"], { ...context, action: textAt(located, ["action"]) }),
    ...itemsAt(located, ["offers"]).flatMap((path) => checkOffer(located, path, context)),
    ...checkOfferIds(located),
  ];
}

/** Everything in a rule that is rendered. */
function templatePaths(located: Located): Path[] {
  const rows = [
    ["card", "rows"],
    ["report", "rows"],
  ].flatMap((path) => itemsAt(located, path));
  return [
    ["targets"],
    ["params"],
    ["throttle", "key"],
    ["card", "text"],
    ...rows.map((row) => [...row, "value"]),
    ...itemsAt(located, ["offers"]).map((offer) => [...offer, "params"]),
  ];
}

function checkFeature(located: Located, path: Path): Problem[] {
  const op = OPERATORS.find((known) => known === textAt(located, [...path, "op"]));
  const where = textAt(located, [...path, "path"]);
  if (op === undefined || where === undefined) return [];
  const hasValue = keysAt(located, path).includes("value");
  if (!hasValue && op !== "exists" && op !== "nexists") return [problemMissing(located, [...path, "value"])];
  return checkCompiled(located, path, op);
}

function checkCompiled(located: Located, path: Path, op: Operator): Problem[] {
  const value = valueAt(located, [...path, "value"]);
  const feature = { path: textAt(located, [...path, "path"]) ?? "", op };
  const compiled = compileFeature(value === undefined ? feature : { ...feature, value });
  if (compiled.outcome === "compiled") return [];
  const at = [...path, compiled.field];
  const words = { zh: "特征写得不对", en: "not a valid feature" };
  return [problemAt(located, at, quotingWords(located, at, words, compiled.message))];
}

function checkOffer(located: Located, path: Path, context: ApprovalContext): Problem[] {
  const action = textAt(located, [...path, "action"]);
  return checkApproval(located, [...path, "approval"], { ...context, action });
}

function checkOfferIds(located: Located): Problem[] {
  const seen = new Set<string>();
  return itemsAt(located, ["offers"]).flatMap((offer) => {
    const id = textAt(located, [...offer, "id"]);
    if (id === undefined) return [];
    if (seen.has(id)) {
      const words = { zh: "同一规则里 id 重复", en: "this id is there twice in the rule" };
      return [problemAt(located, [...offer, "id"], words)];
    }
    seen.add(id);
    return [];
  });
}
