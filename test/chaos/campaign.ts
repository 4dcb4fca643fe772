import type { Step } from "../../bot/workers/index.ts";
import { type Life, startLife } from "./life.ts";
import type { Campaign } from "./orders.ts";
import type { LifeOrders } from "./process.ts";
import { seeded } from "./random.ts";
import { AIMED, type Facts, summed } from "./report.ts";
import { isQuiet, openSurroundings, type Surroundings } from "./surroundings.ts";
import { weatherOf } from "./weather.ts";

/** Longest life of a process that waits for its step; then it is killed as at random. */
const LONGEST_LIFE_MS = 6_000;
/** Random lives end within this. */
const RANDOM_LIFE_MS = 900;
/** At the end, how long open tasks may take to settle on a machine that is busy with other things too. */
const SETTLE_MS = 240_000;
/** One kill in four is at random, the others go to the named step that had the fewest. */
const RANDOM_SHARE = 4;
/** How many runs begin in each life; with those of lives before, more are in flight. A small campaign has fewer. */
const RUNS_A_LIFE = 16;
const RUNS_A_LIFE_OF_SMALL = 3;
const MOST_SMALL = 100;
/** So many runs have surroundings of their own, whose memory grows with every card. */
const CHAPTER = 250;
/**
 * How far ahead the clock of a process may be. What falls due is claimed by the store's clock, which on Redis is the
 * server's: there a process that is ahead only puts off what it moves, by as much.
 */
const CLOCK_JUMPS_MS = { embedded: [0, 0, 15_000, 60_000], redis: [0, 0, 1_000, 3_000] };
/** What a clock that was ahead put off is due by the last life. */
const LAST_AHEAD_MS = { embedded: 60_000, redis: 0 };

/** The processes that run, by number; one that ended is null until it is started again. */
export type Lives = (Life | null)[];

/** Runs a campaign, part after part. */
export async function campaign(given: Campaign): Promise<Facts> {
  const parts: Facts[] = [];
  for (let done = 0; done < given.runs; done += CHAPTER) {
    const seed = given.seed * 1_000 + parts.length;
    const runs = Math.min(CHAPTER, given.runs - done);
    parts.push(await chapter({ ...given, runs, seed }, summed(parts)));
  }
  return summed(parts);
}

interface Turn {
  random: () => number;
  step: Step | null;
  plant: string | null;
  jumpsMs: readonly number[];
  /** Alerts that come with it, some before all processes are up and some afterwards. */
  alerts: readonly number[];
}

async function chapter(given: Campaign, before: Facts): Promise<Facts> {
  const { runs, seed, store, processes, plant } = given;
  const random = seeded(seed);
  const around = await openSurroundings({ seed, store, processes });
  const weather = weatherOf(around, random);
  const lives: Lives = Array.from({ length: processes }, () => null);
  const count = Math.ceil(runs / (runs <= MOST_SMALL ? RUNS_A_LIFE_OF_SMALL : RUNS_A_LIFE));
  const facts: Facts = { ...summed([]), sent: runs };
  const unanswered = new Set<string>();
  const jumpsMs = CLOCK_JUMPS_MS[store];
  for (let no = 0; no < count; no++) {
    const [from, to] = [Math.floor((no * runs) / count), Math.floor(((no + 1) * runs) / count)];
    note(facts.troubles, plant === null ? await weather.next() : "none");
    const step = no % RANDOM_SHARE === 0 ? null : fewest(summed([before, facts]).kills, random);
    const alerts = Array.from({ length: to - from }, (_, n) => from + n);
    const cause = await oneLife(lives, around, { random, step, plant, jumpsMs, alerts });
    around.disk?.free();
    const known = unanswered.size;
    // What is between its intent and its answer at this moment can become unknown, and nothing else.
    for (const requestId of await around.starting()) unanswered.add(requestId);
    note(facts.kills, cause === "random" && unanswered.size > known ? "random_in_start" : cause);
    if (no % 10 === 9) console.log(`${no + 1} lives ended, ${around.monitor.acknowledged.size} alerts taken`);
  }
  await weather.clear();
  await settle(lives, around, { plant, clockAheadMs: LAST_AHEAD_MS[store] });
  const found = await around.judged();
  await around.close();
  return { ...facts, found, unanswered: unanswered.size, taken: around.monitor.acknowledged.size };
}

function note(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** One of the steps at which there were the fewest kills. */
function fewest(kills: Record<string, number>, random: () => number): Step {
  const least = Math.min(...AIMED.map((step) => kills[step] ?? 0));
  const among = AIMED.filter((step) => (kills[step] ?? 0) === least);
  return among[Math.floor(random() * among.length)] as Step;
}

/** One process is killed, the others go on; says what ended it. Whichever comes to the step dies there. */
async function oneLife(lives: Lives, around: Surroundings, turn: Turn): Promise<Step | "random"> {
  const { random, step, plant, jumpsMs, alerts } = turn;
  const late = Math.ceil(alerts.length / 2);
  const after = 1 + Math.floor((random() * late) / lives.length);
  const dieAt: LifeOrders["dieAt"] = step && { step, after };
  const clockAheadMs = jumpsMs[Math.floor(random() * jumpsMs.length)] ?? 0;
  const victim = Math.floor(random() * lives.length);
  for (const n of alerts.slice(late)) around.monitor.alert(n);
  await startAll(lives, around, () => ({ dieAt: null, clockAheadMs, plant }));
  // Only now, or one would die and be started again before its end is looked at.
  for (const life of lives) life?.dieAt(dieAt);
  // Those that stayed up have had the others done by now: without these, nothing would come to the step any more.
  for (const n of alerts.slice(0, late)) around.monitor.alert(n);
  const waitMs = step ? LONGEST_LIFE_MS : random() * RANDOM_LIFE_MS;
  const waited = new Promise((resolve) => setTimeout(resolve, waitMs));
  await Promise.race([...lives.map((life) => life?.gone), waited]);
  for (const life of lives) life?.dieAt(null);
  if (step && bury(lives) > 0) return step;
  lives[victim]?.kill();
  await lives[victim]?.gone;
  lives[victim] = null;
  return "random";
}

/** Those that have died are there no more; says how many. */
export function bury(lives: Lives): number {
  const dead = [...lives.keys()].filter((n) => lives[n]?.isGone());
  for (const n of dead) lives[n] = null;
  return dead.length;
}

/** Starts what is not running; a process that ended without being told to is told, and started again. */
export async function startAll(
  lives: Lives,
  around: Surroundings,
  ordersOf: (n: number) => Omit<LifeOrders, "env">,
): Promise<void> {
  const starting = around.envs.map(async (env, n) => {
    if (lives[n]?.isGone()) console.log(`process ${n} ended by itself`);
    if (!lives[n] || lives[n]?.isGone()) lives[n] = await startLife({ env, ...ordersOf(n) });
  });
  await Promise.all(starting);
}

/** The last lives are not killed: they must bring everything to its right end by themselves. */
export async function settle(
  lives: Lives,
  around: Surroundings,
  last: Pick<LifeOrders, "plant" | "clockAheadMs">,
): Promise<void> {
  for (const life of lives) life?.dieAt(null);
  await startAll(lives, around, () => ({ dieAt: null, ...last }));
  const until = Date.now() + (last.plant === null ? SETTLE_MS : 5_000);
  while (Date.now() < until && !(await isQuiet(around)))
    await new Promise((resolve) => setTimeout(resolve, 200));
  await around.people.stop();
  for (const life of lives) life?.kill();
  await Promise.all(lives.map((life) => life?.gone));
}
