import fc from "fast-check";
import type { EventStatus } from "../../../core/events/index.ts";
import type { JournalEntry, ReaderName } from "../../../core/ports/index.ts";
import { aDelivery, aDraft, aRawBody } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";
import { type Harness, upTo } from "../harness.ts";
import { aVerdict, doneBatch, nameOf } from "../journal/support.ts";
import type { Play } from "./play.ts";

/** One thing that may be asked of a journal. */
export type JournalCommand =
  | { ask: "append"; raw: number; drafts: DraftSketch[]; signed: SignedSketch | null }
  | { ask: "refuse"; raw: number; reason: string }
  | { ask: "lease"; reader: ReaderName; partition: number; holder: string; ttlMs: number }
  | { ask: "commit"; reader: ReaderName; partition: number; lease: number; batch: BatchSketch }
  | { ask: "trim"; backMs: number }
  | { ask: "advance"; byMs: number }
  | { ask: "restart"; moves: boolean };

interface SignedSketch {
  signature: number;
  forMs: number;
}

interface DraftSketch {
  key: number | null;
  host: number;
  status: EventStatus;
  afterMs: number;
  sent: number | null;
}

interface BatchSketch {
  entries: number;
  /** Begins with what an earlier command read, as that of a holder which was replaced. */
  again: boolean;
  verdicts: number;
}

const small = fc.integer({ min: 0, max: 3 });
const reader = fc.constantFrom<ReaderName>("archive", "rules");
const partition = fc.integer({ min: 0, max: 1 });
const aboutWindows = fc.constantFrom(-400_000, 0, 1, 299_999, 300_000, 650_000, 900_000);
const draft: fc.Arbitrary<DraftSketch> = fc.record({
  key: fc.option(small),
  host: small,
  status: fc.constantFrom<EventStatus>("firing", "firing", "resolved", "point"),
  afterMs: aboutWindows,
  sent: fc.option(small),
});
const aboutNow = fc.oneof(fc.constantFrom(-1, 0, 1), fc.integer({ min: -100, max: 1_300 }));
const place = { reader, partition };
const signed = fc.record({
  signature: small,
  forMs: fc.constantFrom(1, 30, 60, 1_000, 2_000),
});
const append = { ask: fc.constant("append" as const), raw: small, signed: fc.option(signed) };
const batch = fc.record({ entries: small, again: fc.boolean(), verdicts: small });
const holder = fc.constantFrom("w1", "w2");

/** Any command for a journal of two partitions. */
export const journalCommand: fc.Arbitrary<JournalCommand> = fc.oneof(
  fc.record({ ...append, drafts: fc.array(draft, { maxLength: 4 }) }),
  fc.record({ ...append, drafts: fc.tuple(draft).map((one): DraftSketch[] => one) }),
  fc.record({ ask: fc.constant("refuse" as const), raw: small, reason: fc.constantFrom("a", "b") }),
  fc.record({ ask: fc.constant("lease" as const), ...place, holder, ttlMs: fc.integer({ min: 0, max: 90 }) }),
  fc.record({ ask: fc.constant("commit" as const), ...place, lease: small, batch }),
  fc.record({ ask: fc.constant("trim" as const), backMs: aboutNow }),
  fc.record({
    ask: fc.constant("advance" as const),
    byMs: fc.oneof(fc.constantFrom(1, 30, 60), fc.integer({ min: -20, max: 60 })),
  }),
  fc.record({ ask: fc.constant("restart" as const), moves: fc.boolean() }),
);

/** A game in progress: the fences so far, newest first, and how many drafts and verdicts there were. */
interface Game {
  harness: Harness;
  fences: number[];
  fresh: number;
  /** What the last commit of each place read. */
  read: Map<string, JournalEntry[]>;
}

/** Plays commands for the journal. */
export const playJournal: Play<JournalCommand> = async (harness, commands) => {
  const game: Game = { harness, fences: [], fresh: 0, read: new Map() };
  const seen: unknown[] = [];
  for (const command of commands) seen.push(await playOne(game, command), await overview(harness));
  return seen;
};

