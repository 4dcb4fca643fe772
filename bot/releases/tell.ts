import { decidersOf } from "../../core/approvals/index.ts";
import { releaseCard, releaseCardId, releaseDeeds, releasePlanText } from "../../core/cards/index.ts";
import { type People, type PeopleGroups, peopleText } from "../../core/people/index.ts";
import type { Clock, Directory, Logger, Outbox, OutboxItem } from "../../core/ports/index.ts";
import {
  nobodyToApproveWords,
  type Release,
  type ReleaseStep,
  releaseApprovers,
  releaseWords,
  tellingOf,
} from "../../core/releases/index.ts";
import type { DelegationKeeper } from "../delegations/index.ts";
import { findMembers } from "../workers/hearers.ts";
import type { Viewer } from "../workers/index.ts";

export interface ReleaseTellDeps {
  outbox: Pick<Outbox, "add">;
  directory: Pick<Directory, "expand" | "nameOf">;
  delegations: Pick<DelegationKeeper, "withDelegates">;
  /** Who is in charge of releases to some clusters. */
  inCharge: (clusters: readonly string[]) => PeopleGroups;
  view: Viewer;
  clock: Clock;
  log: Logger;
}

/** Steps that people hear of by a message; the others a card shows when it is refreshed. */
const TOLD_STEPS: readonly ReleaseStep[] = ["draining", "workers", "others", "registering", "undraining"];
/** What a quote on a card shows at most; a longer plan is told beside it. */
const SHOWN_CHARACTERS = 240;

/**
 * Tells who asked, who approved and the group where a release stands, and asks those who are to decide. Every message
 * has a key of its own, so that what is said again after a crash is said once.
 */
export function releaseTeller(deps: ReleaseTellDeps): (release: Release) => Promise<void> {
  return async (release) => {
    if (release.stage === "asked") return asked(release, deps);
    const { stage, step } = release;
    if ((stage === "rolling" || stage === "back") && !TOLD_STEPS.includes(step)) return;
    const people = followers(release);
    const items = await Promise.all(people.map((to) => told(release, to, deps)));
    await add([...items, ...(await groupItem(release, deps))], deps);
  };
}

/** Who asked, where that is a person, and who approved. */
function followers(release: Release): string[] {
  return [...new Set([...askerOf(release), ...releaseApprovers(release)])];
}

function askerOf({ by }: Release): string[] {
  return by.startsWith("user:") ? [by.slice("user:".length)] : [];
}

/** People who were asked before keep their cards; those of an escalation get their own. */
async function asked(release: Release, deps: ReleaseTellDeps): Promise<void> {
  const { approval, escalated } = release;
  const all = decidersOf(release).map(({ people }) => people);
  const groups = escalated === 0 ? all : all.slice(approval.groups.length + escalated - 1);
  const found = await Promise.all(groups.map(async (of) => (await findMembers([of], deps)).members));
  const absent = groups.filter((_, at) => found[at]?.length === 0);
  const people = await deps.delegations.withDelegates([...new Set(found.flat())]);
  const cards = await Promise.all(people.map((to) => cardFor(release, to, deps)));
  const plans = await Promise.all(people.map((to) => planFor(release, to, deps)));
  const warnings = absent.length === 0 ? [] : await nobodyThere(release, absent, deps);
  await add([...cards, ...plans.flat(), ...(await groupItem(release, deps)), ...warnings], deps);
}

/** Who asked and who is in charge hear that nobody of some groups can be asked: it would expire in silence. */
async function nobodyThere(
  release: Release,
  absent: readonly People[],
  deps: ReleaseTellDeps,
): Promise<OutboxItem[]> {
  const of = absent.map((people) => peopleText(people)).join(", ");
  deps.log.error({ release: release.id, of }, "nobody is there to approve a release");
  const { members } = await findMembers(deps.inCharge(release.clusters), deps);
  const people = [...new Set([...askerOf(release), ...members])];
  return Promise.all(
    people.map(async (to) => {
      const { texts, plain } = await deps.view(null, [to]);
      const text = plain(texts.wordsOf(nobodyToApproveWords(release, of)));
      return itemFor(release, { what: `nobody~${to}`, body: { kind: "answer", to, text } }, deps);
    }),
  );
}

