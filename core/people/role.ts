import { hash } from "node:crypto";
import type { People } from "./people.ts";
import type { Right } from "./rights.ts";

/**
 * What a role is bounded to. A list bounds its dimension to the values in it; one that ends with `*` stands for
 * all that begin so. A dimension that is absent is not bounded.
 */
export interface Reach {
  /** Event types. */
  types?: readonly string[];
  businesses?: readonly string[];
  /** Ids of rules: the rules themselves, and the tasks that they made. */
  rules?: readonly string[];
  /** Names of clusters: the clusters themselves, and tasks that can run on none but these. */
  clusters?: readonly string[];
}

/** Some people, and what they may. */
export interface Role {
  /** Unique. */
  name: string;
  of: People;
  rights: readonly Right[];
  /** Absent: everything. */
  on?: Reach;
}

/** What somebody asks a right on. */
export interface AccessObject {
  /** Its event type, where it has one. */
  type?: string;
  business?: string;
  rule?: string;
  /** Every cluster that it is on or may come to; all of them must be reached. */
  clusters?: readonly string[];
}

/** What a right on a task is asked on: where it runs once that is known, else wherever it may run. */
export function objectOfTask(task: {
  business: string;
  ruleId: string;
  clusters: readonly string[];
  execution: { cluster: string } | null;
}): AccessObject {
  const { business, ruleId, execution } = task;
  return { business, rule: ruleId, clusters: execution ? [execution.cluster] : task.clusters };
}

/** What a right on a rule is asked on; on one that is gone, everything. */
export function objectOfRule(rule: { id: string; business: string } | undefined): AccessObject {
  return rule ? { business: rule.business, rule: rule.id } : {};
}

/**
 * A key to REST. It limits what its user's roles grant to `rights` and grants nothing by itself. The token is
 * not kept, only its hash.
 */
export interface AccessToken {
  /** Names it in logs and lists. */
  id: string;
  /** `tokenHash` of the token. */
  hash: string;
  /** Userid, in lower case. */
  user: string;
  rights: readonly Right[];
  /** ISO instant from which on it is dead. */
  expires: string;
}

/** SHA-256 of a token, in hex. Tokens are long and random, so that a plain hash cannot be searched back. */
export function tokenHash(token: string): string {
  return hash("sha256", token);
}

/** Whether a token is dead at an instant (milliseconds). */
export function hasExpired({ expires }: Pick<AccessToken, "expires">, nowMs: number): boolean {
  // Asked this way round, a date that cannot be read lets nobody in.
  return !(nowMs < Date.parse(expires));
}

/** Whether an object lies in a reach. A bounded dimension that the object does not have is outside. */
export function reaches(reach: Reach | undefined, object: AccessObject): boolean {
  const { type, business, rule, clusters } = object;
  const isNamed =
    holds(reach?.types, type) && holds(reach?.businesses, business) && holds(reach?.rules, rule);
  return isNamed && holdsAll(reach?.clusters, clusters);
}

function holdsAll(listed: readonly string[] | undefined, values: readonly string[] = []): boolean {
  return listed === undefined || (values.length > 0 && values.every((value) => holds(listed, value)));
}

function holds(listed: readonly string[] | undefined, value: string | undefined): boolean {
  if (listed === undefined) return true;
  return value !== undefined && listed.some((one) => fits(one, value));
}

function fits(listed: string, value: string): boolean {
  return listed.endsWith("*") ? value.startsWith(listed.slice(0, -1)) : listed === value;
}
