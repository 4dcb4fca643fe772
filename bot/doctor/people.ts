import type { Home } from "../../adapters/files/index.ts";
import { errorText, isChatOpsError } from "../../core/errors.ts";
import { normaliseUserId, type People } from "../../core/people/index.ts";
import type { Directory } from "../../core/ports/index.ts";
import type { ApprovalSpec } from "../../core/rules/index.ts";
import { type Finding, findingsAbout } from "./finding.ts";

/** Some people and where the files name them. */
interface Named {
  where: string;
  people: People;
  /** How many of them an approval asks for; absent where none is given by them. */
  need?: number;
}

const SCOPE =
  "企业微信管理后台 → 应用管理 → 该应用 → 可见范围，加上此人、其部门或标签 (admin console → 应用管理 → the app → 可见范围: add the person, department or tag)";
/** A doctor's visit must not use up what the app may ask. */
const MOST = 1_000;
const AT_ONCE = 4;
/** Of larger groups nobody is looked at alone. */
const MOST_OF_GROUP = 20;

/** Whether everybody whom the files and ADMIN name can be reached and may act. */
export async function lookAtPeople(
  home: Home,
  admin: People | null,
  directory: Pick<Directory, "vouch" | "expand">,
): Promise<Finding[]> {
  const named = namedIn(home, admin);
  const looks = [...usersOf(named), ...groupsOf(named)].slice(0, MOST);
  const found: Finding[] = [];
  for (let i = 0; i < looks.length; i += AT_ONCE) {
    const some = looks.slice(i, i + AT_ONCE).map(([who, where]) => lookAt(who, where, directory));
    found.push(...(await Promise.all(some)).flat());
  }
  if (found.some(({ outcome }) => outcome !== "holds")) return found;
  const { holds } = findingsAbout("people");
  const count = looks.length;
  return [
    ...found,
    holds("people_in_scope", `文件里点名的人、标签、部门都在可见范围内 (all ${count} named are in scope)`),
  ];
}

function namedIn(home: Home, admin: People | null): Named[] {
  const rules = home.rules.flatMap((rule) => {
    const where = `rule ${rule.id}`;
    const asked = [rule.approval, ...rule.offers.map(({ approval }) => approval)];
    return [
      ...asked.flatMap((approval) => askedIn(where, approval)),
      ...told(where, rule.report.to, rule.owner),
    ];
  });
  const runs = home.grants.flatMap((grant) => {
    const where = `run ${grant.id}`;
    return [...askedIn(where, grant.approval), ...told(where, grant.by, grant.report.to)];
  });
  const packSets = home.packSets.flatMap(({ id, approval }) => askedIn(`pack set ${id}`, approval));
  const rosters = home.rosters.flatMap((roster) => {
    if (roster.kind !== "calendar") return [];
    const turns = [
      ...(roster.rotation?.turns.flat() ?? []),
      ...roster.shifts.flatMap(({ people }) => people),
    ];
    return [{ where: `roster ${roster.name}`, people: { users: turns } }];
  });
  const roles = home.roles.map(({ name, of }) => ({ where: `role ${name}`, people: of }));
  const policies = home.policies.map(({ id, approvedBy }) => ({
    where: `policy ${id}`,
    people: { users: [approvedBy] },
  }));
  const tokens = home.tokens.map(({ id, user }) => ({ where: `token ${id}`, people: { users: [user] } }));
  const administrator = admin === null ? [] : [{ where: "ADMIN", people: admin }];
  return [...rules, ...runs, ...packSets, ...rosters, ...roles, ...policies, ...tokens, ...administrator];
}

function askedIn(where: string, approval: ApprovalSpec): Named[] {
  if (approval.mode !== "people") return [];
  return [
    ...approval.groups.map(({ from, need }) => ({ where, people: from, need })),
    ...approval.escalate.map(({ to }) => ({ where, people: to, need: 1 })),
  ];
}

function told(where: string, ...some: readonly (People | undefined)[]): Named[] {
  return some.flatMap((people) => (people ? [{ where, people }] : []));
}

type Who = { user: string } | { group: People; text: string; need: number };
type Looked = [who: Who, where: string[]];

function usersOf(named: readonly Named[]): Looked[] {
  const found = new Map<string, Set<string>>();
  for (const { where, people } of named) {
    for (const user of people.users ?? []) addTo(found, normaliseUserId(user), where);
  }
  return [...found].map(([user, where]) => [{ user }, [...where]]);
}

