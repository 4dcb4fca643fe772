import { isReleaseOver, type Release } from "../../../core/releases/index.ts";
import { bury, type Lives, settle, startAll } from "../campaign.ts";
import type { Campaign } from "../orders.ts";
import { seeded } from "../random.ts";
import { type Facts, summed } from "../report.ts";
import { withStore } from "../surroundings.ts";
import { BUILDS, type Desk, openDesk, WORKLOADS } from "./desk.ts";
import { aimsOf, noReleases, type ReleaseFacts } from "./facts.ts";
import { judgeRelease, judgeRemains } from "./judge.ts";

/** So many releases have surroundings of their own: their clock is not put ahead without end. */
const CHAPTER = 8;
/** How many points each release is killed at, beside the one where its drain waits. */
const KILLS = 3;
const ALERTS_A_LIFE = 2;
/** A release that comes to its point does so within this. */
const AIM_MS = 25_000;
const END_MS = 120_000;
const LOOK_MS = 100;
/** What a drain waits for others, and what a release's clusters wait for one that was never stored. */
const SETTLED_MS = { release_drain_done: 11_000, release_held: 61_000 } as Record<string, number>;
/** What is in a cluster's way for a while. */
const TROUBLES = [{}, { unavailable: 3 }, { dropAnswers: 1 }, { conflicts: 1 }];

interface Chapter {
  desk: Desk;
  lives: Lives;
  facts: ReleaseFacts;
  tasks: Facts;
  random: () => number;
  /** How far ahead the processes' clock is. */
  aheadMs: number;
  jumps: boolean;
  seed: number;
  /** The image that runs. */
  current: string;
  unanswered: Set<string>;
}

/** Releases, one after the other, each killed at some points of its way while users' tasks come all the time. */
export async function releaseCampaign(
  given: Campaign & { releases: number },
): Promise<{ facts: ReleaseFacts; tasks: Facts }> {
  const facts = noReleases();
  const parts: Facts[] = [];
  for (let done = 0; done < given.releases; done += CHAPTER) {
    const count = Math.min(CHAPTER, given.releases - done);
    parts.push(await chapter({ ...given, releases: count, seed: given.seed * 1_000 + 500 + done }, facts));
  }
  return { facts, tasks: summed(parts) };
}

async function chapter(given: Campaign & { releases: number }, facts: ReleaseFacts): Promise<Facts> {
  const { seed, store, processes, releases } = given;
  const desk = await openDesk({ seed, store, processes });
  const { around } = desk;
  const now: Chapter = {
    ...{ desk, facts, seed, random: seeded(seed), aheadMs: 0, jumps: store === "embedded" },
    ...{ lives: Array.from({ length: processes }, () => null), tasks: summed([]), unanswered: new Set() },
    current: imagesOf(desk)[0] ?? "",
  };
  for (let no = 0; no < releases; no++) await oneRelease(no, now);
  await startAll(now.lives, around, () => ({ dieAt: null, clockAheadMs: now.aheadMs, plant: null }));
  const freed = await until(END_MS, async () => {
    const drift = (await desk.call("/drift"))?.body.drift;
    return drift?.every(({ outcome }) => outcome !== "held");
  });
  if (!freed) facts.wrong.push("a cluster is still held when all is over");
  await settle(now.lives, around, { plant: null, clockAheadMs: now.aheadMs });
  facts.wrong.push(...judgeRemains(await remainsOf(desk)));
  const found = await around.judged();
  const { sent } = now.tasks;
  await desk.close();
  return {
    ...now.tasks,
    found,
    unanswered: now.unanswered.size,
    taken: around.monitor.acknowledged.size,
    sent,
  };
}

function imagesOf({ kubernetes }: Desk): string[] {
  return WORKLOADS.map((name) => {
    return kubernetes.deployment(name).spec.template.spec.initContainers?.[0]?.image ?? "";
  });
}

