import { existsSync } from "node:fs";
import { ChatOpsError } from "../../core/errors.ts";
import { normalise, type WhaleEvent } from "../../core/events/index.ts";
import { type Admission, admit } from "../../core/incidents/index.ts";
import type { ReadySource } from "../http/index.ts";
import type { InForce } from "../in-force.ts";
import { rawOf } from "../workers/index.ts";
import { readGivenFile } from "./given-file.ts";

/** The request that a file stands for: a sidecar `NAME.headers.json` beside it gives method and headers. */
export function requestOf(file: string): Pick<Trial, "body" | "headers" | "query"> {
  const bytes = readGivenFile(file);
  const sidecar = file.replace(/\.[^./]+$/, ".headers.json");
  const told = existsSync(sidecar) ? sidecarOf(sidecar) : {};
  const entries = Object.entries(told.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  const headers = Object.fromEntries(entries) as Record<string, string>;
  if (told.method !== "GET") return { body: bytes, headers, query: {} };
  const query = Object.fromEntries(new URLSearchParams(bytes.toString("utf8").trim()));
  return { body: Buffer.alloc(0), headers, query };
}

interface Sidecar {
  method?: string;
  headers?: Record<string, string>;
}

function sidecarOf(file: string): Sidecar {
  try {
    return JSON.parse(readGivenFile(file).toString("utf8")) as Sidecar;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const message = `${file}：不是 JSON，应为 {"method": …, "headers": {…}} (no JSON)`;
    throw new ChatOpsError(message, { code: "cli.bad_file", cause });
  }
}

/** A body to be tried on a source. */
export interface Trial {
  source: string;
  body: Buffer;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  /** Zone of times that come without an offset. */
  zone: string;
  nowMs: number;
}

export type TrialOutcome =
  | { outcome: "read"; results: TrialResult[] }
  | { outcome: "refused"; message: string };

/** What one occurrence in a body becomes. */
export type TrialResult =
  | WhaleEvent
  | { handshake: string }
  | { refused: string; message: string }
  | Exclude<Admission, { outcome: "admitted" }>;

const WINDOW_MS = 1;

/** What a body would become, event by event, with nothing stored and nothing sent. */
export function trySource(inForce: InForce, trial: Trial): TrialOutcome {
  const ready = inForce.sources.get(trial.source);
  if (!ready) {
    const known = [...inForce.sources.keys()].sort().join(" ");
    const message = `没有名为 ${trial.source} 的事件源，有：${known} (no such source; there are: ${known})`;
    return { outcome: "refused", message };
  }
  return tryReady(ready, trial);
}

/** The same, of a source that no file declares. */
export function tryReady(ready: ReadySource, trial: Omit<Trial, "source">): TrialOutcome {
  const { body, headers, query, zone, nowMs } = trial;
  const contentType = headers["content-type"] ?? "application/json";
  const options = ready.source.options ? { options: ready.source.options } : {};
  const read = ready.adapter.read({ body, contentType, query, headers, zone, ...options });
  if (read.outcome === "refused") return { outcome: "refused", message: `${read.reason}: ${read.message}` };
  if (read.outcome === "handshake") return { outcome: "read", results: [{ handshake: read.topic }] };
  const facts = { receivedAt: new Date(nowMs).toISOString(), rawRef: rawOf(body, contentType).ref };
  const results = read.occurrences.map((occurrence, i): TrialResult => {
    const freshId = `e_try${i}`;
    const result = normalise(occurrence, ready.source, ready.registry, { ...facts, freshId });
    if (result.outcome === "refused") return { refused: result.reason, message: result.message };
    return eventOf(admit(result.draft, { first: undefined, incident: undefined }, WINDOW_MS));
  });
  return { outcome: "read", results };
}

function eventOf(admission: Admission): TrialResult {
  return admission.outcome === "admitted" ? admission.event : admission;
}
