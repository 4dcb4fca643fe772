import type { Engine } from "./engine.ts";
import type { Script } from "./script.ts";

const TRIMMED_AT_ONCE = 250;

/** Runs a script that forgets some of what is older than an instant until nothing is left. Returns how many went. */
export async function trimAll(
  engine: Engine,
  { script, tag, olderThanMs }: { script: Script; tag: string; olderThanMs: number },
): Promise<number> {
  let gone = 0;
  for (;;) {
    const some = await engine.run<number>(script, tag, [olderThanMs, TRIMMED_AT_ONCE]);
    gone += some;
    if (some < TRIMMED_AT_ONCE) return gone;
  }
}
