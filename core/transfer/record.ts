import type { AuditEntry } from "../audit/index.ts";
import type { Receipt } from "../ports/journal.ts";
import type { Lane } from "../ports/task-store.ts";
import type { Grant } from "../throttle/index.ts";
import type { ConfigVersion } from "../versions/index.ts";

/** Of the record format. An unfinished transfer of another version is begun anew, never continued. */
export const TRANSFER_VERSION = 2;

/**
 * What a store holds, as neutral records: by kind, what one record says beside its key. Leases and fences are left
 * out, because who held them is gone; so are indexes and counts, which each store makes again by itself. A `text`
 * is JSON exactly as it was written.
 */
export interface TransferBodies {
  /** The one key is `journal`. */
  settings: { partitions: number };
  /** A raw body, by its reference. */
  raw: { contentType: string; base64: string; atMs: number };
  /** An entry of the journal, by event id or `<event>:<rule>` of its first verdict. `no` counts a partition's entries from 1. */
  entry: {
    kind: "event" | "verdict";
    partition: number;
    no: number;
    atMs: number;
    rawRef: string | null;
    text: string;
  };
  /** How many entries a reader has passed, by `<reader>:<partition>`. */
  place: { passed: number };
  /** A delivery seen again after its entry was written, or one whose entry is gone; by event id. */
  delivery: { receivedAt: string; seenAtMs: number };
  /** By JSON of source and key. `closedAtMs` is there while it is closed. */
  incident: { closedAtMs: number | null; text: string };
  /** By JSON of source and signature. */
  signature: { expiresAtMs: number; receipts: Receipt[] };
  /** By JSON of reference, reason and source. `no` counts from the oldest, from 1. */
  refusal: { no: number; message: string; atMs: number; count: number };
  /** An item of the inbox, by key. One that is done is only remembered. */
  callback: { receivedAtMs: number; open: { attempts: number; dueAtMs: number; text: string } | null };
  /** By key. */
  bucket: { tokens: number; atMs: number; held: number; burst: number; nextAtMs: number; fullAtMs: number };
  /** By grant id. */
  grant: { givenAtMs: number; grant: Grant };
  /** By id. */
  task: { text: string };
  /** An item of the outbox, by key. `no` counts a task's own, from 1. Each counts as tried: it may have been sent. */
  message: {
    taskId: string | null;
    no: number;
    lane: Lane;
    dueAtMs: number;
    createdAtMs: number;
    attempts: number;
    text: string;
  };
  /** By number. */
  audit: AuditEntry;
  /** By JSON of kind, name and number. */
  version: ConfigVersion;
  /** By id. */
  replay: { text: string };
  /** A stop, mute or delegation, by JSON of kind and name. Its revision is each store's own. */
  state: { text: string };
  /** An archived event with what rules said of it, by rule; by event id. */
  archived: { text: string; verdicts: string[] };
  /** A verdict whose event is not archived yet, by `<event>:<rule>`. */
  waiting: { text: string };
}

export type TransferKind = keyof TransferBodies;

/** One record of a kind. As a line of JSON it is `{"kind":…,"key":…,"body":…}`. */
export interface TransferRecordOf<K extends TransferKind> {
  kind: K;
  /** Names it among its kind. */
  key: string;
  body: TransferBodies[K];
}

export type TransferRecord = { [K in TransferKind]: TransferRecordOf<K> }[TransferKind];

/** Kinds of what a store holds, in the order of writing: an entry counts on its raw body, a place on its entries. */
export const STORE_KINDS = [
  "settings",
  "raw",
  "entry",
  "place",
  "delivery",
  "incident",
  "signature",
  "refusal",
  "callback",
  "bucket",
  "grant",
  "task",
  "message",
  "audit",
  "version",
  "replay",
  "state",
] as const satisfies readonly TransferKind[];
export type StoreKind = (typeof STORE_KINDS)[number];

/** Kinds of what an archive holds, in the order of writing. */
export const ARCHIVE_KINDS = ["archived", "waiting"] as const satisfies readonly TransferKind[];
export type ArchiveKind = (typeof ARCHIVE_KINDS)[number];

/** All kinds, in the order of writing. */
export const TRANSFER_KINDS: readonly TransferKind[] = [...STORE_KINDS, ...ARCHIVE_KINDS];
