import { plainLine } from "../../core/cards/index.ts";
import { shortId } from "../../core/ids/index.ts";
import { askersOf } from "../../core/outbox/index.ts";
import type { PeopleGroups } from "../../core/people/index.ts";
import type { Clock, Directory, Logger, Metrics, Outbox, OutboxClaim } from "../../core/ports/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import type { Viewer } from "./viewing.ts";

export interface HearerDeps {
  outbox: Pick<Outbox, "add">;
  directory: Pick<Directory, "expand">;
  view: Viewer;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

/** The members of some groups, each once. */
export async function membersOf(
  groups: PeopleGroups,
  { directory }: Pick<HearerDeps, "directory">,
): Promise<string[]> {
  const members = await Promise.all(groups.map((people) => directory.expand(people)));
  return [...new Set(members.flat())];
}

/** Who hears how a task ended: whom the rule names, who asked for it, else who approved it; else who was asked. */
export async function audienceOf(task: Task, deps: Pick<HearerDeps, "directory">): Promise<string[]> {
  const people = await askersAndNamed(task, deps);
  if (people.length > 0) return people;
  const first = task.approval.mode === "people" ? task.approval.groups.map(({ from }) => from) : [];
  return membersOf(first, deps);
}

async function askersAndNamed(task: Task, { directory }: Pick<HearerDeps, "directory">): Promise<string[]> {
  const named = task.report.to ? await directory.expand(task.report.to) : [];
  return [...new Set([...named, ...askersOf(task)])];
}

interface Unreached {
  claim: OutboxClaim;
  task: Task;
  /** Who did not get it. */
  unreachable: readonly string[];
  /** Who was to get it. */
  asked: readonly string[];
}

/**
 * Tells whoever asked, and whom the rule reports to, who could not be reached; where there is nobody, those who were.
 * A retry writes the same keys, so that it is told once.
 */
export async function tellUnreached(facts: Unreached, deps: HearerDeps): Promise<void> {
  const { claim, task, unreachable, asked } = facts;
  if (unreachable.length === 0) return;
  deps.log.warn({ key: claim.key, taskId: task.id, unreachable }, "message did not reach everybody");
  deps.metrics.count("outbox_unreached", { kind: claim.body.kind }, unreachable.length);
  const near = (await askersAndNamed(task, deps)).filter((id) => !unreachable.includes(id));
  const hearers = near.length > 0 ? near : asked.filter((id) => !unreachable.includes(id));
  const viewing = await deps.view(task, hearers);
  const people = viewing.plain(unreachable.join(" "));
  const what = plainLine(task.title, viewing);
  const text = viewing.texts.outbox.unreached({ what, id: shortId(task.id), people });
  await tellThem({ claim, about: "unreached", hearers, text }, deps);
}

/** Tells whoever asked, and whom the rule reports to, that a card cannot be sent at all. */
export async function tellCardFailed(
  { claim, task, why }: { claim: OutboxClaim; task: Task; why: string },
  deps: HearerDeps,
): Promise<void> {
  const hearers = await askersAndNamed(task, deps);
  const viewing = await deps.view(task, hearers);
  const facts = { what: plainLine(task.title, viewing), id: shortId(task.id), why: viewing.plain(why) };
  const text = viewing.texts.outbox.cardFailed(facts);
  await tellThem({ claim, about: "failed", hearers, text }, deps);
}

interface Telling {
  claim: OutboxClaim;
  about: string;
  hearers: readonly string[];
  text: string;
}

async function tellThem(
  { claim, about, hearers, text }: Telling,
  { outbox, clock }: HearerDeps,
): Promise<void> {
  const dueAtMs = clock.nowMs();
  const items = hearers.map((to) => ({
    key: `${claim.key}:${about}~${to}`,
    ...{ taskId: null, lane: 4 as const, dueAtMs },
    body: { kind: "answer" as const, to, text },
  }));
  if (items.length > 0) await outbox.add(items);
}
