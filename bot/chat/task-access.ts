import { asker, deciders } from "../../core/approvals/index.ts";
import { authorise, objectOfTask, type People, type UserActor } from "../../core/people/index.ts";
import type { Directory } from "../../core/ports/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import type { DelegationKeeper } from "../delegations/index.ts";

export interface TaskAccessDeps {
  directory: Pick<Directory, "expand">;
  delegations: Pick<DelegationKeeper, "standsFor">;
}

/** What one person has to do with tasks, by what is known of people for some minutes; for reading alone. */
export interface TaskAccess {
  /** Whether it waits, and for this person among others. */
  waitsForThem(task: Task): Promise<boolean>;
  /** Whether they may see it: it is theirs, or their roles reach it. */
  mayRead(task: Task): Promise<boolean>;
  /** The same of its page, which those may see too who hear how it ends. */
  mayReadPage(task: Task): Promise<boolean>;
}

const NOBODY: ReadonlySet<string> = new Set();

function setOf(userIds: readonly string[]): ReadonlySet<string> {
  return new Set(userIds);
}

/** Looks each group of people up once. */
export async function taskAccess(
  actor: UserActor,
  { directory, delegations }: TaskAccessDeps,
): Promise<TaskAccess> {
  const { userId } = actor;
  const places = [userId, ...(await delegations.standsFor(userId))];
  const groups = new Map<string, Promise<ReadonlySet<string>>>();
  const membersOf = (people: People): Promise<ReadonlySet<string>> => {
    const key = JSON.stringify(people);
    // Who cannot be looked up now is in no group; the right of a role still counts.
    const found = groups.get(key) ?? directory.expand(people).then(setOf, () => NOBODY);
    groups.set(key, found);
    return found;
  };
  const decides = async (task: Task) => {
    const groups = await Promise.all(deciders(task).map(({ people }) => membersOf(people)));
    return groups.some((members) => places.some((place) => members.has(place)));
  };
  const mayRead = async (task: Task) => {
    if (isKnownTo(task, userId)) return true;
    return authorise(actor, "tasks.read", objectOfTask(task)).outcome === "allowed" || decides(task);
  };
  return {
    waitsForThem: async (task) => {
      if (task.state !== "pending_approval" || asker(task) === userId) return false;
      return !hasDecided(task, userId) && decides(task);
    },
    mayRead,
    mayReadPage: async (task) => {
      const { to } = task.report;
      return (await mayRead(task)) || (to !== undefined && (await membersOf(to)).has(userId));
    },
  };
}

function hasDecided({ decisions, round }: Task, userId: string): boolean {
  return decisions.some((one) => one.by === userId && one.round === round);
}

/** Whether the person asked for it, decided about it, or was shown its card. */
function isKnownTo(task: Task, userId: string): boolean {
  const wasAsked = task.cards.some(({ recipients }) => recipients.includes(userId));
  return wasAsked || asker(task) === userId || task.history.some(({ by }) => by === userId);
}