function playOne(game: Game, command: JournalCommand): Promise<unknown> {
  const { journal, clock } = game.harness;
  const raw = aRawBody(`raw ${"raw" in command ? command.raw : ""}`);
  switch (command.ask) {
    case "append":
      return appendSketch(game, command);
    case "refuse":
      return journal.refuse({ source: "s", reason: command.reason, message: "", raw });
    case "lease":
      return lease(game, command);
    case "commit":
      return commit(game, command);
    case "trim":
      return journal.trim(clock.nowMs() - command.backMs);
    case "advance":
      return Promise.resolve(clock.advance(command.byMs));
    case "restart":
      return restart(game, command.moves);
  }
}

type Append = Extract<JournalCommand, { ask: "append" }>;

function appendSketch(game: Game, { raw, drafts, signed }: Append): Promise<unknown> {
  const replay = signed ? { replay: { signature: `s${signed.signature}`, forMs: signed.forMs } } : {};
  const named = drafts.map((one) => draftOf(game, one));
  return game.harness.journal.append(aDelivery(named, { raw: aRawBody(`raw ${raw}`), ...replay }));
}

/** Leases are over then. */
async function restart(game: Game, moves: boolean): Promise<void> {
  const { clock, restart } = game.harness;
  clock.advance(1_000);
  game.fences = [];
  await restart?.(moves);
}

function draftOf(game: Game, { key, host, status, afterMs, sent }: DraftSketch) {
  game.fresh += 1;
  const receivedAt = new Date(START_MS + afterMs).toISOString();
  const name = `vm-${host}`;
  const event = { status, receivedAt, fingerprint: name, incident: name };
  const dedupeKey = key === null ? null : `d${key}`;
  const times = { incidentWindowMs: 600_000, ...(sent === null ? {} : { senderTimeMs: START_MS + sent }) };
  return aDraft({ dedupeKey, freshId: `e_fresh${game.fresh}`, ...times, event });
}

type Lease = Extract<JournalCommand, { ask: "lease" }>;
type Commit = Extract<JournalCommand, { ask: "commit" }>;

async function lease(game: Game, command: Lease): Promise<unknown> {
  const fence = await game.harness.journal.lease(command, command.holder, command.ttlMs);
  if (fence !== null) game.fences.unshift(fence);
  return fence !== null;
}

async function commit(game: Game, { batch, lease, ...place }: Commit): Promise<unknown> {
  const { journal } = game.harness;
  const name = `${place.reader}:${place.partition}`;
  const unread = await journal.read(place, batch.entries);
  const entries = batch.again ? [...(game.read.get(name) ?? []), ...unread] : unread;
  game.read.set(name, unread);
  const fence = game.fences[lease];
  const verdicts = upTo(batch.verdicts).map(() => freshVerdict(game));
  const committed =
    fence !== undefined &&
    entries.length > 0 &&
    (await journal.commit(place, doneBatch(fence, entries, verdicts)));
  return { committed, read: unread.map(nameOf) };
}

/** Each of an event of its own, as no event is judged twice by a rule. */
function freshVerdict(game: Game) {
  game.fresh += 1;
  return aVerdict({ eventId: `e_judged${game.fresh}` });
}

async function overview({ journal }: Harness): Promise<unknown> {
  const unread: unknown[] = [];
  for (const one of ["archive", "rules"] as const) {
    for (const number of [0, 1]) {
      const entries = await journal.read({ reader: one, partition: number }, 100);
      unread.push(await journal.lag(one), entries.map(withoutPosition));
    }
  }
  const raws = await Promise.all([0, 1, 2, 3].map((n) => journal.raw(aRawBody(`raw ${n}`).ref)));
  const incidents = await Promise.all([0, 1, 2, 3].map((n) => journal.incident("prometheus", `vm-${n}`)));
  return { unread, raws: raws.map((raw) => raw !== null), incidents, refusals: await journal.refusals(10) };
}

function withoutPosition({ position: _, ...rest }: JournalEntry): unknown {
  return rest;
}
