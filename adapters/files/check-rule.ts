import type { ApprovalContext } from "./check-approval.ts";
import { checkApproval } from "./check-approval.ts";
import { checkChoices } from "./check-choices.ts";
import { checkFeatures } from "./check-features.ts";
import { checkPackNeeds } from "./check-packs.ts";
import { checkThrottle } from "./check-throttle.ts";
import { checkDuration, checkReadings, checkTemplates } from "./check-values.ts";
import type { Path } from "./home-file.ts";
import type { Located } from "./located.ts";
import { problemAt } from "./located.ts";
import { itemsAt, textAt } from "./look.ts";
import type { Problem } from "./problem.ts";

/** What can be said of one rule's file without the other files, except for its policies. */
export function checkRule(located: Located, context: ApprovalContext): Problem[] {
  return [
    ...checkFeatures(located),
    ...[["maxAge"], ["startWithin"]].flatMap((path) => checkDuration(located, path)),
    ...checkPackNeeds(located, ["packs"]),
    ...checkThrottle(located),
    ...checkChoices(located),
    ...[["targets"], ["throttle", "key"]].flatMap((path) => checkReadings(located, path)),
    ...templatePaths(located).flatMap((path) => checkTemplates(located, path)),
    ...checkApproval(located, ["approval"], { ...context, action: textAt(located, ["action"]) }),
    ...itemsAt(located, ["offers"]).flatMap((path) => checkOffer(located, path, context)),
    ...checkOfferIds(located),
  ];
}

/** Everything else in a rule that is rendered. */
function templatePaths(located: Located): Path[] {
  const rows = [
    ["card", "rows"],
    ["report", "rows"],
  ].flatMap((path) => itemsAt(located, path));
  return [
    ["params"],
    ["card", "text"],
    ...rows.map((row) => [...row, "value"]),
    ...itemsAt(located, ["offers"]).map((offer) => [...offer, "params"]),
  ];
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
