import type { Engine } from "./engine.ts";
import type { Script } from "./script.ts";

/** A caller's limit as the scripts want it: a whole number from 0. */
export function limitOf(limit: number): number {
  return Number.isNaN(limit) ? 0 : Math.min(Math.max(0, Math.floor(limit)), 1_000_000);
}

/** Something free that a partition showed. */
export interface Peeked {
  tag: string;
  /** The server's instant of the look, in microseconds. */
  micros: number;
  /** What goes first: the due time of a task, the lane of a message. */
  rank: number;
  /** Begins with the number of its writing, which settles ties. */
  member: string;
}

/** Some of several partitions: which, and the members of each. */
export interface Homes {
  tags: readonly string[];
  members: readonly (readonly string[])[];
}

interface Held<Claim> {
  member: string;
  claim: Claim;
}

interface Claiming<Claim> {
  /** What is free, up to so many of each partition. */
  peek(most: number): Promise<Peeked[]>;
  /** Holds those of each partition that are still free. */
  hold(homes: Homes, fence: number): Promise<Held<Claim>[]>;
}

/**
 * Claims up to `max` of what is free over all partitions, in order. Looks first and holds then, each partition by
 * itself. What another took in between is passed over for what comes next; when nothing is left of the look, it
 * looks again.
 */
export async function collectClaims<Claim>(max: number, claiming: Claiming<Claim>): Promise<Claim[]> {
  const claims: Claim[] = [];
  while (claims.length < max) {
    const free = (await claiming.peek(max - claims.length)).sort(byRank);
    let tried = 0;
    let won = 0;
    while (tried < free.length && claims.length < max) {
      const some = free.slice(tried, tried + max - claims.length);
      const held = await holdAll(some, claiming);
      claims.push(...held);
      tried += some.length;
      won += held.length;
    }
    if (won === tried) break;
  }
  return claims;
}

function byRank(a: Peeked, b: Peeked): number {
  return a.rank - b.rank || (a.member < b.member ? -1 : 1);
}

async function holdAll<Claim>(some: readonly Peeked[], claiming: Claiming<Claim>): Promise<Claim[]> {
  // One fence for the whole call: the time of the look, which grows from call to call.
  const fence = Math.max(...some.map((one) => one.micros));
  const homes = Map.groupBy(some, (one) => one.tag);
  const members = [...homes.values()].map((ones) => ones.map((one) => one.member));
  const held = await claiming.hold({ tags: [...homes.keys()], members }, fence);
  const claims = new Map(held.map(({ member, claim }) => [member, claim]));
  return some.flatMap(({ member }) => claims.get(member) ?? []);
}

/** What is free by the answers of all partitions: each one's instant, then rank and member of each. */
export function peekedIn(tags: readonly string[], answers: readonly (readonly string[])[]): Peeked[] {
  return tags.flatMap((tag, i) => peekedOf(tag, answers[i] ?? []));
}

function peekedOf(tag: string, [micros, ...pairs]: readonly string[]): Peeked[] {
  const peeked: Peeked[] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    peeked.push({ tag, micros: Number(micros), rank: Number(pairs[i]), member: pairs[i + 1] ?? "" });
  }
  return peeked;
}

/** The earliest of what each partition names; null when none names any. */
export async function earliest(
  engine: Engine,
  tags: readonly string[],
  next: Script,
): Promise<number | null> {
  const found = await engine.runEach<string | null>(next, tags);
  const instants = found.filter((one) => one !== null).map(Number);
  return instants.length > 0 ? Math.min(...instants) : null;
}
