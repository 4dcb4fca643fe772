import { ChatOpsError } from "../../core/errors.ts";
import { normaliseUserId, type Person } from "../../core/people/index.ts";
import type { WecomClient } from "./client.ts";
import { badAnswer } from "./errors.ts";
import { memberListAnswer, tagAnswer, tagListAnswer, userAnswer } from "./schema.ts";

/** Who carries a tag: some by themselves, some by their department. */
export interface TagMembers {
  userIds: ReadonlySet<string>;
  departments: ReadonlySet<number>;
}

/** WeCom's contacts, read anew with each call. */
export interface Contacts {
  /** A member; null when there is none of that id. */
  person(userId: string): Promise<Person | null>;
  /** Who carries a tag, as far as the app may see. */
  tag(tagId: number): Promise<TagMembers>;
  /** Ids of the direct members of a department. */
  department(departmentId: number): Promise<string[]>;
  /** Number of each tag name; several where a name is used twice. */
  tagNames(): Promise<ReadonlyMap<string, readonly number[]>>;
}

/** The only status of a member who may act. */
const ACTIVE = 1;

/** Whom the app may not see it cannot vouch for, as if they were not there. */
const NOBODY = ["wecom.unknown_person", "wecom.out_of_scope"];

function idSet(members: readonly { userid: string }[]): Set<string> {
  return new Set(members.map((member) => normaliseUserId(member.userid)));
}

async function person(client: WecomClient, userId: string): Promise<Person | null> {
  const api = "user/get";
  const answer = await client
    .call({ method: "GET", api, query: { userid: userId } }, userAnswer)
    .catch((error) => {
      if (error instanceof ChatOpsError && NOBODY.includes(error.code)) return null;
      throw error;
    });
  if (answer === null) return null;
  // Somebody else's answer must not speak for the one who was asked for.
  if (normaliseUserId(answer.userid) !== userId) throw badAnswer(api, "is about another member");
  const { name, department = [], status } = answer;
  return { userId, name: name || userId, active: status === ACTIVE, departments: department };
}

async function tag(client: WecomClient, tagId: number): Promise<TagMembers> {
  const query = { tagid: String(tagId) };
  const answer = await client.call({ method: "GET", api: "tag/get", query }, tagAnswer);
  return { userIds: idSet(answer.userlist ?? []), departments: new Set(answer.partylist ?? []) };
}

async function department(client: WecomClient, departmentId: number): Promise<string[]> {
  const query = { department_id: String(departmentId) };
  const answer = await client.call({ method: "GET", api: "user/simplelist", query }, memberListAnswer);
  return [...idSet(answer.userlist)];
}

async function tagNames(client: WecomClient): Promise<Map<string, number[]>> {
  const { taglist } = await client.call({ method: "GET", api: "tag/list" }, tagListAnswer);
  const names = new Map<string, number[]>();
  for (const { tagid, tagname } of taglist) names.set(tagname, [...(names.get(tagname) ?? []), tagid]);
  return names;
}

/** Makes the reader of one company's contacts. */
export function createContacts(client: WecomClient): Contacts {
  return {
    person: (userId) => person(client, userId),
    tag: (tagId) => tag(client, tagId),
    department: (departmentId) => department(client, departmentId),
    tagNames: () => tagNames(client),
  };
}
