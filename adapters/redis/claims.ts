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

interface Claiming<Claim> {
  /** What is free, up to so many of each partition. */
  peek(most: number): Promise<Peeked[]>;
  /** Holds those that are still free. */
  hold(tag: string, members: readonly string[], fence: number): Promise<{ member: string; claim: Claim }[]>;
}

/**
 * Claims up to `max` of what is free over all partitions, in order. Looks first and holds then, each partition by
 * itself: what another took in between is lost to this round, and looked for again.
 */
export async function collectClaims<Claim>(max: number, claiming: Claiming<Claim>): Promise<Claim[]> {
  const claims: Claim[] = [];
  while (claims.length < max) {
    const most = max - claims.length;
    const first = (await claiming.peek(most)).sort(byRank).slice(0, most);
    if (first.length === 0) break;
    claims.push(...(await holdAll(first, claiming)));
    if (first.length < most && claims.length > 0) break;
  }
  return claims;
}

function byRank(a: Peeked, b: Peeked): number {
  return a.rank - b.rank || (a.member < b.member ? -1 : 1);
}

async function holdAll<Claim>(first: readonly Peeked[], claiming: Claiming<Claim>): Promise<Claim[]> {
  // One fence for the whole call: the time of the look, which grows from call to call.
  const fence = Math.max(...first.map((one) => one.micros));
  const homes = Map.groupBy(first, (one) => one.tag);
  const held = await Promise.all(
    [...homes].map(([tag, some]) =>
      claiming.hold(
        tag,
        some.map((one) => one.member),
        fence,
      ),
    ),
  );
  const claims = new Map(held.flat().map(({ member, claim }) => [member, claim]));
  return first.flatMap(({ member }) => claims.get(member) ?? []);
}

/** The earliest of what each partition names; null when none names any. */
export async function earliest(
  engine: Engine,
  tags: readonly string[],
  next: Script,
): Promise<number | null> {
  const found = await Promise.all(tags.map((tag) => engine.run<string | null>(next, tag)));
  const instants = found.filter((one) => one !== null).map(Number);
  return instants.length > 0 ? Math.min(...instants) : null;
}
