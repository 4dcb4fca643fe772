import type { Client } from "./connection.ts";
import type { Arg } from "./engine.ts";
import { isUnknownScript } from "./errors.ts";
import type { Source } from "./script.ts";

/** Runs a script by its hash; by its text when the server does not know it, which makes it known. */
export async function evaluate(
  client: Client,
  { sha, text }: Source,
  { keys, args }: { keys: readonly string[]; args: readonly Arg[] },
): Promise<unknown[]> {
  try {
    return (await client.evalsha(sha, keys.length, ...keys, ...args)) as unknown[];
  } catch (cause) {
    if (!isUnknownScript(cause)) throw cause;
    return (await client.eval(text, keys.length, ...keys, ...args)) as unknown[];
  }
}
