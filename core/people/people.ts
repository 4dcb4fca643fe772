/** Some people, named in any of three ways; somebody named in any of them belongs. */
export interface People {
  /** WeCom userids, in lower case. */
  users?: readonly string[];
  /** A WeCom tag, by name or number. */
  tag?: string;
  /** A WeCom department, by number. */
  department?: number;
}

/** A member as the directory knows them now. */
export interface Person {
  /** Lower case: WeCom compares userids without case (reference/wecom.md 6.1). */
  userId: string;
  name: string;
  /** False for everybody but an activated member: disabled, not activated, left. */
  active: boolean;
  departments: readonly number[];
}

/** Why somebody belongs to none of the groups that were asked about. */
export type Unentitled = "not_entitled" | "inactive" | "unknown_person";

/** To which of some groups one person belongs, by their place among those asked about; or why to none. */
export type Membership = { outcome: "entitled"; groups: readonly number[] } | { outcome: Unentitled };

/** As whom one person may decide, by the names of `deciders`; or why not at all. */
export type Entitlement = { outcome: "entitled"; groups: readonly string[] } | { outcome: Unentitled };

/** WeCom userids are compared without case. */
export function normaliseUserId(userId: string): string {
  return userId.trim().toLowerCase();
}

/** The words for some people, as cards and logs show them. */
export function peopleText(people: People): string {
  const parts: string[] = [];
  if (people.users?.length) parts.push(people.users.join(" "));
  if (people.tag !== undefined) parts.push(`#${people.tag}`);
  if (people.department !== undefined) parts.push(`@${people.department}`);
  return parts.join(" ");
}

/** The union of some groups of people, kept as separate groups because tags cannot be merged. */
export type PeopleGroups = readonly People[];
