import type { People } from "../people/people.ts";
import type { PeopleApproval } from "./approval.ts";
import { takePlaces } from "./places.ts";

/** What was decided so far, and who cannot approve because they asked for it. */
export interface Decided {
  votes: readonly { by: string; onBehalfOf?: string; verdict: "approve" | "reject" }[];
  asker: string | null;
}

/**
 * Whether rejections end an approval that goes by `majority`: more people have rejected than the groups need
 * together, or there could be no quorum any more even if everybody else who may decide approved.
 */
export function isOutvoted(approval: PeopleApproval, { votes, asker }: Decided): boolean {
  const against = votes.filter(({ verdict }) => verdict === "reject");
  if (against.length === 0) return false;
  const needed = approval.groups.reduce((sum, { need }) => sum + need, 0);
  if (against.length > needed) return true;
  // Who stands in and who is absent are one vote, so that neither of them can approve any more.
  const gone = against.flatMap(({ by, onBehalfOf }) => (onBehalfOf === undefined ? [by] : [by, onBehalfOf]));
  return !canReach(approval, new Set(asker === null ? gone : [...gone, asker]));
}

/**
 * Whether a quorum can still come together without some people. Who carries a tag or belongs to a department is
 * not known beforehand, so there are always enough of them; people who are named are counted. The people of every
 * step count, also of one that is still to come.
 */
function canReach({ groups, escalate }: PeopleApproval, without: ReadonlySet<string>): boolean {
  const steps = escalate.map(({ to, need }) => ({ users: countable(to, without), need }));
  if (steps.some(({ users, need }) => users === null || users.length >= need)) return true;
  const counted = groups.flatMap(({ from, need }) => {
    const users = countable(from, without);
    return users === null ? [] : [{ users, need }];
  });
  const ofSteps = new Set(steps.flatMap(({ users }) => users ?? []));
  const people = [...new Set([...counted.flatMap(({ users }) => users), ...ofSteps])];
  const all = [...counted.keys()];
  const mayTake = people.map((by) =>
    ofSteps.has(by) ? all : all.filter((index) => counted[index]?.users.includes(by)),
  );
  const taken = takePlaces(
    mayTake,
    counted.map(({ need }) => need),
  );
  return taken.filter((group) => group !== null).length === counted.reduce((sum, { need }) => sum + need, 0);
}

/** The people who are left of some that are all named one by one; null where nobody knows how many there are. */
function countable(people: People, without: ReadonlySet<string>): string[] | null {
  if (Object.keys(people).some((key) => key !== "users")) return null;
  return [...new Set(people.users)].filter((by) => !without.has(by));
}

/** Whether an approval could come together at all, by the people that are named and without some of them. */
export function isReachable(approval: PeopleApproval, without: ReadonlySet<string> = new Set()): boolean {
  return canReach(approval, without);
}
