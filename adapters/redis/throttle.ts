import type { ThrottleStore } from "../../core/ports/index.ts";
import type { BucketView, Grant, TakeRequest } from "../../core/throttle/index.ts";
import type { Engine } from "./engine.ts";
import { finite } from "./finite.ts";
import { homeOf, TASK_TAGS } from "./partitions.ts";
import { FORGET, TAKE, WISH } from "./throttle-scripts.ts";

/**
 * The throttle store over Redis. A bucket and the grants out of it live in the partition of the bucket's name; the
 * first wish of each grant id lives in the partition of the id, so that an id has one answer whatever it asks for
 * later.
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
  const standing = await eachAtHome(
    requests,
    (one) => homeOf(one.grantId),
    async (tag, some) => {
      const args = some.flatMap((one) => [one.grantId, finiteWish(one).atMs, JSON.stringify(one)]);
      const wishes = await engine.write<string[]>(WISH, tag, args);
      return wishes.map((wish) => JSON.parse(wish) as TakeRequest);
    },
  );
  return eachAtHome(
    standing,
    (one) => homeOf(one.key),
    async (tag, some) => {
      const args = some.flatMap((one) => [one.grantId, one.key, one.limit, one.perMs, one.burst, one.atMs]);
      const answers = await engine.write<string[]>(TAKE, tag, args);
      return answers.map((answer, index) => readGrant(answer, some[index]?.key ?? ""));
    },
  );
}

function finiteWish(request: TakeRequest): TakeRequest {
  const { limit, perMs, burst, atMs } = request;
  for (const [name, value] of Object.entries({ limit, perMs, burst, atMs })) finite(value, name);
  return request;
}

/** Does a job for the requests of each partition, and gives the results in the order of the requests. */
async function eachAtHome<T>(
  requests: readonly TakeRequest[],
  home: (request: TakeRequest) => string,
  job: (tag: string, some: readonly TakeRequest[]) => Promise<T[]>,
): Promise<T[]> {
  const homes = Map.groupBy(requests.keys(), (index) => home(requests[index] as TakeRequest));
  const results: T[] = [];
  const jobs = [...homes].map(async ([tag, indexes]) => {
    const some = await job(
      tag,
      indexes.map((index) => requests[index] as TakeRequest),
    );
    for (const [place, index] of indexes.entries()) results[index] = some[place] as T;
  });
  await Promise.all(jobs);
  return results;
}

/** The answer that a grant id was given before; undefined when it was not. */
export async function grantOf(engine: Engine, grantId: string): Promise<Grant | undefined> {
  const wish = await engine.command<string | null>("HGET", [
    `${engine.base(homeOf(grantId))}:wishes`,
    grantId,
  ]);
  if (wish === null) return undefined;
  const { key } = JSON.parse(wish) as TakeRequest;
  const answer = await engine.command<string | null>("HGET", [`${engine.base(homeOf(key))}:grants`, grantId]);
  return answer === null ? undefined : readGrant(answer, key);
}

/** A grant as the scripts keep it. */
export function grantText({ outcome, bucket }: Grant): string {
  return [outcome, bucket.tokens, bucket.burst, bucket.nextAtMs].join(" ");
}

/** Reads a grant as the scripts keep it. */
export function readGrant(answer: string, key: string): Grant {
  const [outcome, tokens, burst, nextAtMs] = answer.split(" ");
  const bucket = { key, tokens: Number(tokens), burst: Number(burst), nextAtMs: Number(nextAtMs) };
  return outcome === "granted"
    ? { outcome, reason: "token_taken", bucket }
    : { outcome: "held", reason: "no_token", bucket };
}

async function show(engine: Engine, key: string): Promise<BucketView | null> {
  const stored = await engine.command<string | null>("HGET", [`${engine.base(homeOf(key))}:buckets`, key]);
  if (stored === null) return null;
  const [tokens, , burst, nextAtMs] = stored.split(" ").map(Number) as [number, number, number, number];
  return { key, tokens, burst, nextAtMs };
}

const FORGOTTEN_AT_ONCE = 250;

async function trim(engine: Engine, olderThanMs: number): Promise<number> {
  const counts = await Promise.all(TASK_TAGS.map((tag) => trimPartition(engine, tag, olderThanMs)));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function trimPartition(engine: Engine, tag: string, olderThanMs: number): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const [gone = 0, wishes = 0] = await engine.run<number[]>(FORGET, tag, [olderThanMs, FORGOTTEN_AT_ONCE]);
    forgotten += gone;
    if (gone + wishes === 0) return forgotten;
  }
}
