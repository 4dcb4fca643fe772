import assert from "node:assert/strict";
import type { WhaleEvent } from "../../../core/events/index.ts";
import { median, rounded } from "../stats.ts";
import type { Contestant } from "./contestant.ts";

/** A contestant in a comparison, and how many events of a block it is given: the slow ones fewer. */
export interface Entrant {
  contestant: Contestant;
  perBlock: number;
}

/** What one block of events cost each entrant, in milliseconds for one event. */
export type Costs = Readonly<Record<string, number>>;

/** Makes the events of block number `no`, which nobody has seen before. */
export type MakeBlock = (no: number) => WhaleEvent[];

/** Refuses a comparison of contestants that do not give the same answers. */
export async function checkEqual(
  entrants: Readonly<Record<string, Entrant>>,
  events: readonly WhaleEvent[],
): Promise<number> {
  let found = 0;
  let wanted: string[][] | undefined;
  for (const [name, { contestant, perBlock }] of Object.entries(entrants)) {
    const answers: string[][] = [];
    for (const event of events.slice(0, perBlock)) answers.push([...(await contestant.ids(event))].sort());
    wanted ??= answers;
    for (const [no, ids] of answers.entries()) {
      assert.equal(ids.join(), wanted[no]?.join(), `${name} answers event ${no} otherwise`);
    }
  }
  for (const ids of wanted ?? []) found += ids.length;
  return found / Math.max(1, wanted?.length ?? 0);
}

/**
 * Gives blocks of fresh events to all entrants in turn; who is first changes from block to block. Blocks are
 * short, so that another process which takes the processor away spoils a few of them and not the median.
 */
export async function race(
  entrants: Readonly<Record<string, Entrant>>,
  { makeBlock, blocks, warmUp }: { makeBlock: MakeBlock; blocks: number; warmUp: number },
): Promise<Costs[]> {
  const names = Object.keys(entrants);
  const measured: Costs[] = [];
  for (let no = 0; no < warmUp + blocks; no += 1) {
    const events = makeBlock(no);
    const costs: Record<string, number> = {};
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(turn + no) % names.length] ?? "";
      const entrant = entrants[name];
      if (entrant) costs[name] = await costOf(entrant, events);
    }
    if (no >= warmUp) measured.push(costs);
  }
  return measured;
}

async function costOf({ contestant, perBlock }: Entrant, events: readonly WhaleEvent[]): Promise<number> {
  const given = events.slice(0, perBlock);
  // An event is judged right after it was read. Without this, whoever comes first pays for fetching the block.
  await contestant.count(given);
  const before = performance.now();
  await contestant.count(given);
  return (performance.now() - before) / given.length;
}

/** Milliseconds of processor time since the process began. */
export function processor(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Events a second, by the median block. */
export function perSecond(costs: readonly Costs[], name: string): number {
  const speed = 1000 / median(costs.map((cost) => cost[name] ?? Number.NaN));
  return speed < 100 ? rounded(speed) : Math.round(speed);
}

/** How often the cost of one goes into the other's, by the median block. */
export function ratio(costs: readonly Costs[], slow: string, quick: string): number {
  return rounded(median(costs.map((cost) => (cost[slow] ?? Number.NaN) / (cost[quick] ?? Number.NaN))));
}