async function remainsOf({ around }: Desk) {
  const rows = around.stackstorm.rows().filter(({ action }) => action === "core.noop");
  const canaries = rows.map(({ context, twin }) => {
    const { whale } = context as { whale?: { request_id?: string } };
    return { requestId: whale?.request_id ?? "", isTwin: twin === true };
  });
  const names = (documents: readonly { name: string }[]) => documents.map(({ name }) => name);
  return withStore(around.envs[0] ?? {}, async ({ state }) => {
    const [drains, holds] = await Promise.all([state.list("drain"), state.list("release_hold")]);
    return { canaries, drains: names(drains), holds: names(holds) };
  });
}

async function oneRelease(no: number, now: Chapter): Promise<void> {
  const { desk, facts, random, jumps, current } = now;
  const build = BUILDS.find(({ reference }) => reference !== current) ?? BUILDS[0];
  if (!build) return;
  const fails = no % 2 === 1;
  const trouble = TROUBLES[Math.floor(random() * TROUBLES.length)];
  await desk.kubernetes.faults.reset();
  await desk.kubernetes.faults.set({ ...trouble, pullFails: fails ? [build.digest] : [] });
  const wish = { set: "base", build: build.id, key: `release-${now.seed}-${no}`, why: "campaign" };
  let over: Release | null = null;
  for (const aim of [...aimsOf({ fails, count: KILLS, jumps }, facts.kills, random), null]) {
    over = over ?? (await oneLife(aim, wish, now));
  }
  const stage = over?.stage ?? "without an end";
  facts.ends[stage] = (facts.ends[stage] ?? 0) + 1;
  const left = { id: wish.key, stage, images: imagesOf(desk), before: current, wanted: build.reference };
  facts.wrong.push(...judgeRelease(left));
  if (stage === "done") now.current = build.reference;
}

interface Wish {
  set: string;
  build: string;
  key: string;
  why: string;
}

/** Until a process dies at the point, or the release is over, which is given then. Null aims at its end. */
async function oneLife(
  aim: ReturnType<typeof aimsOf>[number] | null,
  wish: Wish,
  now: Chapter,
): Promise<Release | null> {
  const { desk, lives, facts, aheadMs } = now;
  for (let n = 0; n < ALERTS_A_LIFE; n++) desk.around.monitor.alert(now.tasks.sent++);
  const dieAt = aim && { step: aim, after: 1 };
  await startAll(lives, desk.around, () => ({ dieAt, clockAheadMs: aheadMs, plant: null }));
  // Those that stayed up have another aim by now.
  for (const life of lives) life?.dieAt(dieAt);
  let over: Release | null = null;
  let rivaled = false;
  const isOver = async (): Promise<boolean> => {
    const release = await askFor(wish, desk);
    over = release && isReleaseOver(release) ? release : null;
    if (release && !over && !rivaled) {
      rivaled = true;
      await rival(wish, now);
    }
    return over !== null || lives.some((life) => life?.isGone());
  };
  await until(aim === null ? END_MS : AIM_MS, isOver);
  if (bury(lives) === 0) {
    for (const life of lives) life?.dieAt(null);
    if (aim !== null) facts.missed += 1;
    return over;
  }
  for (const requestId of await desk.around.starting()) now.unanswered.add(requestId);
  facts.kills[aim ?? "itself"] = (facts.kills[aim ?? "itself"] ?? 0) + 1;
  if (now.jumps) now.aheadMs += SETTLED_MS[aim ?? ""] ?? 0;
  return over;
}

/** The same key gives the same release, so that asking is looking. */
async function askFor(wish: Wish, { call }: Desk): Promise<Release | null> {
  const answer = await call("", wish);
  return answer !== null && answer.status < 300 ? (answer.body.release ?? null) : null;
}

/** While one is under way nobody gets another. */
async function rival(wish: Wish, { desk, facts }: Chapter): Promise<void> {
  const other = await askFor({ ...wish, key: `${wish.key}-rival` }, desk);
  if (!other) {
    facts.rivals += 1;
    return;
  }
  await desk.call(`/${other.id}/abort`, { why: "campaign" });
  const now = await askFor(wish, desk);
  if (now && !isReleaseOver(now))
    facts.wrong.push(`${other.id} was asked for while ${now.id} was ${now.stage}`);
}

async function until(ms: number, look: () => Promise<boolean | undefined>): Promise<boolean> {
  for (const endMs = Date.now() + ms; Date.now() < endMs; ) {
    if (await look()) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return false;
}
