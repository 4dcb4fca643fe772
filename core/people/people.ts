/** Some people, named in any of four ways; somebody named in any of them belongs. */
export interface People {
  /** WeCom userids, in lower case. */
  users?: readonly string[];
  /** A WeCom tag, by name or number. */
  tag?: string;
  /** A WeCom department, by number. */
  department?: number;
  /** The name of a duty roster: those on duty at the moment of asking. */
  duty?: string;
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

/** Why somebody belongs to none of the groups that were asked about. `duty_unknown`: it is not known who is on duty. */
type Outside = "not_entitled" | "inactive" | "unknown_person" | "duty_unknown";

/** To which of some groups one person belongs, by their place among those asked about; or why to none. */
export type Membership = { outcome: "entitled"; groups: readonly number[] } | { outcome: Outside };

/** Why somebody may not decide. `group_gone`: a group of those who may cannot be read, and never will, as it is. */
export type Unentitled = Outside | "group_gone";

/** As whom one person may decide, by the names of `deciders`; or why not at all. */
export type Entitlement = { outcome: "entitled"; groups: readonly string[] } | { outcome: Unentitled };

/** WeCom userids are compared without case. */
export function normaliseUserId(userId: string): string {
  return userId.trim().toLowerCase();
}

/** What can be a userid, as `normaliseUserId` gives it. */
export function isUserId(text: string): boolean {
  return /^[a-z0-9][a-z0-9_.@-]{0,63}$/.test(text);
}

/** Whether nobody can belong to it, whoever is where. */
export function namesNobody({ users, tag, department, duty }: People): boolean {
  return !users?.length && tag === undefined && department === undefined && duty === undefined;
}

/** The words for some people, as cards and logs show them; by userid where no names are at hand. */
export function peopleText(people: People, nameOf = (userId: string) => userId): string {
  const parts: string[] = [];
  if (people.users?.length) parts.push(people.users.map(nameOf).join(" "));
  if (people.tag !== undefined) parts.push(`#${people.tag}`);
  if (people.department !== undefined) parts.push(`@${people.department}`);
  if (people.duty !== undefined) parts.push(`duty:${people.duty}`);
  return parts.join(" ");
}

/** The union of some groups of people, kept as separate groups because tags cannot be merged. */
export type PeopleGroups = readonly People[];
