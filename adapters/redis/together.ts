import type { Redis } from "ioredis";
import type { Arg } from "./engine.ts";
import { isReply } from "./errors.ts";
import { evaluate } from "./evaluate.ts";
import type { Script } from "./script.ts";

/** One call of a script on the keys of one hash tag. */
interface Call {
  key: string;
  args: readonly Arg[];
  resolve: (answer: unknown) => void;
  reject: (error: unknown) => void;
}

/** So many leave as one at most, so that the server is never long at one thing and this process not long without one. */
const AT_ONCE = 16;
/** A call with more arguments goes alone: Lua hands over a few thousand at most. */
const MOST_ARGS = 200;

/** Runs a script on one key: its answer. */
export type Together = (script: Script, key: string, args: readonly Arg[]) => Promise<unknown>;

/**
 * Calls of one script that come in one turn of the event loop leave as one command: a command costs the server and this
 * process as much as a small script does. Each fails or succeeds as it would alone. Not for a cluster, where a command's
 * keys must be of one node.
 */
export function together(client: Redis): Together {
  let waiting = new Map<Script, Call[]>();
  const send = (): void => {
    const all = waiting;
    waiting = new Map();
    // None while a broken connection is made anew: each call then fails by itself.
    const stream: Redis["stream"] | undefined = client.stream;
    stream?.cork();
    for (const [script, calls] of all) {
      for (let at = 0; at < calls.length; at += AT_ONCE)
        void run(client, script, calls.slice(at, at + AT_ONCE));
    }
    stream?.uncork();
  };
  return (script, key, args) => {
    if (args.length > MOST_ARGS) return alone(client, script, { key, args });
    return new Promise((resolve, reject) => {
      if (waiting.size === 0) setImmediate(send);
      const calls = waiting.get(script);
      const call = { key, args, resolve, reject };
      if (calls) calls.push(call);
      else waiting.set(script, [call]);
    });
  };
}

async function alone(client: Redis, script: Script, { key, args }: Pick<Call, "key" | "args">) {
  return (await evaluate(client, script.single, { keys: [key], args }))[0];
}

async function run(client: Redis, script: Script, calls: readonly Call[]): Promise<void> {
  const [first, ...others] = calls;
  if (!first) return;
  if (others.length === 0) return alone(client, script, first).then(first.resolve, first.reject);
  const args = calls.flatMap((call) => [call.args.length, ...call.args]);
  try {
    const answers = await evaluate(client, script.joint, { keys: calls.map(({ key }) => key), args });
    for (const [i, { resolve, reject }] of calls.entries()) {
      const answer = answers[i];
      if (answer instanceof Error) reject(answer);
      else resolve(answer);
    }
  } catch (error) {
    first.reject(error);
    // The server's own error is that of the first call, and no other has written anything: a script that has is not killed.
    for (const call of others) {
      if (isReply(error)) alone(client, script, call).then(call.resolve, call.reject);
      else call.reject(error);
    }
  }
}
