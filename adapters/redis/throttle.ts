import type { ThrottleStore } from "../../core/ports/index.ts";
import {
  type BucketView,
  bucketsAsked,
  type Grant,
  grantOf as grantOver,
  MAX_BUCKETS,
  type TakeRequest,
} from "../../core/throttle/index.ts";
import type { Arg, Engine } from "./engine.ts";
import { finite } from "./finite.ts";
import { THROTTLE_TAG } from "./partitions.ts";
import { FORGET, TAKE } from "./throttle-scripts.ts";

/**
 * The throttle store over Redis. All buckets and grants have one hash tag, as the journal has: a wish may ask
 * several buckets at once, and one script over one slot is what makes that, and its answer's memory, atomic.
 */
export function redisThrottle(engine: Engine): ThrottleStore {
  return {
    take: (requests) => takeAll(engine, requests),
    show: (key) => show(engine, key),
    trim: (olderThanMs) => trim(engine, olderThanMs),
  };
}

/** Judges requests in order, each grant id once. */
export async function takeAll(engine: Engine, requests: readonly TakeRequest[]): Promise<Grant[]> {
  if (requests.length === 0) return [];
  const answers = await engine.write<string[]>(TAKE, THROTTLE_TAG, takeArgs(requests));
  return answers.map(readGrant);
}

/** What the script takes for some requests. */
export function takeArgs(requests: readonly TakeRequest[]): Arg[] {
  const args: Arg[] = [];
  for (const request of requests) {
    const asked = bucketsAsked(request);
    const keys = JSON.stringify(asked.map(({ key }) => key));
    args.push(request.grantId, finite(request.atMs, "atMs"), keys, asked.length, request.isNow ? 1 : 0);
    for (const { key, limit, perMs, burst, take = 1 } of asked) {
      const rate = [finite(limit, "limit"), finite(perMs, "perMs"), finite(burst, "burst")];
      args.push(key, ...rate, finite(take, "take"));
    }
  }
  return args;
}

/** The answer that a grant id was given before; undefined when it was not. */
export async function grantOf(engine: Engine, grantId: string): Promise<Grant | undefined> {
  const grants = `${engine.base(THROTTLE_TAG)}:grants`;
  const answer = await engine.command<string | null>("HGET", [grants, grantId]);
  return answer === null ? undefined : readGrant(answer);
}

/** A grant as the script keeps it. */
export function grantText({ outcome, bucket, also = [], heldBefore }: Grant): string {
  const views = [bucket, ...also];
  const numbers = views.flatMap(({ tokens, burst, nextAtMs, held }) => [tokens, burst, nextAtMs, held]);
  return [outcome, heldBefore, ...numbers, JSON.stringify(views.map(({ key }) => key))].join(" ");
}

/** Reads a grant as the script keeps it: numbers parted by spaces, then the keys, which may hold spaces too. */
export function readGrant(answer: string): Grant {
  const at = answer.indexOf("[");
  const [outcome, heldBefore, ...numbers] = answer.slice(0, at).split(" ");
  const keys = JSON.parse(answer.slice(at)) as string[];
  const views = keys.map((key, index) => viewOf(key, numbers.slice(4 * index, 4 * index + 4)));
  return grantOver(outcome === "granted", views, Number(heldBefore));
}

function viewOf(key: string, numbers: readonly string[]): BucketView {
  const [tokens = 0, burst = 0, nextAtMs = 0, held = 0] = numbers.map(Number);
  return { key, tokens, burst, nextAtMs, held };
}

async function show(engine: Engine, key: string): Promise<BucketView | null> {
  const buckets = `${engine.base(THROTTLE_TAG)}:buckets`;
  const stored = await engine.command<string | null>("HGET", [buckets, key]);
  return stored === null ? null : viewOf(key, stored.split(" ").slice(3));
}

const FORGOTTEN_AT_ONCE = 250;

async function trim(engine: Engine, olderThanMs: number): Promise<number> {
  const args = [olderThanMs, FORGOTTEN_AT_ONCE, MAX_BUCKETS];
  let forgotten = 0;
  for (;;) {
    const gone = await engine.run<number>(FORGET, THROTTLE_TAG, args);
    forgotten += gone;
    if (gone === 0) return forgotten;
  }
}
