import type { Policy } from "../policies/policy.ts";
import type { Roster } from "../rosters/roster.ts";
import type { Rule } from "../rules/rule.ts";
import { actionFits, type RunGrant } from "../runs/grant.ts";
import type { PackSet } from "./pack-set.ts";

/** What of a home may name actions. */
export const USER_KINDS = ["rule", "offer", "run", "policy", "roster", "pack-set"] as const;

/** Something of Whale that starts, or lets start, an action. */
export interface ActionUse {
  /** An action's reference; of a grant one in which `*` may stand for any characters. */
  action: string;
  kind: (typeof USER_KINDS)[number];
  /** The rule, grant, policy, roster or set; of an offer `rule/offer`. */
  name: string;
  /** The parameters that it gives, by name, where it says; null where whoever asks gives them. */
  parameters: readonly string[] | null;
  /** Of the rule or grant; nothing else belongs to one. */
  business?: string;
  /** The rule that it is or belongs to. */
  rule?: string;
}

/** The parts of a home that may name actions. */
export interface ActionUsers {
  rules: readonly Rule[];
  policies: readonly Policy[];
  grants: readonly RunGrant[];
  rosters: readonly Roster[];
  packSets: readonly PackSet[];
}

/** Everything of a home that names an action, in the order of its kinds. */
export function actionUses({ rules, policies, grants, rosters, packSets }: ActionUsers): ActionUse[] {
  return [
    ...rules.flatMap(usesOfRule),
    ...grants.flatMap(({ id, business, actions }) =>
      actions.map((action) => use("run", { action, name: id, business })),
    ),
    ...policies.flatMap(({ id, actions }) => actions.map((action) => use("policy", { action, name: id }))),
    ...rosters.flatMap(usesOfRoster),
    ...packSets.flatMap(({ id, canary }) => {
      if (!canary) return [];
      const parameters = Object.keys(canary.parameters ?? {});
      return [use("pack-set", { action: canary.action, name: id, parameters })];
    }),
  ];
}

/** Those that name this action in so many words: a grant for `*` alone does not need any single one. */
export function usersOf(uses: readonly ActionUse[], action: string): ActionUse[] {
  return uses.filter((one) => one.action === action);
}

/** Those that this action concerns, patterns of grants among them. */
export function touchedBy(uses: readonly ActionUse[], action: string): ActionUse[] {
  return uses.filter((one) => actionFits(one.action, action));
}

/** Looks up those that an action concerns, each user once and in the order of their kinds. */
export function usesByAction(uses: readonly ActionUse[]): (action: string) => ActionUse[] {
  const exact = new Map<string, ActionUse[]>();
  const patterns = uses.filter(({ action }) => action.includes("*"));
  for (const one of uses) {
    const known = exact.get(one.action);
    if (known) known.push(one);
    else exact.set(one.action, [one]);
  }
  return (action) => {
    const found = [...(exact.get(action) ?? []), ...touchedBy(patterns, action)];
    const users = new Map(found.map((one) => [`${one.kind} ${one.name}`, one]));
    return [...users.values()].sort((a, b) => USER_KINDS.indexOf(a.kind) - USER_KINDS.indexOf(b.kind));
  };
}

const KIND_WORDS: Readonly<Record<ActionUse["kind"], { zh: string; en: string }>> = {
  rule: { zh: "规则", en: "rule" },
  offer: { zh: "可选操作", en: "offer" },
  run: { zh: "执行许可", en: "grant" },
  policy: { zh: "策略", en: "policy" },
  roster: { zh: "值班表", en: "roster" },
  "pack-set": { zh: "共享 Pack", en: "pack set" },
};

/** What a user of an action is called. */
export function useWords({ kind, name }: Pick<ActionUse, "kind" | "name">): { zh: string; en: string } {
  const { zh, en } = KIND_WORDS[kind];
  return { zh: `${zh} ${name}`, en: `${en} ${name}` };
}

function usesOfRule({ id, business, action, params, choices = [], offers }: Rule): ActionUse[] {
  const given = [...Object.keys(params), ...choices.map(({ name }) => name)];
  const of = { business, rule: id };
  return [
    use("rule", { action, name: id, parameters: given, ...of }),
    ...offers.map((offer) =>
      use("offer", {
        action: offer.action,
        name: `${id}/${offer.id}`,
        parameters: Object.keys(offer.params),
        ...of,
      }),
    ),
  ];
}

function usesOfRoster(roster: Roster): ActionUse[] {
  if (roster.kind !== "lookup" || roster.lookup.kind !== "action") return [];
  const { action, params } = roster.lookup;
  return [use("roster", { action, name: roster.name, parameters: Object.keys(params) })];
}

function use(
  kind: ActionUse["kind"],
  { parameters = null, ...given }: Omit<ActionUse, "kind" | "parameters"> & Partial<ActionUse>,
): ActionUse {
  return { ...given, kind, parameters };
}
