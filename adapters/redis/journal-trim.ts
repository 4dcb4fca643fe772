import type { ReaderName } from "../../core/ports/index.ts";
import type { Arg, Engine } from "./engine.ts";
import { TRIM_ENTRIES, TRIM_KEYS, TRIM_NAMES, TRIM_RAW } from "./journal-trim-scripts.ts";
import { JOURNAL_TAG } from "./partitions.ts";
import type { Script } from "./script.ts";

/** Complete by its type: a new reader holds entries back until it has passed them. */
const READERS: Record<ReaderName, true> = { archive: true, rules: true };

/** So many are looked at in one script, so that a large trim does not stop everything else. */
const TRIMMED_AT_ONCE = 250;

/** Entries come in the order of time but for a clock that was moved back; one moved further leaves them to a later trim. */
const DISORDER_MS = 3_600_000;

/**
 * Forgets entries that every reader has passed, then what nothing refers to any more: raw bodies, delivery keys
 * long unseen, incidents long closed, signatures that have expired. Returns the number of entries.
 */
export async function trimJournal(engine: Engine, partitions: number, olderThanMs: number): Promise<number> {
  let entries = 0;
  for (let partition = 0; partition < partitions; partition += 1) {
    entries += await trimEntries(engine, partition, olderThanMs);
  }
  await trimUnused(engine, TRIM_RAW, olderThanMs);
  await trimUnused(engine, TRIM_KEYS, olderThanMs);
  await trimNames(engine, [":closed", ":incident", `(${olderThanMs}`]);
  await trimNames(engine, [":expiry", ":signature", ""]);
  return entries;
}

async function trimEntries(engine: Engine, partition: number, olderThanMs: number): Promise<number> {
  const tail = [olderThanMs + DISORDER_MS, TRIMMED_AT_ONCE, ...Object.keys(READERS)];
  let forgotten = 0;
  let after: string | undefined = "0";
  while (after !== undefined) {
    const args: Arg[] = [partition, olderThanMs, after, ...tail];
    const [gone, last]: [number, string?] = await engine.run(TRIM_ENTRIES, JOURNAL_TAG, args);
    forgotten += gone;
    after = last;
  }
  return forgotten;
}

async function trimUnused(engine: Engine, script: Script, olderThanMs: number): Promise<void> {
  let passedOver = 0;
  for (;;) {
    const args = [olderThanMs, passedOver, TRIMMED_AT_ONCE];
    const [looked = 0, kept = 0] = await engine.run<number[]>(script, JOURNAL_TAG, args);
    if (looked < TRIMMED_AT_ONCE) return;
    passedOver += kept;
  }
}

async function trimNames(engine: Engine, args: readonly Arg[]): Promise<void> {
  for (;;) {
    const gone = await engine.run<number>(TRIM_NAMES, JOURNAL_TAG, [...args, TRIMMED_AT_ONCE]);
    if (gone < TRIMMED_AT_ONCE) return;
  }
}
