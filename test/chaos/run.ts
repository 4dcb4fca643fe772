import { parseArgs } from "node:util";
import { STEPS, type Step } from "../../bot/workers/index.ts";
import type { Judgement } from "./judge.ts";
import { type Life, startLife } from "./life.ts";
import type { LifeOrders } from "./process.ts";
import { seeded } from "./random.ts";
import { isQuiet, openSurroundings, type Surroundings } from "./surroundings.ts";

/** Longest life of a process that waits for its step; then it is killed as at random. */
const LONGEST_LIFE_MS = 4_000;
/** Random lives end within this. */
const RANDOM_LIFE_MS = 900;
/** At the end, how long open tasks may take to settle: the start's window, five seconds, and the report. */
const SETTLE_MS = 20_000;
/** One kill in three is at random, the others go through the named steps in turn. */
const RANDOM_SHARE = 3;
/** New alerts at the beginning of each life, by how many processes share them; with those of lives before, several tasks are in flight. */
const ALERTS_A_LIFE = (processes: number) => 2 * processes - 1;
/** In one life of eight a start is stored, but its answer is cut. */
const DROPPED_ANSWERS = 8;

type Cause = Step | "random";

/** The processes that run, by number; one that ended is null until it is started again. */
type Lives = (Life | null)[];

/** One process is killed, the others go on; says what ended it. */
async function oneLife(lives: Lives, around: Surroundings, turn: Turn): Promise<Cause> {
  const { random, no } = turn;
  const atRandom = no % RANDOM_SHARE === 0;
  const step = STEPS[no % STEPS.length] as Step;
  const dieAt: LifeOrders["dieAt"] = atRandom ? null : { step, after: 1 + Math.floor(random() * 1.3) };
  const victim = Math.floor(random() * lives.length);
  const runs = lives[victim]?.isGone() === false;
  await startAll(lives, around, (n) => (n === victim ? dieAt : null));
  const life = lives[victim];
  // Only now, or it would die and be started again before its end is looked at.
  if (runs) life?.dieAt(dieAt);
  if (!life) return "random";
  lives[victim] = null;
  const waitMs = atRandom ? random() * RANDOM_LIFE_MS : LONGEST_LIFE_MS;
  await Promise.race([life.gone, new Promise((resolve) => setTimeout(resolve, waitMs))]);
  if (life.isGone()) return step;
  life.kill();
  await life.gone;
  return "random";
}

interface Turn {
  random: () => number;
  no: number;
}

/** Starts what is not running; a process that ended without being told to is told, and started again. */
async function startAll(
  lives: Lives,
  around: Surroundings,
  dieAt: (n: number) => LifeOrders["dieAt"],
): Promise<void> {
  const starting = around.envs.map(async (env, n) => {
    if (lives[n]?.isGone()) console.log(`process ${n} ended by itself`);
    if (!lives[n] || lives[n]?.isGone()) lives[n] = await startLife({ env, dieAt: dieAt(n) });
  });
  await Promise.all(starting);
}

/** The last lives are not killed: they must bring everything to its right end by themselves. */
async function settle(lives: Lives, around: Surroundings): Promise<void> {
  for (const life of lives) life?.dieAt(null);
  await startAll(lives, around, () => null);
  const until = Date.now() + SETTLE_MS;
  while (Date.now() < until && !(await isQuiet(around)))
    await new Promise((resolve) => setTimeout(resolve, 200));
  await around.people.stop();
  for (const life of lives) life?.kill();
  await Promise.all(lives.map((life) => life?.gone));
}

interface Campaign {
  runs: number;
  seed: number;
  store: "embedded" | "redis";
  processes: number;
}

async function campaign({ runs, seed, store, processes }: Campaign): Promise<number> {
  const random = seeded(seed);
  const alerts = ALERTS_A_LIFE(processes);
  const around = await openSurroundings({ seed, store, processes });
  const lives: Lives = Array.from({ length: processes }, () => null);
  const kills: Record<string, number> = {};
  const unanswered = new Set<string>();
  for (let run = 0; run < runs; run++) {
    for (let i = 0; i < alerts; i++) around.monitor.alert(run * alerts + i);
    if (run % DROPPED_ANSWERS === 0) around.stackstorm.faults.set({ dropAnswerAfterStoring: 1 });
    const cause = await oneLife(lives, around, { random, no: run });
    // What is between its intent and its answer at this moment can become unknown, and nothing else.
    const known = unanswered.size;
    for (const task of await around.tasks()) {
      // Another process may have looked for it already.
      if (task.state === "starting" && task.start) unanswered.add(task.start.requestId);
    }
    const kind = cause === "random" && unanswered.size > known ? "random_in_start" : cause;
    kills[kind] = (kills[kind] ?? 0) + 1;
    if (run % 20 === 19)
      console.log(`${run + 1} lives ended, ${around.monitor.acknowledged.size} alerts taken`);
  }
  await settle(lives, around);
  const found = await around.judged();
  await around.close();
  const taken = around.monitor.acknowledged.size;
  return report(runs, { kills, unanswered: unanswered.size, found, taken, sent: runs * alerts });
}

interface Facts {
  kills: Record<string, number>;
  /** Starts that were between intent and answer when a kill came, over all kills. */
  unanswered: number;
  found: Judgement;
  /** Alerts that were answered with 202. */
  taken: number;
  sent: number;
}

/** Prints the findings and the figures; the exit code is 0 when every promise held. */
function report(runs: number, facts: Facts): number {
  const { kills, unanswered, found, taken, sent } = facts;
  for (const kind of ["lost", "doubled", "unapproved", "stuck"] as const) {
    for (const line of found[kind]) console.log(`${kind}: ${line}`);
  }
  const { lost, doubled, unapproved, stuck, unknown } = found;
  const counts = { lost: lost.length, doubled: doubled.length, unapproved: unapproved.length };
  const ends = { unknown: unknown.length, stuck: stuck.length };
  const figures = { runs, kills, unanswered, taken, ...counts, ...ends };
  // A start can only become unknown when the process died between its intent and its answer.
  const explained = unknown.length <= unanswered;
  if (!explained)
    console.log(`unknown: ${unknown.length} is more than the starts that kills left unanswered`);
  console.log(JSON.stringify(figures));
  const kept = lost.length + doubled.length + unapproved.length + stuck.length === 0;
  return kept && explained && taken === sent ? 0 : 1;
}

/** One process may die beside embedded stores; what shares a store must be asked for. */
function ordered(): Campaign {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "200" },
      seed: { type: "string", default: "1" },
      store: { type: "string", default: "embedded" },
      processes: { type: "string", default: "1" },
    },
  });
  const { store } = values;
  if (store !== "embedded" && store !== "redis")
    throw new Error(`--store is ${store}, not embedded or redis`);
  const [runs, seed, processes] = [values.runs, values.seed, values.processes].map(Number) as [
    number,
    number,
    number,
  ];
  if (store === "embedded" && processes !== 1) throw new Error("embedded stores have one process");
  return { runs, seed, store, processes };
}

process.exitCode = await campaign(ordered());
process.exit();