/** Where there is something to click on it, and when it begins. */
function getsCard(release: Release): boolean {
  const isBegun = release.stage === "rolling" && release.index === 0 && release.step === "draining";
  const isUnderWay = release.stage === "rolling" || release.stage === "back" || release.stage === "starting";
  return isBegun || (!isUnderWay && releaseDeeds(release).length > 0);
}

/** Its card, else a message. */
async function told(release: Release, to: string, deps: ReleaseTellDeps): Promise<OutboxItem> {
  if (getsCard(release)) return cardFor(release, to, deps);
  const { texts, plain } = await deps.view(null, [to]);
  const text = plain(texts.wordsOf(releaseWords(release)));
  return itemFor(release, { what: `told~${to}`, body: { kind: "answer", to, text } }, deps);
}

async function cardFor(release: Release, to: string, deps: ReleaseTellDeps): Promise<OutboxItem> {
  const body = { kind: "confirm" as const, to, ...(await shownCard(release, to, deps)) };
  return itemFor(release, { what: `card~${to}`, body }, deps);
}

/** A card as one person sees it. */
export async function shownCard(
  release: Release,
  to: string,
  { view, directory }: { view: Viewer; directory: Pick<Directory, "nameOf"> },
) {
  const { card } = await shownTo(release, [to], { view, directory });
  return { cardId: releaseCardId(release, to), card };
}

/** The same for whoever sees it, with what it is looked at with. */
export async function shownTo(
  release: Release,
  to: readonly string[],
  { view, directory }: { view: Viewer; directory: Pick<Directory, "nameOf"> },
) {
  const viewing = await view(null, to);
  const named = [release.by.replace(/^user:/, ""), ...releaseApprovers(release)];
  const names = new Map(
    await Promise.all(named.map(async (id) => [id, await nameOf(id, directory)] as const)),
  );
  const card = releaseCard(release, { ...viewing, nameOf: (id) => names.get(id) ?? id });
  return { card, viewing };
}

async function nameOf(id: string, directory: Pick<Directory, "nameOf">): Promise<string> {
  return id === "local" ? id : directory.nameOf(id);
}

/** The whole plan, where a card cannot hold it. */
async function planFor(release: Release, to: string, deps: ReleaseTellDeps): Promise<OutboxItem[]> {
  const { texts, plain } = await deps.view(null, [to]);
  const plan = releasePlanText(release, texts.wordsOf);
  if ([...plan].length <= SHOWN_CHARACTERS) return [];
  const text = plain(`${texts.wordsOf(releaseWords(release))}\n${plan}`);
  return [itemFor(release, { what: `plan~${to}`, body: { kind: "answer", to, text } }, deps)];
}

async function groupItem(release: Release, deps: ReleaseTellDeps): Promise<OutboxItem[]> {
  const { group } = release.approval;
  if (group === undefined) return [];
  if (getsCard(release)) {
    const cardId = releaseCardId(release, `group:${group}`);
    return [itemFor(release, { what: "group", body: { kind: "group_card", group, cardId } }, deps)];
  }
  const { texts, plain } = await deps.view(null);
  const text = plain(texts.wordsOf(releaseWords(release)));
  return [itemFor(release, { what: "group", body: { kind: "group_text", group, text } }, deps)];
}

function itemFor(
  release: Release,
  { what, body }: { what: string; body: OutboxItem["body"] },
  { clock }: ReleaseTellDeps,
): OutboxItem {
  const key = `release:${release.id}:${tellingOf(release)}:${what}`;
  const lane = body.kind === "confirm" || body.kind === "group_card" ? (1 as const) : (4 as const);
  return { key, taskId: null, lane, body, dueAtMs: clock.nowMs() };
}

async function add(items: readonly OutboxItem[], { outbox }: ReleaseTellDeps): Promise<void> {
  if (items.length > 0) await outbox.add([...items]);
}
