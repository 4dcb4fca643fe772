import type { Occurrence } from "../../core/events/index.ts";
import type { Json } from "../../core/ids/index.ts";

/** One delivery as the server took it, before anything is known about its shape. */
export interface Delivery {
  body: Buffer;
  /** As sent. Senders lie about it, so it only helps where a body could be two things. */
  contentType: string;
  query: Readonly<Record<string, string | readonly string[] | undefined>>;
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** IANA zone of times that come without an offset, for example `Asia/Shanghai`. */
  zone: string;
  /** The source's own settings, for example `zone` or `fields`. Checked by the adapter. */
  options?: Readonly<Record<string, Json>>;
}

/** Why a body cannot be read. Closed: each is stored with the raw body and counted. */
export type RefusalReason = "bad_json" | "bad_encoding" | "bad_shape" | "too_deep" | "empty" | "bad_options";

/** A body that cannot be read. The message names line and column or path and never quotes the body. */
export interface Refusal {
  outcome: "refused";
  reason: RefusalReason;
  message: string;
}

/**
 * The sender asks whether it may deliver here. It is no event. The URL is https, and of a host that is the
 * sender's own; whoever calls it has verified the body's signature first.
 */
export interface Handshake {
  outcome: "handshake";
  confirmUrl: string;
  /** What would be subscribed to. */
  topic: string;
  /** The sender's words, for whoever decides by hand. */
  message: string;
}

export type Reading = { outcome: "read"; occurrences: Occurrence[] } | Handshake | Refusal;

/** Reads the bodies of one kind of sender. */
export interface SourceAdapter {
  /** The word in a source's file, for example `alertmanager`. */
  kind: string;
  /** Never throws. One delivery gives as many occurrences as it holds alerts, in their order. */
  read(delivery: Delivery): Reading;
  /** What is wrong with a source's options, for whoever loads them; null when nothing is. */
  checkOptions?(options: Readonly<Record<string, Json>>): Refusal | null;
}

/** Builds a refusal. */
export function refused(reason: RefusalReason, message: string): Refusal {
  return { outcome: "refused", reason, message };
}
