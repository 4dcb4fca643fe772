import type { Delivery as AdapterDelivery, Reading, SourceAdapter } from "../../adapters/sources/index.ts";
import { errorText } from "../../core/errors.ts";
import type { CompiledSource, EventTypeRegistry, Violation } from "../../core/events/index.ts";
import { normalise } from "../../core/events/index.ts";
import { bytesName, type JsonObject } from "../../core/ids/index.ts";
import type { EventDraft } from "../../core/incidents/index.ts";
import type {
  Clock,
  Ids,
  Journal,
  Logger,
  Metrics,
  RawBody,
  Receipt,
  Replay,
} from "../../core/ports/index.ts";
import type { StepObserver } from "../workers/steps.ts";
import { type EncodingHeaders, packedBy } from "./compressed.ts";
import { type Confirm, mayConfirm } from "./handshake.ts";

/** A source that is ready to take bodies. */
export interface ReadySource {
  source: CompiledSource;
  adapter: SourceAdapter;
  /** The event types that it was compiled with: a body is read by one configuration from first to last. */
  registry: EventTypeRegistry;
}

export interface IntakeDeps {
  journal: Journal;
  sources: () => ReadonlyMap<string, ReadySource>;
  clock: Clock;
  ids: Ids;
  log: Logger;
  metrics: Metrics;
  onStep: StepObserver;
  /** Confirms a subscription by its address. */
  confirm: Confirm;
}

interface Sent {
  query: Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string>>;
}

/** A body whose sender has proved what the source's authentication asks. */
export interface Posted {
  source: ReadySource;
  raw: RawBody;
  bytes: Buffer;
  /** The query and the headers, without what proves the sender. */
  sent: () => Sent;
  /** How the body is encoded. */
  encoding: EncodingHeaders;
  /** Zone of times that come without an offset. */
  zone: string;
  /** Absent when the source's bodies are not signed. */
  replay?: Replay;
}

export interface RefusedOccurrence {
  index: number;
  reason: string;
  message: string;
  violations: { path: string; message: string }[];
}

/** An event that was kept although its detail does not fit its type. */
export interface InvalidEvent {
  eventId: string;
  violations: Violation[];
}

export type IntakeOutcome =
  /** Everything readable is stored; some occurrences of the body may have been refused. */
  | { outcome: "taken"; receipts: Receipt[]; refused: RefusedOccurrence[]; invalid: InvalidEvent[] }
  /** Nothing became an event; the body is kept with the reason. */
  | { outcome: "refused"; reason: string; message: string; refused: RefusedOccurrence[] };

/** From a verified body to stored events: read, normalise, validate, dedupe, journal. */
export async function takeBody(posted: Posted, deps: IntakeDeps): Promise<IntakeOutcome> {
  const { source } = posted;
  const packed = packedBy(posted.encoding);
  if (packed) return refuse(posted, { ...packed, refused: [] }, deps);
  const read = source.adapter.read(new PostedDelivery(posted));
  if (read.outcome === "refused") {
    return refuse(posted, { reason: read.reason, message: read.message, refused: [] }, deps);
  }
  if (read.outcome === "handshake") return keepHandshake(posted, read, deps);
  const raw = kept(posted.raw, deps.clock.nowMs());
  const { drafts, refused } = normaliseAll(read.occurrences, { source, raw }, deps);
  const [first] = refused;
  if (drafts.length === 0 && first) {
    const { reason, message } = first;
    return refuse(posted, { reason, message, refused }, deps);
  }
  const replay = posted.replay ? { replay: posted.replay } : {};
  const receipts = await deps.journal.append({ source: source.source.name, drafts, raw, ...replay });
  deps.onStep("event_journaled");
  countEach(deps, posted, [
    ...receipts.map(({ outcome }) => outcome),
    ...refused.map(({ reason }) => reason),
  ]);
  await tellDuplicates(receipts, { source, raw }, deps);
  const invalid = invalidOf(drafts, receipts);
  tellInvalid(invalid, source, deps);
  return { outcome: "taken", receipts, refused, invalid };
}

function invalidOf(drafts: readonly EventDraft[], receipts: readonly Receipt[]): InvalidEvent[] {
  return receipts.flatMap(({ eventId, outcome }, i) => {
    const violations = outcome === "duplicate" ? [] : (drafts[i]?.event.violations ?? []);
    return violations.length === 0 ? [] : [{ eventId, violations }];
  });
}

function tellInvalid(invalid: readonly InvalidEvent[], { source }: ReadySource, deps: IntakeDeps): void {
  const [first] = invalid;
  if (!first) return;
  deps.metrics.count("invalid_events", { source: source.name }, invalid.length);
  const { eventId, violations } = first;
  deps.log.warn(
    { source: source.name, events: invalid.length, eventId, violations },
    "events kept as invalid",
  );
}

/**
 * The body under a name that begins with the time: those of events are many, and a store finds names that
 * came together in one place. A refused body has none of it, so that the same rubbish is kept once.
 */
function kept(raw: RawBody, nowMs: number): RawBody {
  return { ...raw, ref: `${Math.floor(nowMs).toString(36).padStart(9, "0")}:${raw.ref}` };
}

