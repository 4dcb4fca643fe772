import type { JsonObject } from "../ids/index.ts";

/** Everything that is audited. A new deed is added here, so that a list of all of them can be read. */
export const AUDIT_VERBS = [
  "types.create",
  "types.change",
  "types.retire",
  "config.edit",
  "config.reload",
  "events.replay",
  "mute.order",
  "mute.lift",
  "stop.order",
  "stop.lift",
  "cluster.drain",
  "cluster.undrain",
  "cluster.upgrade",
  "packs.build",
  "packs.build_cancel",
  "packs.build_end",
  "cluster.release",
  "cluster.drift",
  "delegation.give",
  "delegation.end",
  "archive.retry",
  "policies.approve",
  "task.make",
  "task.ask",
  "task.decide",
  "task.order",
  "task.start",
  "task.move",
  "task.end",
  "tasks.output",
  "inquiry.ask",
  "inquiry.answer",
  "inquiry.end",
  "events.raw",
  "events.export",
  "archive.show",
  "audit.read",
  "audit.export",
  "audit.verify",
] as const;

/** What was done, as a dotted verb: the kind of thing, then the deed. */
export type AuditVerb = (typeof AUDIT_VERBS)[number];

/** One deed, as its doer hands it in. */
export interface AuditFact {
  /** When it was done: ISO 8601, UTC. */
  at: string;
  /**
   * `user:<userid>` or `local` as `actorName` gives them, or a word for what is no person: `whale` for the machine
   * itself, `policy:<id>`, `file` for an edit by hand, `signal` for SIGHUP.
   */
  who: string;
  what: AuditVerb;
  /** What it was done to, for example an event type's name. */
  object: string;
  /** What else a reader needs. Never a secret: an entry cannot be taken back. */
  detail: JsonObject;
}

/** One link of the chain: the deed, its place, and a hash over all of it and the hash before. */
export interface AuditEntry extends AuditFact {
  /** Counted from 1, without gaps. */
  seq: number;
  /** Hash of the entry before; `GENESIS.hash` for the first. */
  prev: string;
  /** sha256 over the RFC 8785 form of everything else in the entry. */
  hash: string;
}
