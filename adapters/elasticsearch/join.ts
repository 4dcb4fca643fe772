import { errorText } from "../../core/errors.ts";
import type { WhaleEvent } from "../../core/events/index.ts";
import type { Verdict } from "../../core/rules/index.ts";
import type { Operation, Store, Version } from "./bulk.ts";
import type { Connection } from "./connection.ts";
import {
  documentId,
  eventSource,
  type Kept,
  keyOf,
  parseSaid,
  receivedAtOf,
  type Said,
  verdictSource,
  waitingSource,
} from "./documents.ts";
import { busyError } from "./errors.ts";
import type { Indices } from "./indices.ts";
import { bodyOf, type Found, readFound } from "./schema.ts";

/** What joining needs. */
export interface JoinDeps {
  connection: Connection;
  indices: Indices;
  store: Store;
  numericFields: () => readonly string[];
}

/** What could not be stored, and why. */
export interface Unfit {
  kept: Kept;
  problem: string;
}

/** Events and verdicts, in the order in which they came. */
export interface Batch {
  events: readonly WhaleEvent[];
  verdicts: readonly Verdict[];
}

/** One event, and what this batch brings of it: itself, what rules said, or both. */
interface Subject {
  id: string;
  documentId: string;
  receivedAt: string;
  event: WhaleEvent | null;
  said: Map<string, string>;
}

/** A subject, and its document as it is in the cluster; null when there is none. */
interface Known {
  subject: Subject;
  there: Found | null;
}

const MOST_CONFLICTS = 20;

/**
 * Stores events together with what rules said of them, so that a filter on rules or reasons needs one index. The
 * document of an event is made at once with the verdicts that come in the same batch, which is the usual case; later
 * ones are added to it, and earlier ones wait for it in an index of their own. Changes name the state that they are
 * meant for: two processes that write the same event lose nothing of each other. Gives back what cannot be stored.
 */
export async function joinAll(deps: JoinDeps, batch: Batch): Promise<Unfit[]> {
  const subjects = subjectsOf(batch);
  const withEvent = subjects.filter(({ event }) => event !== null);
  const { known, missing } = await lookUp(deps, without(subjects, withEvent));
  const fresh = withEvent.map((subject): Known => ({ subject, there: null }));
  const days = new Map(subjects.map(({ id, receivedAt }) => [id, receivedAt]));
  const verdicts = batch.verdicts.map((verdict) =>
    verdictOperation(deps, verdict, days.get(verdict.eventId) ?? ""),
  );
  const unfit = await joinEvents(deps, [...fresh, ...known], verdicts);
  const lost = new Set(unfit.map(({ kept }) => kept.value));
  const spoken = withEvent.filter(({ event, said }) => event !== null && lost.has(event) && said.size > 0);
  await leaveWaiting(deps, [...missing, ...spoken]);
  // Both sides first leave their own and then look for the other's, so that one of them sees both.
  const late = (await lookUp(deps, missing)).known.map(({ subject }) => subject);
  unfit.push(...(await collect(deps, [...withEvent, ...late])));
  return unfit;
}

function without(all: readonly Subject[], some: readonly Subject[]): Subject[] {
  const left = new Set(all);
  for (const one of some) left.delete(one);
  return [...left];
}

function subjectsOf({ events, verdicts }: Batch): Subject[] {
  const subjects = new Map<string, Subject>();
  for (const event of events) {
    const receivedAt = receivedAtOf({ kind: "events", value: event });
    const { id } = event;
    subjects.set(id, { id, documentId: documentId(id), receivedAt, event, said: new Map() });
  }
  for (const verdict of verdicts) {
    const id = verdict.eventId;
    const subject = subjects.get(id) ?? withoutEvent(verdict);
    subject.said.set(verdict.ruleId, verdict.reason);
    subjects.set(id, subject);
  }
  return [...subjects.values()];
}

function withoutEvent(verdict: Verdict): Subject {
  const id = verdict.eventId;
  const receivedAt = receivedAtOf({ kind: "verdicts", value: verdict });
  return { id, documentId: documentId(id), receivedAt, event: null, said: new Map() };
}

function verdictOperation({ indices }: JoinDeps, value: Verdict, receivedAt: string): Operation {
  const kept: Kept = { kind: "verdicts", value };
  const index = indices.ofDay("verdicts", receivedAt);
  return { action: "index", index, id: documentId(keyOf(kept)), source: verdictSource(value), kept };
}

async function joinEvents(
  deps: JoinDeps,
  known: readonly Known[],
  also: readonly Operation[],
): Promise<Unfit[]> {
  const unfit: Unfit[] = [];
  let open = known;
  for (let round = 0; round < MOST_CONFLICTS; round++) {
    const changes = open.flatMap((one) => fittingChange(deps, one, unfit));
    const { poison, conflicts } = await deps.store(round === 0 ? [...also, ...changes] : changes);
    for (const { operation, problem } of poison) {
      if (operation.kept) unfit.push({ kept: operation.kept, problem });
    }
    if (conflicts.length === 0) return unfit;
    const ids = new Set(conflicts.map(({ id }) => id));
    const again = open.flatMap(({ subject }) => (ids.has(subject.documentId) ? [subject] : []));
    open = (await lookUp(deps, again)).all;
  }
  throw busyError(open.length, "others change the same documents");
}

