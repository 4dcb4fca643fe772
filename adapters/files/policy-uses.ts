import type { Policy } from "../../core/policies/index.ts";
import { contentOf, shapeProblems } from "./drafts.ts";
import type { FileKind } from "./home-file.ts";
import { readHomeFolders } from "./home-folders.ts";
import type { Located } from "./located.ts";
import { itemsAt, textAt, valueAt } from "./look.ts";
import { formatProblems } from "./problem.ts";
import { readPolicy } from "./read-others.ts";
import { readYaml } from "./read-yaml.ts";

/** What relies on a policy: a rule's own action, one of its offers, or a grant of runs.yaml. */
export type PolicyUse = { policy: string; action: string } & UsedBy;
type UsedBy = { rule: string; offer?: string } | { grant: string };

/** The policies of a home as their files are, good or not, and what relies on them. */
export interface PoliciesOfHome {
  policies: { file: string; policy: Policy }[];
  uses: PolicyUse[];
  /** What is wrong with files of policies, for people. */
  problems: string[];
}

/**
 * Reads the policies of a home and the rules that name them. Nothing else is checked: a rule whose policy is not
 * approved yet is no rule that could be loaded, and is shown all the same.
 */
export async function readPolicies(dir: string): Promise<PoliciesOfHome> {
  const { texts } = await readHomeFolders(dir);
  const found: PoliciesOfHome = { policies: [], uses: [], problems: [] };
  for (const text of texts) {
    const reading = USING.includes(text.kind) ? readYaml(text, {}) : null;
    if (reading === null) continue;
    const problems = reading.outcome === "refused" ? reading.problems : shapeProblems(reading.located);
    if (reading.outcome === "refused" || (text.kind === "policy" && problems.length > 0)) {
      if (text.kind === "policy") found.problems.push(formatProblems(problems));
      continue;
    }
    const { located } = reading;
    if (text.kind === "rule") found.uses.push(...usesIn(located));
    else if (text.kind === "runs") found.uses.push(...usesOfRuns(located));
    else found.policies.push({ file: text.file, policy: readPolicy(contentOf(located, "policy")) });
  }
  return found;
}

const USING: readonly FileKind[] = ["policy", "rule", "runs"];

function usesOfRuns(runs: Located): PolicyUse[] {
  return itemsAt(runs, ["runs"]).flatMap((grant) => {
    const policy = textAt(runs, [...grant, "approval", "policy"]);
    if (policy === undefined) return [];
    const id = textAt(runs, [...grant, "id"]) ?? "";
    const actions = itemsAt(runs, [...grant, "actions"]);
    return actions.map((path) => ({ policy, grant: id, action: textAt(runs, path) ?? "" }));
  });
}

function usesIn(rule: Located): PolicyUse[] {
  const name = textAt(rule, ["id"]) ?? "";
  const offers = valueAt(rule, ["offers"]);
  const count = Array.isArray(offers) ? offers.length : 0;
  const ofOffers = Array.from({ length: count }, (_, i) => {
    const offer = textAt(rule, ["offers", String(i), "id"]) ?? "";
    return useAt(rule, { rule: name, offer }, ["offers", String(i)]);
  });
  return [useAt(rule, { rule: name }, []), ...ofOffers].flatMap((use) => use ?? []);
}

function useAt(located: Located, where: { rule: string; offer?: string }, path: string[]): PolicyUse | null {
  const policy = textAt(located, [...path, "approval", "policy"]);
  if (policy === undefined) return null;
  return { ...where, policy, action: textAt(located, [...path, "action"]) ?? "" };
}
