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
const MAX_WHY = 200;

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
