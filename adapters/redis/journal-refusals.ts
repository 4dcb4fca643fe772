import type { Journal, Refusal } from "../../core/ports/index.ts";
import type { Engine } from "./engine.ts";
import { REFUSE } from "./journal-scripts.ts";
import { JOURNAL_TAG } from "./partitions.ts";

/** So many refused bodies are kept; a flood of rubbish must not fill the memory. */
const KEPT_REFUSALS = 1_000;

type ToldRefusal = Awaited<ReturnType<Journal["refusals"]>>[number];

/** Keeps a refused body; the same body with the same reason again only counts. */
export async function refuse(engine: Engine, { source, reason, message, raw }: Refusal): Promise<void> {
  const field = JSON.stringify([raw.ref, reason, source]);
  const told = JSON.stringify({ source, reason, message, rawRef: raw.ref });
  const bytes = Buffer.from(raw.bytes.buffer, raw.bytes.byteOffset, raw.bytes.byteLength);
  const args = [field, told, raw.ref, raw.contentType, bytes, KEPT_REFUSALS];
  await engine.write(REFUSE, JOURNAL_TAG, args);
}

/** A refusal as the scripts keep it: count, instant, what is told. */
export function readRefusal(text: string): ToldRefusal {
  const [, count, atMs, told = ""] = /^(\S+) (\S+) (.*)$/s.exec(text) ?? [];
  return {
    ...(JSON.parse(told) as Omit<ToldRefusal, "atMs" | "count">),
    atMs: Number(atMs),
    count: Number(count),
  };
}
