import { approvers } from "../../core/approvals/index.ts";
import { titleLine } from "../../core/cards/index.ts";
import { ChatOpsError, errorText, isChatOpsError, isFinal } from "../../core/errors.ts";
import { shortId } from "../../core/ids/index.ts";
import { type People, type PeopleGroups, peopleText } from "../../core/people/index.ts";
import type {
  Clock,
  Directory,
  Logger,
  Metrics,
  Outbox,
  OutboxClaim,
  OutboxItem,
  ThrottleStore,
} from "../../core/ports/index.ts";
import type { Rule } from "../../core/rules/index.ts";
import { requesterOf, type Task } from "../../core/tasks/index.ts";
import { namesOf } from "../names.ts";
import type { Viewer } from "./viewing.ts";

export interface HearerDeps {
  outbox: Pick<Outbox, "add">;
  directory: Pick<Directory, "expand" | "nameOf">;
  throttle: Pick<ThrottleStore, "take">;
  /** The rules in force. */
  rules: () => readonly Pick<Rule, "id" | "owner">[];
  /** Who runs Whale; null when nobody is named. */
  admin: People | null;
  view: Viewer;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

type FindDeps = Pick<HearerDeps, "log"> & { directory: Pick<Directory, "expand"> };

/** The members of some groups, and why one of them will never be read; null when all were. */
interface Found {
  members: string[];
  lost: ChatOpsError | null;
}

/**
 * The members of some groups, each once. What the directory will never read, such as a deleted tag, is left out with a
 * line in the log, for it must not silence the others. Throws when nothing else is named, and what may be read later.
 */
export async function membersOf(groups: PeopleGroups, deps: FindDeps): Promise<string[]> {
  const named = groups.flatMap(namesIn);
  const read = await Promise.all(named.map((people) => readOne(people, deps)));
  const { members, lost } = foundIn(read);
  if (lost && read.every(isChatOpsError)) throw lost;
  return members;
}

/** The members of some groups, where those of which none will ever be read are told of instead of thrown. */
export async function findMembers(groups: PeopleGroups, deps: FindDeps): Promise<Found> {
  return foundIn(await Promise.all(groups.flatMap(namesIn).map((people) => readOne(people, deps))));
}

/** Each of the ways in which some people are named, by itself. */
function namesIn({ users, tag, department, duty }: People): People[] {
  return [
    ...(users === undefined ? [] : [{ users }]),
    ...(tag === undefined ? [] : [{ tag }]),
    ...(department === undefined ? [] : [{ department }]),
    ...(duty === undefined ? [] : [{ duty }]),
  ];
}

async function readOne(people: People, { directory, log }: FindDeps): Promise<string[] | ChatOpsError> {
  try {
    return await directory.expand(people);
  } catch (error) {
    if (!isFinal(error)) throw error;
    log.error(
      { people: peopleText(people), code: error.code, reason: error.message },
      "people cannot be found",
    );
    return error;
  }
}

function foundIn(read: readonly (string[] | ChatOpsError)[]): Found {
  const members = read.flatMap((one) => (isChatOpsError(one) ? [] : one));
  return { members: [...new Set(members)], lost: read.find(isChatOpsError) ?? null };
}

/** That there is nobody to ask now. */
export function nobody(groups: PeopleGroups): Error {
  const message = `nobody to send to: ${groups.map((people) => peopleText(people)).join(", ")}`;
  // People may be added to a tag at any time; the approval's own clock has not begun.
  return new ChatOpsError(message, { code: "card.nobody", retryable: true, reached: "no" });
}

/**
 * Who hears how a task ended: whom the rule names, who asked for it, else who approved it; else who was asked. Of a
 * rejection who asked for it alone, since the others see it on their cards. Who owns the rule, else who runs Whale, where
 * none of them can be found. Throws when not even they can.
 */
export async function audienceOf(task: Task, deps: HearerDeps): Promise<string[]> {
  if (task.state === "rejected") return askerOf(task);
  const named = await findMembers(namedBy(task), deps);
  const people = [...named.members, ...involved(task)];
  if (people.length > 0) return [...new Set(people)];
  const first = task.approval.mode === "people" ? task.approval.groups.map(({ from }) => from) : [];
  const asked = await findMembers(first, deps);
  return asked.members.length > 0 ? asked.members : standIns(task, named.lost ?? asked.lost, deps);
}

/** Who hears a notice for some groups. Where none of them can be found: who hears how the task ended. */
export async function noticedOf(groups: PeopleGroups, task: Task, deps: HearerDeps): Promise<string[]> {
  const { members, lost } = await findMembers(groups, deps);
  if (members.length > 0 || !lost) return members;
  const people = [...new Set(involved(task))];
  return people.length > 0 ? people : standIns(task, lost, deps);
}

/** Who asked for it, and who approved it. */
function involved(task: Task): string[] {
  return [...askerOf(task), ...approvers(task)];
}

/** Who asked for it; nobody where a rule made it. */
function askerOf(task: Task): string[] {
  const requester = requesterOf(task);
  return requester === null ? [] : [requester];
}

/** Nobody stands in for groups that are only empty. */
async function standIns(task: Task, lost: ChatOpsError | null, deps: HearerDeps): Promise<string[]> {
  if (!lost) return [];
  const owners = await ownersOf(task, deps);
  const people = owners.length > 0 ? owners : await adminsOf(deps);
  if (people.length === 0) throw lost;
  return people;
}

async function adminsOf(deps: HearerDeps): Promise<string[]> {
  return (await findMembers(deps.admin ? [deps.admin] : [], deps)).members;
}

function namedBy({ report }: Task): PeopleGroups {
  return report.to ? [report.to] : [];
}

async function namedOf(task: Task, deps: FindDeps): Promise<string[]> {
  return (await findMembers(namedBy(task), deps)).members;
}

const DAY_MS = 86_400_000;

interface Unreached {
  claim: OutboxClaim;
  task: Task;
  /** Who did not get it. */
  unreachable: readonly string[];
  /** Who was to get it. */
  asked: readonly string[];
  /** By which names. */
  named: PeopleGroups;
}

/**
 * Tells who owns the rule of a task who could not be reached, and whoever asked for it, of the people who are named one
 * by one: a tag may well have members who are not there. Each hears of the same person once a day. Where too few are
 * left to approve, all of them hear of everybody, and so do those whom the rule reports to, and who was reached. Never
 * throws: the message has gone out, and is not sent again because this one cannot be.
 */
export async function tellUnreached(facts: Unreached, deps: HearerDeps): Promise<void> {
  const { claim, task, unreachable } = facts;
  if (unreachable.length === 0) return;
  deps.log.warn({ key: claim.key, taskId: task.id, unreachable }, "message did not reach everybody");
  deps.metrics.count("outbox_unreached", { kind: claim.body.kind }, unreachable.length);
  await tellWhoAsks(facts, deps).catch((error: unknown) => {
    const fields = { key: claim.key, taskId: task.id, reason: errorText(error) };
    deps.log.error(fields, "nobody could be told whom a message did not reach");
  });
}

async function tellWhoAsks(facts: Unreached, deps: HearerDeps): Promise<void> {
  const { claim, task, unreachable, asked, named } = facts;
  const reached = asked.filter((id) => !unreachable.includes(id));
  const atRisk = claim.body.kind === "card" && reached.length < mostNeeded(task);
  const asker = askerOf(task);
  const owners = await ownersOf(task, deps);
  const all = atRisk ? [...owners, ...asker, ...reached, ...(await namedOf(task, deps))] : owners;
  const byName = unreachable.filter((id) => named.some(({ users = [] }) => users.includes(id)));
  await tellEach({ claim, task, unreachable }, all, deps);
  await tellEach({ claim, task, unreachable: byName }, asker, deps);
}

async function tellEach(
  { claim, task, unreachable }: Pick<Unreached, "claim" | "task" | "unreachable">,
  hearers: readonly string[],
  deps: HearerDeps,
): Promise<void> {
  for (const to of new Set(hearers)) {
    if (unreachable.includes(to)) continue;
    const people = await notToldToday({ claim, to, people: unreachable }, deps);
    if (people.length > 0) await tellOne({ claim, task, to, people }, deps);
  }
}

function mostNeeded({ approval }: Task): number {
  return approval.mode === "people" ? Math.max(...approval.groups.map(({ need }) => need)) : 0;
}

async function ownersOf(task: Task, deps: HearerDeps): Promise<string[]> {
  return (await findMembers(ownedBy(task, deps), deps)).members;
}

function ownedBy({ ruleId }: Task, { rules }: HearerDeps): PeopleGroups {
  const owner = rules().find(({ id }) => id === ruleId)?.owner;
  return owner ? [owner] : [];
}

/** A token a day for each hearer and person; the same claim is given the same answer. */
async function notToldToday(
  { claim, to, people }: { claim: OutboxClaim; to: string; people: readonly string[] },
  { throttle, clock }: HearerDeps,
): Promise<string[]> {
  const grants = await throttle.take(
    people.map((person) => ({
      ...{ key: `#unreached:${to}:${person}`, limit: 1, perMs: DAY_MS, burst: 1, atMs: clock.nowMs() },
      grantId: `#${claim.key}/unreached/${to}/${person}`,
    })),
  );
  return people.filter((_, i) => grants[i]?.outcome === "granted");
}

async function tellOne(
  { claim, task, to, people }: { claim: OutboxClaim; task: Task; to: string; people: readonly string[] },
  deps: HearerDeps,
): Promise<void> {
  const viewing = await deps.view(task, [to]);
  const what = titleLine(task.title, viewing);
  const nameOf = await namesOf(people, deps.directory);
  const named = viewing.plain(viewing.texts.joins.list(people.map(nameOf)));
  const text = viewing.texts.outbox.unreached({ what, id: shortId(task.id), people: named });
  await deps.outbox.add([answerItem({ claim, about: "unreached", to, text }, deps)]);
}

/**
 * Tells whoever asked, who owns the rule and whom it reports to that a card cannot be sent at all; who runs Whale, where
 * none of them can be found.
 */
export async function tellCardFailed(
  { claim, task, why }: { claim: OutboxClaim; task: Task; why: string },
  deps: HearerDeps,
): Promise<void> {
  const items = await Promise.all(
    (await failureHearers(task, deps)).map(async (to) => {
      const viewing = await deps.view(task, [to]);
      const facts = { what: titleLine(task.title, viewing), id: shortId(task.id), why: viewing.plain(why) };
      const text = viewing.texts.outbox.cardFailed(facts);
      return answerItem({ claim, about: "failed", to, text }, deps);
    }),
  );
  if (items.length > 0) await deps.outbox.add(items);
}

async function failureHearers(task: Task, deps: HearerDeps): Promise<string[]> {
  const { members, lost } = await findMembers([...ownedBy(task, deps), ...namedBy(task)], deps);
  const hearers = [...new Set([...members, ...askerOf(task)])];
  return hearers.length === 0 && lost ? adminsOf(deps) : hearers;
}

/** A retry writes the same key, so that it is told once. */
function answerItem(
  { claim, about, to, text }: { claim: OutboxClaim; about: string; to: string; text: string },
  { clock }: Pick<HearerDeps, "clock">,
): OutboxItem {
  const body = { kind: "answer" as const, to, text };
  return { key: `${claim.key}:${about}~${to}`, taskId: null, lane: 4, body, dueAtMs: clock.nowMs() };
}
