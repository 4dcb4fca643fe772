import { STEPS, type Step } from "../../bot/workers/index.ts";
import type { Judgement } from "./judge.ts";
import { printReleases, type ReleaseFacts, releaseFigures } from "./releases/facts.ts";

/** Steps of a task's life that kills are aimed at; those of replays are not part of one. */
export const AIMED: readonly Step[] = STEPS.filter((step) => !step.startsWith("replay"));

/** What came of a campaign, or of a part of it. */
export interface Facts {
  /** How many lives each cause ended. */
  kills: Record<string, number>;
  /** How many lives met each trouble. */
  troubles: Record<string, number>;
  /** Starts that were between intent and answer when a kill came, over all kills. */
  unanswered: number;
  found: Judgement;
  /** Alerts that were answered with 202. */
  taken: number;
  sent: number;
}

/** Several parts as one. */
export function summed(parts: readonly Facts[]): Facts {
  const all: Facts = { kills: {}, troubles: {}, unanswered: 0, found: nothing(), taken: 0, sent: 0 };
  for (const { kills, troubles, unanswered, found, taken, sent } of parts) {
    addTo(all.kills, kills);
    addTo(all.troubles, troubles);
    all.unanswered += unanswered;
    all.taken += taken;
    all.sent += sent;
    for (const kind of Object.keys(found) as (keyof Judgement)[]) all.found[kind].push(...found[kind]);
  }
  return all;
}

function nothing(): Judgement {
  return { lost: [], doubled: [], unapproved: [], stuck: [], unknown: [] };
}

function addTo(all: Record<string, number>, some: Record<string, number>): void {
  for (const [name, count] of Object.entries(some)) all[name] = (all[name] ?? 0) + count;
}

/** Prints what was found, kills by step, and the figures as the last line; the exit code is 0 when every promise held. */
export function report(
  { runs, facts, tookMs }: { runs: number; facts: Facts; tookMs: number },
  releases: ReleaseFacts | null,
): number {
  const { kills, troubles, unanswered, found, taken, sent } = facts;
  for (const kind of ["lost", "doubled", "unapproved", "stuck"] as const) {
    for (const line of found[kind]) console.log(`${kind}: ${line}`);
  }
  const { lost, doubled, unapproved, stuck, unknown } = found;
  const counts = { lost: lost.length, doubled: doubled.length, unapproved: unapproved.length };
  const ends = { unknown: unknown.length, stuck: stuck.length };
  const killsByStep = Object.fromEntries(AIMED.map((step) => [step, kills[step] ?? 0]));
  for (const [step, count] of Object.entries(killsByStep))
    console.log(`${String(count).padStart(5)} kills at ${step}`);
  const killed = Object.values(kills).reduce((sum, count) => sum + count, 0);
  const more = {
    killed,
    killsByStep,
    troubles,
    unknownShare: taken === 0 ? 0 : unknown.length / taken,
    runsPerMinute: Math.round((runs * 60_000) / tookMs),
  };
  // A start can only become unknown when the process died between its intent and its answer.
  const explained = unknown.length <= unanswered;
  if (!explained)
    console.log(`unknown: ${unknown.length} is more than the starts that kills left unanswered`);
  if (releases) printReleases(releases);
  const released = releases === null ? {} : { releases: releaseFigures(releases) };
  console.log(JSON.stringify({ runs, kills, unanswered, taken, ...counts, ...ends, ...more, ...released }));
  const kept = lost.length + doubled.length + unapproved.length + stuck.length === 0;
  const held = releases === null || releases.wrong.length === 0;
  return kept && held && explained && taken === sent ? 0 : 1;
}