function groupsOf(named: readonly Named[]): Looked[] {
  const found = new Map<string, Set<string>>();
  const needs = new Map<string, number>();
  for (const { where, people, need = 0 } of named) {
    const { tag, department } = people;
    const texts = [
      ...(tag === undefined ? [] : [`tag ${tag}`]),
      ...(department === undefined ? [] : [`department ${department}`]),
    ];
    for (const text of texts) {
      addTo(found, text, where);
      // Of people named in several ways each group need not give all.
      if (isOneGroup(people)) needs.set(text, Math.max(needs.get(text) ?? 0, need));
    }
  }
  return [...found].map(([text, where]) => {
    return [{ group: groupOf(text), text, need: needs.get(text) ?? 0 }, [...where]];
  });
}

function isOneGroup({ users, tag, department, duty }: People): boolean {
  return !users?.length && duty === undefined && (tag === undefined) !== (department === undefined);
}

function groupOf(text: string): People {
  const [kind, ...rest] = text.split(" ");
  const name = rest.join(" ");
  return kind === "tag" ? { tag: name } : { department: Number(name) };
}

function addTo(found: Map<string, Set<string>>, key: string, where: string): void {
  found.set(key, (found.get(key) ?? new Set()).add(where));
}

async function lookAt(
  who: Who,
  where: readonly string[],
  directory: Pick<Directory, "vouch" | "expand">,
): Promise<Finding[]> {
  const about = "user" in who ? `person ${who.user}` : who.text;
  try {
    return "user" in who
      ? await lookAtUser(who.user, about, { where, directory })
      : await lookAtGroup(who, { where, directory });
  } catch (error) {
    return unreadable(error, about, where);
  }
}

interface Asking {
  where: readonly string[];
  directory: Pick<Directory, "vouch" | "expand">;
}

async function lookAtUser(user: string, about: string, { where, directory }: Asking): Promise<Finding[]> {
  const { fails } = findingsAbout(about);
  const { outcome } = await directory.vouch(user, [{ users: [user] }]);
  if (outcome === "unknown_person") {
    const what = `没有这个成员，或应用看不见此人，写在 (no such member, or out of the app's sight, named in) ${where.join(", ")}`;
    const todo = `改正文件里的 userid (correct the userid in the files), 或 (or) ${SCOPE}`;
    return [fails("person_unknown", what, todo)];
  }
  if (outcome !== "inactive") return [];
  const what = `已停用、离职或未激活，写在 (disabled, left or not activated, named in) ${where.join(", ")}`;
  return [
    fails(
      "person_inactive",
      what,
      "从文件里去掉，或请此人激活 (take out of the files, or let them activate)",
    ),
  ];
}

async function lookAtGroup(
  { group, text, need }: Extract<Who, { group: People }>,
  { where, directory }: Asking,
): Promise<Finding[]> {
  const { fails, holds } = findingsAbout(text);
  const named = `写在 (named in) ${where.join(", ")}`;
  const members = await directory.expand(group);
  if (members.length === 0) {
    return [
      fails(
        "group_empty",
        `可见范围内没有成员，${named} (nobody of it is in scope)`,
        `${MORE}, 或 (or) ${SCOPE}`,
      ),
    ];
  }
  if (members.length > MOST_OF_GROUP) return [];
  const inactive: string[] = [];
  for (const user of members) {
    const { outcome } = await directory.vouch(user, [{ users: [user] }]);
    if (outcome === "inactive") inactive.push(user);
  }
  if (inactive.length === 0) return [];
  const who = `已停用、离职或未激活 (disabled, left or not activated): ${inactive.join(" ")}`;
  const active = members.length - inactive.length;
  if (active >= need)
    return [holds("members_inactive", `${who}; 他们不能授权 (they cannot approve), ${named}`)];
  const few = `要 ${need} 人批准，能批准的只有 ${active} 人 (${need} have to approve, ${active} can)`;
  return [fails("too_few_active", `${few}; ${who}, ${named}`, MORE)];
}

const MORE = "给它加成员 (add members to it)";

function unreadable(error: unknown, about: string, where: readonly string[]): Finding[] {
  if (!isChatOpsError(error)) throw error;
  const { fails, reduced } = findingsAbout(about);
  const named = `写在 (named in) ${where.join(", ")}`;
  if (error.code === "wecom.out_of_scope") {
    return [fails("out_of_scope", `不在应用的可见范围内 (outside the app's visible scope), ${named}`, SCOPE)];
  }
  const tags =
    "企业微信管理后台 → 通讯录 → 标签；并让应用可见 (admin console → 通讯录 → 标签, visible to the app)";
  if (error.code === "wecom.unknown_tag")
    return [fails("tag_unknown", `没有这个标签 (no such tag), ${named}`, tags)];
  if (error.code === "wecom.ambiguous_tag")
    return [fails("tag_ambiguous", `${errorText(error)}, ${named}`, tags)];
  return [reduced("people_not_read", errorText(error))];
}
