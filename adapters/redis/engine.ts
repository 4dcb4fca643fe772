import { Cluster } from "ioredis";
import type { Queue } from "../../core/ports/index.ts";
import { underWay } from "../../core/under-way.ts";
import type { RedisStoreConfig } from "./config.ts";
import type { Client } from "./connection.ts";
import { isReady, readiness } from "./connection.ts";
import { callError, closedError } from "./errors.ts";
import { evaluate } from "./evaluate.ts";
import { grouping } from "./masters.ts";
import type { Replicas } from "./replicas.ts";
import type { Script } from "./script.ts";
import { together } from "./together.ts";

/** What a script or command takes. */
export type Arg = string | number | Buffer;

/** What a script on several tags takes: for all of them, then for each alone. */
export interface GivenEach {
  args?: readonly Arg[];
  own?: readonly (readonly Arg[])[];
}

/** What each part of the store works with. */
export interface Engine {
  config: RedisStoreConfig;
  /** The beginning of every key of a hash tag. */
  base(tag: string): string;
  /** Runs a script on the keys of one hash tag. The caller names the shape of its answer. */
  run<T>(script: Script, tag: string, args?: readonly Arg[]): Promise<T>;
  /** Runs a script on the keys of several tags. One answer each, in their order. */
  runEach<T>(script: Script, tags: readonly string[], given?: GivenEach): Promise<T[]>;
  /** The same for a write as `write` does it. */
  writeEach<T>(script: Script, tags: readonly string[], given?: GivenEach): Promise<T[]>;
  /** As `run` for a write whose loss would break a promise: settles once it is also on a replica, if there is one. */
  write<T>(script: Script, tag: string, args?: readonly Arg[]): Promise<T>;
  /** Runs a command. */
  command<T>(name: string, args: readonly Arg[]): Promise<T>;
  /** The same with an answer of bytes. */
  bytes<T>(name: string, args: readonly Arg[]): Promise<T>;
  /** Marks a queue, to be announced to this process and to the others. */
  wake(what: Queue): void;
}

/** The engine's own end: refuses what comes later, and waits for what is under way. */
export interface ClosableEngine extends Engine {
  close(): Promise<void>;
}

/** Joins a client, its replicas and the wake-up calls into what the parts of the store use. */
export function engineOf(
  client: Client,
  config: RedisStoreConfig,
  parts: { replicas: Replicas; wake: (what: Queue) => void },
): ClosableEngine {
  const calls = underWay();
  const group = grouping(client);
  const whenReady = readiness(client, config);
  let open = true;
  const sent = async (job: () => Promise<unknown>): Promise<unknown> => {
    // Asked first, so that a call in the hot path leaves in this turn.
    if (!isReady(client)) await whenReady();
    group();
    return job();
  };
  const call = async <T>(job: () => Promise<unknown>): Promise<T> => {
    if (!open) throw closedError();
    try {
      return (await calls.count(sent(job))) as T;
    } catch (cause) {
      throw callError(cause);
    }
  };
  const joint = client instanceof Cluster ? null : together(client);
  const nowArg = (): Arg => config.clock?.nowMs() ?? "";
  const base = (tag: string): string => `${config.prefix}{${tag}}`;
  const evaluateOn = (script: Script, tags: readonly string[], args: readonly Arg[]): Promise<unknown[]> =>
    call(() => evaluate(client, script.single, { keys: tags.map(base), args: [nowArg(), ...args] }));
  const run = async <T>(script: Script, tag: string, args: readonly Arg[] = []): Promise<T> =>
    joint
      ? call<T>(() => joint(script, base(tag), [nowArg(), ...args]))
      : ((await evaluateOn(script, [tag], args))[0] as T);
  const runEach = async <T>(
    script: Script,
    tags: readonly string[],
    { args = [], own }: GivenEach = {},
  ): Promise<T[]> => {
    const ownOf = (i: number): Arg[] => (own ? [own[i]?.length ?? 0, ...(own[i] ?? [])] : []);
    // The keys of one call must be of one node, which tags of a cluster are not.
    if (!(client instanceof Cluster))
      return (await evaluateOn(script, tags, [...args, ...tags.flatMap((_, i) => ownOf(i))])) as T[];
    return Promise.all(tags.map((tag, i) => run<T>(script, tag, [...args, ...ownOf(i)])));
  };
  return {
    ...{ config, base, run, runEach, wake: parts.wake },
    write: async (script, tag, args) => {
      const answer = await run<never>(script, tag, args);
      await parts.replicas.confirm();
      return answer;
    },
    writeEach: async (script, tags, given) => {
      const answers = await runEach<never>(script, tags, given);
      await parts.replicas.confirm();
      return answers;
    },
    command: (name, args) => call(() => client.call(name, ...args)),
    bytes: (name, args) => call(() => client.callBuffer(name, ...args)),
    close: async () => {
      open = false;
      await calls.none();
    },
  };
}
