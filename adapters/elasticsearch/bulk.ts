import type { estypes } from "@elastic/elasticsearch";
import { isChatOpsError } from "../../core/errors.ts";
import type { ElasticsearchConfig } from "./config.ts";
import { type Connection, pauseAfter } from "./connection.ts";
import type { Kept } from "./documents.ts";
import { busyError, problemOf, refusedError } from "./errors.ts";
import { type BulkItem, readItems } from "./schema.ts";

/** The state of a document that a change is meant for; of another one it is a conflict. */
export interface Version {
  seqNo: number;
  primaryTerm: number;
}

/** One change of one document. */
export interface Operation {
  action: "create" | "index" | "delete";
  index: string;
  id: string;
  /** The document's JSON; null for `delete`. */
  source: string | null;
  version?: Version;
  /** What the document is about, where it is about one thing. */
  kept?: Kept;
}

/** A change that Elasticsearch will never take as it is. */
export interface Poison {
  operation: Operation;
  problem: string;
}

/** What was not done of a batch. */
export interface Undone {
  poison: Poison[];
  /** The document is there already, or in another state than the change was meant for. */
  conflicts: Operation[];
}

/**
 * What became of one change: it is done, met another state, is to be sent again, never will be taken, or not for
 * now.
 */
export type Fate = "done" | "conflict" | "again" | "poison" | "refused";

/** Does changes by id. */
export type Store = (operations: readonly Operation[]) => Promise<Undone>;

type Settings = Pick<ElasticsearchConfig, "maxBulkBytes" | "maxAttempts" | "backoffBaseMs">;

const LONGEST_PROBLEM = 300;
/** Errors that say that a request as a whole is not taken as it is. */
const WHOLE_REQUEST = ["elasticsearch.too_large", "elasticsearch.bad_request"];

/** Reads the fate of one change out of its part of the answer. */
export function fateOf({ status, error }: BulkItem, action: Operation["action"]): Fate {
  if (status < 300 || (action === "delete" && status === 404)) return "done";
  if (status === 409) return "conflict";
  if (status === 429 || status >= 500) return "again";
  // A limit of the cluster (too many shards) comes as 400 too, and is not the document's fault.
  return status === 400 && error?.type !== "validation_exception" ? "poison" : "refused";
}

/**
 * Makes what does changes. Those that the cluster is too busy for are sent again, with growing pauses; those that it
 * cannot take are given back and hold up none of the others. Throws a retryable error when some are not done:
 * sending all again is safe.
 */
export function createStore(connection: Connection, settings: Settings): Store {
  return async (operations) => {
    const undone: Undone = { poison: [], conflicts: [] };
    for (const part of partsOf(operations, settings.maxBulkBytes)) {
      await storePart({ connection, settings, undone }, part);
    }
    return undone;
  };
}

/** A change, and its lines of a request, encoded once: their size counts, and they may be sent again. */
interface Encoded {
  operation: Operation;
  bytes: Buffer;
}

interface Work {
  connection: Connection;
  settings: Settings;
  undone: Undone;
}

async function storePart({ connection, settings, undone }: Work, part: Encoded[]): Promise<void> {
  let left = part;
  for (let attempt = 1; left.length > 0; attempt++) {
    const sent = await send(connection, left, undone);
    if (sent.refused > 0) throw refusedError(sent.refused, sent.problem);
    left = sent.again;
    if (left.length === 0) return;
    if (attempt === settings.maxAttempts) throw busyError(left.length, sent.problem);
    await pauseAfter(attempt, settings);
  }
}

interface Sent {
  again: Encoded[];
  refused: number;
  /** Of the last change that was not done. */
  problem: string;
}

async function send(connection: Connection, part: Encoded[], undone: Undone): Promise<Sent> {
  const sent: Sent = { again: [], refused: 0, problem: "" };
  try {
    const items = await sendOnce(connection, part);
    for (const [i, one] of part.entries()) note({ sent, undone }, one, items[i]);
    return sent;
  } catch (thrown) {
    if (!isChatOpsError(thrown)) throw thrown;
    if (thrown.code === "elasticsearch.busy") return { ...sent, again: part, problem: thrown.message };
    if (!WHOLE_REQUEST.includes(thrown.code)) throw thrown;
    const [only] = part;
    if (part.length > 1 || !only) return sendHalves(connection, part, undone);
    undone.poison.push({ operation: only.operation, problem: thrown.message });
    return sent;
  }
}

/** One change can make a whole request unfit, or it is too large for what stands before the cluster. */
async function sendHalves(connection: Connection, part: Encoded[], undone: Undone): Promise<Sent> {
  const middle = Math.ceil(part.length / 2);
  const first = await send(connection, part.slice(0, middle), undone);
  const second = await send(connection, part.slice(middle), undone);
  return {
    again: [...first.again, ...second.again],
    refused: first.refused + second.refused,
    problem: second.problem || first.problem,
  };
}

async function sendOnce(connection: Connection, part: readonly Encoded[]): Promise<BulkItem[]> {
  // As text the client would join, measure and encode it anew.
  const body = Buffer.concat(part.map(({ bytes }) => bytes)) as unknown as unknown[];
  const answer = await connection.ask("bulk", (client) => client.bulk({ operations: body }));
  return readItems(answer, part.length);
}

function encoded(operation: Operation): Encoded {
  const { action, source } = operation;
  const head = `${JSON.stringify({ [action]: headOf(operation) })}\n`;
  return { operation, bytes: Buffer.from(source === null ? head : `${head}${source}\n`) };
}

function headOf({ index, id, version }: Operation): estypes.BulkWriteOperation {
  const state =
    version === undefined ? {} : { if_seq_no: version.seqNo, if_primary_term: version.primaryTerm };
  return { _index: index, _id: id, ...state };
}

function note({ sent, undone }: { sent: Sent; undone: Undone }, one: Encoded, item?: BulkItem): void {
  const { operation } = one;
  const fate = item === undefined ? "again" : fateOf(item, operation.action);
  if (fate === "done") return;
  if (fate === "conflict") undone.conflicts.push(operation);
  else {
    const { type, reason } = problemOf(item);
    sent.problem = `${type}: ${reason}`.slice(0, LONGEST_PROBLEM);
    if (fate === "again") sent.again.push(one);
    else if (fate === "poison") undone.poison.push({ operation, problem: sent.problem });
    else sent.refused++;
  }
}

/** Changes in requests of at most so many bytes each; one that is larger goes alone. */
function partsOf(operations: readonly Operation[], maxBytes: number): Encoded[][] {
  const parts: Encoded[][] = [];
  let size = 0;
  for (const one of operations.map(encoded)) {
    const bytes = one.bytes.length;
    if (parts.length === 0 || size + bytes > maxBytes) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(one);
    size += bytes;
  }
  return parts;
}