/** A bad event must not hold up the good ones. */
function fittingChange(deps: JoinDeps, known: Known, unfit: Unfit[]): Operation[] {
  const { event } = known.subject;
  try {
    return changeOf(deps, known);
  } catch (thrown) {
    if (event === null) throw thrown;
    unfit.push({ kept: { kind: "events", value: event }, problem: errorText(thrown) });
    return [];
  }
}

/** What is to be done to an event's document; nothing when it is as it should be. */
function changeOf({ indices, numericFields }: JoinDeps, { subject, there }: Known): Operation[] {
  const was = there ? saidIn(there) : new Map<string, string>();
  const said = new Map([...was, ...subject.said]);
  const event = subject.event ?? (there ? bodyOf<WhaleEvent>(there) : null);
  if (event === null) return [];
  const kept: Kept = { kind: "events", value: event };
  const place = { index: indices.ofDay("events", subject.receivedAt), id: subject.documentId, kept };
  if (there === null)
    return [{ action: "create", ...place, source: eventSource(event, said, numericFields()) }];
  const sameEvent = subject.event === null || JSON.stringify(event) === there._source?.["body"];
  if (sameEvent && isSame(was, said)) return [];
  return [
    {
      action: "index",
      ...place,
      source: eventSource(event, said, numericFields()),
      version: versionOf(there),
    },
  ];
}

/** Leaves what rules said of events that are not there yet. */
async function leaveWaiting(deps: JoinDeps, missing: readonly Subject[]): Promise<void> {
  const { indices } = deps;
  let open = missing;
  for (let round = 0; open.length > 0; round++) {
    if (round === MOST_CONFLICTS) throw busyError(open.length, "others change the same documents");
    const there = await find(
      deps,
      open.map(({ documentId: _id }) => ({ _index: indices.waiting, _id })),
    );
    const changes = open.map((subject, i): Operation => {
      const stub = there[i] ?? null;
      const said = new Map([...(stub ? saidIn(stub) : []), ...subject.said]);
      const source = waitingSource(said, subject.receivedAt);
      const place = { index: indices.waiting, id: subject.documentId, source };
      return stub === null
        ? { action: "create", ...place }
        : { action: "index", ...place, version: versionOf(stub) };
    });
    const { conflicts } = await deps.store(changes);
    const ids = new Set(conflicts.map(({ id }) => id));
    open = open.filter(({ documentId: id }) => ids.has(id));
  }
}

/** Adds to events what waited for them. */
async function collect(deps: JoinDeps, subjects: readonly Subject[]): Promise<Unfit[]> {
  const { indices } = deps;
  const stubs = await find(
    deps,
    subjects.map(({ documentId: _id }) => ({ _index: indices.waiting, _id })),
  );
  const waited = subjects.flatMap((subject, i) => {
    const stub = stubs[i];
    if (!stub) return [];
    // What this batch says of a rule is newer than what waited.
    const said = new Map([...saidIn(stub), ...subject.said]);
    return [{ subject: { ...subject, event: null, said }, stub }];
  });
  if (waited.length === 0) return [];
  const { known } = await lookUp(
    deps,
    waited.map(({ subject }) => subject),
  );
  const unfit = await joinEvents(deps, known, []);
  const joined = new Set(known.map(({ subject }) => subject.id));
  const done = waited.filter(({ subject }) => joined.has(subject.id));
  await deps.store(
    done.map(({ subject: { documentId: id }, stub }): Operation => {
      return { action: "delete", index: indices.waiting, id, source: null, version: versionOf(stub) };
    }),
  );
  return unfit;
}

async function lookUp(deps: JoinDeps, subjects: readonly Subject[]) {
  const places = subjects.map(({ documentId: _id, receivedAt }) => ({
    _index: deps.indices.ofDay("events", receivedAt),
    _id,
  }));
  const found = await find(deps, places);
  const all = subjects.map((subject, i): Known => ({ subject, there: found[i] ?? null }));
  const known = all.filter(({ there }) => there !== null);
  const missing = all.flatMap(({ subject, there }) => (there === null ? [subject] : []));
  return { all, known, missing };
}

/** Documents as they are now, without waiting for a refresh; null where there is none. */
async function find(
  { connection }: JoinDeps,
  docs: readonly { _index: string; _id: string }[],
): Promise<(Found | null)[]> {
  if (docs.length === 0) return [];
  return connection.read("get documents", async (client) => {
    return readFound(await client.mget({ docs: [...docs], _source: ["body", "said"] }), docs.length);
  });
}

function saidIn(found: Found): Map<string, string> {
  const terms = found._source?.["said"];
  return new Map((Array.isArray(terms) ? terms : []).map(parseSaid));
}

function isSame(one: Said, other: Said): boolean {
  return one.size === other.size && [...other].every(([rule, reason]) => one.get(rule) === reason);
}

function versionOf({ _seq_no, _primary_term }: Found): Version {
  return { seqNo: _seq_no, primaryTerm: _primary_term };
}
