import type { ToldGate } from "../approvals/words.ts";
import { type Masking, masked } from "../pages/masked.ts";
import type { CompiledRule } from "./compile-rule.ts";
import type { FailedFeature, Verdict } from "./verdict.ts";

/** What one rule says of one event, and how that is known. */
export type Explanation = Gated &
  /** As it was decided and kept. `changed`: the rule in force now is another version, or gone. */
  (
    | { known: "stored"; ruleId: string; title: string | null; verdict: Verdict; changed: boolean }
    /**
     * Judged again by the rules in force, as at the event's receipt; the throttle is not asked again. `untold`: it
     * would fire, yet there is neither a verdict nor a task: it is not judged yet, or the rule is newer than it.
     */
    | { known: "recomputed"; ruleId: string; title: string; verdict: Verdict; untold: boolean }
    /** The rule reads events of other types. */
    | { known: "not_asked"; ruleId: string; title: string; on: readonly string[] }
  );

/** The gate of the rule as it is in force now, where what it said makes or would make tasks. */
interface Gated {
  gate?: ToldGate;
}

/** The gate of a rule, beside a verdict that has to do with it. */
export function gateOf(compiled: CompiledRule | undefined, { outcome, reason }: Verdict): Gated {
  if (!compiled || (outcome !== "fired" && reason !== "shadow")) return {};
  return { gate: compiled.rule.approval };
}

/** A verdict that was kept, beside the rule as it is in force now. */
export function storedExplanation(verdict: Verdict, compiled: CompiledRule | undefined): Explanation {
  const { ruleId, ruleVersion } = verdict;
  const changed = compiled?.version !== ruleVersion;
  return {
    known: "stored",
    ruleId,
    title: compiled?.rule.title ?? null,
    verdict,
    changed,
    ...gateOf(compiled, verdict),
  };
}

/** The same for people: what stands where a secret is looked for, and what looks like one, is masked. */
export function shownExplanation(explanation: Explanation, masking: Masking): Explanation {
  if (explanation.known === "not_asked") return explanation;
  const { verdict } = explanation;
  const { feature, message } = verdict;
  const shown: Verdict = {
    ...verdict,
    ...(feature ? { feature: shownFeature(feature, masking) } : {}),
    ...(message === undefined ? {} : { message: masking.maskText(message) }),
  };
  return { ...explanation, verdict: shown };
}

function shownFeature(feature: FailedFeature, masking: Masking): FailedFeature {
  const { path, actual } = feature;
  const isSecret = path.split(/[.[\]"']+/).some(masking.isSecretKey);
  return { ...feature, actual: masked({ actual }, masking, () => isSecret).value["actual"] ?? null };
}

/** What fired first, then what was held, the nearest misses before the far ones. */
export function nearestFirst(explanations: readonly Explanation[]): Explanation[] {
  return [...explanations].sort((one, other) => distance(one) - distance(other));
}

function distance(explanation: Explanation): number {
  if (explanation.known === "not_asked") return Number.POSITIVE_INFINITY;
  const { outcome, feature } = explanation.verdict;
  if (outcome === "fired") return -1;
  // A rule that fails at a later feature passed all before it.
  return feature === undefined ? 0 : 1 + 1 / (1 + feature.index);
}
