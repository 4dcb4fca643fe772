import { possibleClusters, type Routing } from "../clusters/route.ts";
import type { JsonObject } from "../ids/index.ts";
import type { Rule } from "../rules/rule.ts";
import type { ActionSchema } from "./action-schema.ts";
import { castParams, literalMisfits, misfitText } from "./cast.ts";

/** What is known of an action on a cluster; undefined: nothing yet. */
export type ActionLookup = (cluster: string, action: string) => ActionSchema | undefined;

/** Parameters in the types that every cluster wants that a task may run on, or the first that does not fit. */
export function fitParams(
  lookup: ActionLookup | undefined,
  { action, clusters }: { action: string; clusters: readonly string[] },
  params: JsonObject,
): { outcome: "fits"; value: JsonObject } | { outcome: "misfits"; path: string; message: string } {
  let value = params;
  for (const cluster of clusters) {
    const schema = lookup?.(cluster, action);
    if (!schema) continue;
    const cast = castParams(schema, value);
    if (cast.outcome === "fits") value = cast.value;
    else {
      const [first] = cast.misfits;
      const text = first ? misfitText(first) : "";
      return {
        outcome: "misfits",
        path: `params.${first?.parameter}`,
        message: `${text}, ${action}@${cluster}`,
      };
    }
  }
  return { outcome: "fits", value };
}

/** Whether an action says of a parameter that it is secret, on one of these clusters. */
export function isSecretParam(
  lookup: ActionLookup | undefined,
  { action, clusters }: { action: string; clusters: readonly string[] },
  name: string,
): boolean {
  return clusters.some((cluster) => lookup?.(cluster, action)?.parameters.get(name)?.secret === true);
}

/** One thing in a rule that its action on a cluster will not take. */
export interface RuleMisfit {
  rule: string;
  /** The field of the rule, such as `params.host` or `offers.view.action`. */
  field: string;
  message: string;
}

/** The actions that rules may start, each with the clusters it may come to run on. */
export function actionsUsed(rules: readonly Rule[], routing: Routing): { cluster: string; action: string }[] {
  const used = new Map<string, { cluster: string; action: string }>();
  for (const rule of rules) {
    for (const action of [rule.action, ...rule.offers.map((offer) => offer.action)]) {
      for (const cluster of clustersOfRule(rule, action, routing)) {
        used.set(`${cluster} ${action}`, { cluster, action });
      }
    }
  }
  return [...used.values()];
}

/** The clusters that an action of a rule may come to run on, whatever the event. */
export function clustersOfRule({ business, on }: Rule, action: string, routing: Routing): string[] {
  const possible = on.flatMap((type) => possibleClusters(routing, { business, action, event: { type } }));
  return [...new Set(possible)].sort();
}

/** The parameters of a rule for each option of its choices, beside the first ones of the others. */
function chosenWays({ params, choices = [] }: Rule): JsonObject[] {
  const firsts = Object.fromEntries(choices.map(({ name, options }) => [name, options[0]?.value ?? null]));
  const whole = { ...params, ...firsts };
  const others = choices.flatMap(({ name, options }) => {
    return options.slice(1).map(({ value }) => ({ ...whole, [name]: value }));
  });
  return [whole, ...others];
}

/** What of a rule cannot fit its actions whatever the event is, by what is known of them. */
export function ruleMisfits(rule: Rule, routing: Routing, lookup: ActionLookup): RuleMisfit[] {
  const works = [
    ...chosenWays(rule).map((params) => ({ at: "", action: rule.action, params })),
    ...rule.offers.map(({ id, action, params }) => ({ at: `offers.${id}.`, action, params })),
  ];
  const misfits = works.flatMap(({ at, action, params }) =>
    clustersOfRule(rule, action, routing).flatMap((cluster) => {
      const schema = lookup(cluster, action);
      if (!schema) return [];
      const where = `${action}@${cluster}`;
      const off = { rule: rule.id, field: `${at}action`, message: `${where} is disabled (动作已停用)` };
      const misfits = literalMisfits(schema, params).map((one) => {
        const message = `${misfitText(one)}, ${where}`;
        return { rule: rule.id, field: `${at}params.${one.parameter}`, message };
      });
      return schema.enabled ? misfits : [off, ...misfits];
    }),
  );
  // What does not depend on the choice is found once for each option.
  return [...new Map(misfits.map((one) => [`${one.field} ${one.message}`, one])).values()];
}
