import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import { approvalWords } from "../../../core/approvals/index.ts";
import { objectOfRule, peopleText, type Role, rolesGranting } from "../../../core/people/index.ts";
import { RULE_MODES, type Rule, ruleVersion } from "../../../core/rules/index.ts";
import { readableRules } from "../../explain/index.ts";
import { answering } from "./answers.ts";
import type { ApiDeps } from "./guard.ts";
import { queryReader, refuseQuery } from "./query.ts";

export interface RuleDeps extends ApiDeps {
  /** The rules and roles in force. */
  inForce: () => { rules: readonly Rule[]; roles: readonly Role[] };
}

/** `GET /api/v1/rules`: the rules in force that the caller may read, by their ids. */
export function ruleRoutes(router: Router, deps: RuleDeps): void {
  router.get(
    "/api/v1/rules",
    answering(deps.log, (ctx: RouterContext) => list(ctx, deps)),
  );
}

async function list(ctx: RouterContext, { guard, inForce }: RuleDeps): Promise<void> {
  const caller = await guard(ctx, "rules.read", "some");
  if (caller.outcome === "answered") return;
  const read = queryReader(ctx.query);
  const [types, businesses, mode] = [
    read.list("type"),
    read.list("business"),
    read.oneOf("mode", RULE_MODES),
  ];
  const limit = read.whole("limit", { fallback: 100, max: 1_000 });
  const after = read.text("after") ?? "";
  const faults = read.faults();
  if (faults.length > 0) return refuseQuery(ctx, faults);
  const { rules, roles } = inForce();
  const wanted = readableRules(rules, caller.actor).filter((rule) => {
    const isTaken = types === undefined || rule.on.some((type) => types.includes(type));
    const isOf = businesses === undefined || businesses.includes(rule.business);
    return isTaken && isOf && (mode === undefined || modeOf(rule) === mode) && rule.id > after;
  });
  wanted.sort((a, b) => (a.id < b.id ? -1 : 1));
  const page = wanted.slice(0, limit);
  const next = wanted.length > limit ? (page.at(-1)?.id ?? null) : null;
  ctx.body = { rules: page.map((rule) => briefRule(rule, roles)), next };
}

function modeOf({ mode = "live" }: Rule): (typeof RULE_MODES)[number] {
  return mode;
}

/** What a list tells of a rule. Values of its file are left out: they may stand for secrets of the environment. */
export function briefRule(rule: Rule, roles: readonly Role[]) {
  const { id, title, business, on, action, owner, features, approval, offers } = rule;
  const readers = new Set(
    on.flatMap((type) => rolesGranting(roles, "rules.read", { type, ...objectOfRule(rule) })),
  );
  return {
    ...{ id, title, version: ruleVersion(rule), mode: modeOf(rule), business, on, action },
    features: features.length,
    approval: approvalWords(approval),
    offers: offers.map((offer) => offer.id),
    owner: owner === undefined ? null : peopleText(owner),
    readers: [...readers].map(({ name }) => name).sort(),
  };
}
