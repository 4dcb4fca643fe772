import { type ActionSchema, actionsUsed, ruleMisfits } from "../../core/actions/index.ts";
import type { Routing } from "../../core/clusters/index.ts";
import type { ActionCatalog } from "../../core/ports/index.ts";
import type { Rule } from "../../core/rules/index.ts";

/** One thing in a rule that a cluster will not take. */
export interface ActionFault {
  rule: string;
  /** Dotted path in the rule. */
  field: string;
  message: string;
}

/** What clusters say against rules, and which of them did not answer. */
export interface ActionFaults {
  faults: ActionFault[];
  /** With why. */
  silent: ReadonlyMap<string, string>;
}

/** Asks each cluster once for each action that rules may start on it; one that does not answer is not asked again. */
export async function actionFaults(
  { rules, ...routing }: { rules: readonly Rule[] } & Routing,
  catalog: ActionCatalog,
): Promise<ActionFaults> {
  const schemas = new Map<string, ActionSchema>();
  const absent = new Set<string>();
  const silent = new Map<string, string>();
  for (const { cluster, action } of actionsUsed(rules, routing)) {
    if (silent.has(cluster)) continue;
    const reading = await catalog.readAction(cluster, action);
    if (reading.outcome === "known") schemas.set(`${cluster} ${action}`, reading.schema);
    else if (reading.outcome === "absent") absent.add(`${cluster} ${action}`);
    else silent.set(cluster, reading.message);
  }
  const faults = rules.flatMap((rule) => [
    ...absentOf(rule, routing, absent),
    ...ruleMisfits(rule, routing, (cluster, action) => schemas.get(`${cluster} ${action}`)),
  ]);
  return { faults, silent };
}

function absentOf(rule: Rule, routing: Routing, absent: ReadonlySet<string>): ActionFault[] {
  return actionsUsed([rule], routing).flatMap(({ cluster, action }) => {
    if (!absent.has(`${cluster} ${action}`)) return [];
    const offer = rule.offers.findIndex((one) => one.action === action);
    const field = rule.action === action ? "action" : `offers.${offer}.action`;
    return [
      { rule: rule.id, field, message: `集群 ${cluster} 上没有 ${action} (${cluster} has no such action)` },
    ];
  });
}
