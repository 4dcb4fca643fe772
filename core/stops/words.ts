import type { AccessObject } from "../people/role.ts";
import type { StopScope } from "./stop.ts";

const EVERYTHING = ["all", "everything", "全部", "所有"];
const KINDS = {
  cluster: "cluster",
  集群: "cluster",
  rule: "rule",
  规则: "rule",
  business: "business",
  业务: "business",
} as const;
const SCOPES = ["cluster", "rule", "business"] as const;
/** The longest reason of a stop, in characters. */
export const MAX_WHY = 200;

/** The words of a message: what is to be stopped and why, letter case kept; null when they are none. */
export function stopOfWords(text: string): { scope: StopScope; why: string } | null {
  const [first = "", ...rest] = text.split(/\s+/u).filter(Boolean);
  const why = rest.join(" ").slice(0, MAX_WHY);
  if (EVERYTHING.includes(first.toLowerCase())) return { scope: { of: "everything" }, why };
  const [key = "", ...name] = first.split("=");
  const of = Object.entries(KINDS).find(([word]) => word === key.toLowerCase())?.[1];
  const named = name.join("=");
  return of === undefined || named === "" ? null : { scope: { of, name: named }, why };
}

/** The scope that has this name of a stop; null when none has. The reverse of `stopName`. */
export function scopeOfStop(name: string): StopScope | null {
  if (name === "everything") return { of: "everything" };
  const at = name.indexOf(":");
  const of = SCOPES.find((one) => one === name.slice(0, Math.max(at, 0)));
  const named = name.slice(at + 1);
  return of === undefined || named === "" ? null : { of, name: named };
}

/** Whether there is what a scope names: a name that is mistyped would stop nothing. */
export function isThere(scope: StopScope, { rules, clusters }: Stoppable): boolean {
  switch (scope.of) {
    case "everything":
      return true;
    case "cluster":
      return clusters.some(({ name }) => name === scope.name);
    case "rule":
      return rules.some(({ id }) => id === scope.name);
    case "business":
      return rules.some(({ business }) => business === scope.name);
    default:
      return scope satisfies never;
  }
}

/** What a stop may be for, as it is in force. */
export interface Stoppable {
  rules: readonly { id: string; business: string }[];
  clusters: readonly { name: string }[];
}

/** What the right to stop or start something must be held on; for everything, on everything. */
export function objectOfStop(
  scope: StopScope,
  businessOf: (rule: string) => string | undefined,
): AccessObject {
  switch (scope.of) {
    case "everything":
      return {};
    case "cluster":
      return { clusters: [scope.name] };
    case "business":
      return { business: scope.name };
    case "rule": {
      const business = businessOf(scope.name);
      return { rule: scope.name, ...(business === undefined ? {} : { business }) };
    }
    default:
      return scope satisfies never;
  }
}