/** The sender's key decides that a delivery came before; should its content differ, the body can still be found. */
async function tellDuplicates(
  receipts: readonly Receipt[],
  { source, raw }: Pick<Posted, "source" | "raw">,
  { log, journal }: IntakeDeps,
): Promise<void> {
  const again = receipts.filter(({ outcome }) => outcome === "duplicate");
  const [first] = again;
  if (!first) return;
  const { eventId } = first;
  const rawRef = again.length < receipts.length ? raw.ref : await keptAs(raw, eventId, journal);
  log.info({ source: source.source.name, eventId, events: again.length, rawRef }, "delivered again");
}

/** What names a body that brought only what came before: that of the first, unless it differs. */
async function keptAs({ ref }: RawBody, eventId: string, journal: Journal): Promise<string> {
  const name = bytesName(ref);
  // All is stored: that this cannot be looked up is no reason to have it sent again.
  const event = await journal.event(eventId).catch(() => null);
  const first = event?.rawRef ?? "";
  return first.endsWith(name) ? first : name;
}

/**
 * What the adapter reads of a body. A class because its getters are made once: those of an object made in place are
 * new for each, and so is its shape, which V8 keeps, with the whole request behind it, until it looks through all
 * of its memory.
 */
class PostedDelivery implements AdapterDelivery {
  readonly body: Buffer;
  readonly contentType: string;
  readonly zone: string;
  readonly options?: JsonObject;
  readonly #sent: Posted["sent"];

  constructor({ source, raw, bytes, sent, zone }: Posted) {
    const { zone: own, options } = source.source;
    this.body = bytes;
    this.contentType = raw.contentType;
    this.zone = own ?? zone;
    if (options !== undefined) this.options = options;
    this.#sent = sent;
  }

  get query(): Sent["query"] {
    return this.#sent().query;
  }

  get headers(): Sent["headers"] {
    return this.#sent().headers;
  }
}

type Handshake = Extract<Reading, { outcome: "handshake" }>;

/** A sender that asks whether it may send: no event. It is kept, and confirmed here or by a person. */
async function keepHandshake(
  posted: Posted,
  { confirmUrl, topic }: Handshake,
  deps: IntakeDeps,
): Promise<IntakeOutcome> {
  const { name: source } = posted.source.source;
  const confirmed = await confirm(posted, confirmUrl, deps);
  const reason = confirmed ? "handshake_confirmed" : "handshake";
  const message = confirmed
    ? `已确认订阅 ${topic} (the subscription was confirmed)`
    : `请打开 ${confirmUrl} 确认订阅 ${topic} (open this address to confirm the subscription)`;
  await deps.journal.refuse({ source, reason, message, raw: posted.raw });
  count(deps, posted, reason);
  const told = { source, topic, rawRef: posted.raw.ref };
  if (confirmed) deps.log.info(told, "subscription confirmed");
  else deps.log.warn(told, "subscription waits for confirmation");
  return { outcome: "taken", receipts: [], refused: [], invalid: [] };
}

async function confirm({ source }: Posted, url: string, deps: IntakeDeps): Promise<boolean> {
  const { name, auth } = source.source;
  if (!mayConfirm(auth, url)) return false;
  try {
    await deps.confirm(url);
    return true;
  } catch (error) {
    // The person who reads of the waiting subscription can still open it.
    deps.log.warn({ source: name, reason: errorText(error) }, "subscription could not be confirmed");
    return false;
  }
}

function normaliseAll(
  occurrences: Parameters<typeof normalise>[0][],
  { source, raw }: Pick<Posted, "source" | "raw">,
  deps: IntakeDeps,
): { drafts: EventDraft[]; refused: RefusedOccurrence[] } {
  const receivedAt = new Date(deps.clock.nowMs()).toISOString();
  const drafts: EventDraft[] = [];
  const refused: RefusedOccurrence[] = [];
  for (const [index, occurrence] of occurrences.entries()) {
    const facts = { receivedAt, rawRef: raw.ref, freshId: `e_${deps.ids.ulid()}` };
    const result = normalise(occurrence, source.source, source.registry, facts);
    if (result.outcome === "accepted") drafts.push(result.draft);
    else
      refused.push({ index, reason: result.reason, message: result.message, violations: result.violations });
  }
  return { drafts, refused };
}

async function refuse(
  posted: Posted,
  why: { reason: string; message: string; refused: RefusedOccurrence[] },
  deps: IntakeDeps,
): Promise<IntakeOutcome> {
  const { reason, message } = why;
  const source = posted.source.source.name;
  await deps.journal.refuse({ source, reason, message, raw: posted.raw });
  count(deps, posted, reason);
  deps.log.warn({ source, reason, message, rawRef: posted.raw.ref }, "body refused and kept");
  return { outcome: "refused", ...why };
}

function count({ metrics }: IntakeDeps, { source }: Posted, outcome: string, by = 1): void {
  metrics.count("events", { source: source.source.name, outcome }, by);
}

/** Each outcome once, with how often it came. */
function countEach(deps: IntakeDeps, posted: Posted, outcomes: readonly string[]): void {
  const [only] = outcomes;
  if (only !== undefined && outcomes.length === 1) {
    count(deps, posted, only);
    return;
  }
  const times = new Map<string, number>();
  for (const outcome of outcomes) times.set(outcome, (times.get(outcome) ?? 0) + 1);
  for (const [outcome, by] of times) count(deps, posted, outcome, by);
}
