import { LRUCache } from "lru-cache";
import { ChatOpsError } from "../../core/errors.ts";
import {
  type Membership,
  normaliseUserId,
  type People,
  type PeopleGroups,
  type Person,
} from "../../core/people/index.ts";
import type { Clock, Directory, Logger } from "../../core/ports/index.ts";
import type { Contacts, TagMembers } from "./contacts.ts";
import { isUserId } from "./recipients.ts";
import { createTagIds } from "./tag-ids.ts";

/** What the directory needs. */
export interface DirectoryParts {
  contacts: Contacts;
  clock: Clock;
  log: Logger;
  /** How long members, names and tag numbers are kept, in milliseconds. */
  ttlMs: number;
}

type Loader<K extends string | number, V extends object> = (key: K) => Promise<V>;

const MAX_KEPT = 10_000;

/** Keeps what a loader gave for a while; parallel readers share one load, failures are not kept. */
function kept<K extends string | number, V extends object>(load: Loader<K, V>, ttlMs: number, clock: Clock) {
  const perf = { now: () => clock.nowMs() };
  const cache = new LRUCache<K, V>({ max: MAX_KEPT, ttl: ttlMs, ttlResolution: 0, perf, fetchMethod: load });
  return async (key: K): Promise<V> => (await cache.fetch(key)) ?? load(key);
}

function carries(members: TagMembers, person: Person): boolean {
  return members.userIds.has(person.userId) || person.departments.some((id) => members.departments.has(id));
}

function isNamed(group: People, person: Person): boolean {
  if (group.users?.some((userId) => normaliseUserId(userId) === person.userId)) return true;
  return group.department !== undefined && person.departments.includes(group.department);
}

function tagsOf(groups: PeopleGroups): string[] {
  return [...new Set(groups.flatMap((group) => (group.tag === undefined ? [] : [group.tag])))];
}

type TagsRead = ReadonlyMap<string, PromiseSettledResult<TagMembers>>;

/** One group that says yes is enough; a tag that cannot be read must not turn into a no. */
function judge(person: Person, groups: PeopleGroups, tags: TagsRead): Membership {
  if (!person.active) return { outcome: "inactive" };
  const own = [...groups.keys()].filter((index) => belongs(person, groups[index] ?? {}, tags));
  if (own.length > 0) return { outcome: "entitled", groups: own };
  const failed = [...tags.values()].find((tag) => tag.status === "rejected");
  if (failed) throw failed.reason;
  return { outcome: "not_entitled" };
}

function belongs(person: Person, group: People, tags: TagsRead): boolean {
  if (isNamed(group, person)) return true;
  const tag = group.tag === undefined ? undefined : tags.get(group.tag);
  return tag?.status === "fulfilled" && carries(tag.value, person);
}

type TagReader = (tag: string) => Promise<TagMembers>;

async function vouch(
  contacts: Contacts,
  freshTag: TagReader,
  asked: { userId: string; groups: PeopleGroups },
): Promise<Membership> {
  const { userId, groups } = asked;
  if (!isUserId(userId)) return { outcome: "unknown_person" };
  const tags = tagsOf(groups);
  const reading = Promise.allSettled(tags.map(freshTag));
  const [person, read] = await Promise.all([contacts.person(userId), reading]);
  if (person === null) return { outcome: "unknown_person" };
  return judge(person, groups, new Map(tags.flatMap((tag, i) => (read[i] ? [[tag, read[i]]] : []))));
}

/** Makes the reader of whole groups, for sending. */
function createExpand({ contacts, clock, ttlMs }: DirectoryParts, freshTag: TagReader): Directory["expand"] {
  const departmentMembers = kept((id: number) => contacts.department(id), ttlMs, clock);
  const tagMembers = kept(allOfTag, ttlMs, clock);

  async function allOfTag(tag: string): Promise<string[]> {
    const { userIds, departments } = await freshTag(tag);
    const byDepartment = await Promise.all([...departments].map(departmentMembers));
    return [...userIds, ...byDepartment.flat()];
  }

  return async (people) => {
    const [byTag, byDepartment] = await Promise.all([
      people.tag === undefined ? [] : tagMembers(people.tag),
      people.department === undefined ? [] : departmentMembers(people.department),
    ]);
    const users = (people.users ?? []).map(normaliseUserId);
    return [...new Set([...users, ...byTag, ...byDepartment])];
  };
}

/** Makes the reader of names. A failure gives the userid: a card must go out without the decoration. */
function createNameOf({ contacts, clock, log, ttlMs }: DirectoryParts): Directory["nameOf"] {
  const names = kept(
    async (userId: string) => ({ name: (await contacts.person(userId))?.name ?? userId }),
    ttlMs,
    clock,
  );
  return async (userId) => {
    const id = normaliseUserId(userId);
    if (!isUserId(id)) return userId;
    try {
      return (await names(id)).name;
    } catch (error) {
      if (!(error instanceof ChatOpsError)) throw error;
      log.debug({ code: error.code }, "a member's name could not be read");
      return id;
    }
  };
}

/** Makes the directory over WeCom's contacts. */
export function createDirectory(parts: DirectoryParts): Directory {
  const { contacts, clock, ttlMs } = parts;
  const tagIds = createTagIds(kept(contacts.tagNames, ttlMs, clock), contacts.tagNames);
  const freshTag = async (tag: string) => contacts.tag(await tagIds(tag));
  return {
    expand: createExpand(parts, freshTag),
    vouch: (userId, groups) => vouch(contacts, freshTag, { userId: normaliseUserId(userId), groups }),
    nameOf: createNameOf(parts),
  };
}
