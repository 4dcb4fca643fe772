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
}

/** Looks each group of people up once. */
export async function taskAccess(
  actor: UserActor,
  { directory, delegations }: TaskAccessDeps,
): Promise<TaskAccess> {
  const { userId } = actor;
  const places = [userId, ...(await delegations.standsFor(userId))];
  const groups = new Map<string, Promise<boolean>>();
  const isAmong = (people: People): Promise<boolean> => {
    const key = JSON.stringify(people);
    const known = groups.get(key);
    if (known) return known;
    // Who cannot be looked up now is in no group; the right of a role still counts.
    const members = directory.expand(people).catch((): string[] => []);
    const found = members.then((userIds) => places.some((place) => userIds.includes(place)));
    groups.set(key, found);
    return found;
  };
  const decides = async (task: Task) => {
    return (await Promise.all(deciders(task).map(({ people }) => isAmong(people)))).includes(true);
  };
  return {
    waitsForThem: async (task) => {
      if (task.state !== "pending_approval" || asker(task) === userId) return false;
      return !hasDecided(task, userId) && decides(task);
    },
    mayRead: async (task) => {
      if (isKnownTo(task, userId)) return true;
      return authorise(actor, "tasks.read", objectOfTask(task)).outcome === "allowed" || decides(task);
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
