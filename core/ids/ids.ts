import { hash } from "node:crypto";
import { canonicalText } from "./canonical.ts";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

/** RFC 4648 base32 in lower case, without padding. */
export function base32(bytes: Uint8Array): string {
  let out = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += ALPHABET[(value >>> bits) & 31];
    }
    value &= (1 << bits) - 1;
  }
  return bits > 0 ? out + ALPHABET[(value << (5 - bits)) & 31] : out;
}

function sha256(text: string): Buffer {
  return hash("sha256", text, "buffer");
}

/**
 * sha256 over the RFC 8785 form of a JSON value, as 64 hex digits. Equal values have equal hashes whatever
 * the order of their keys; half a surrogate pair counts as U+FFFD. Throws on values that JSON cannot hold
 * (NaN, undefined at the top).
 */
export function hashOf(value: unknown): string {
  const text = canonicalText(value);
  if (text === undefined) throw new TypeError("cannot hash a value that JSON cannot hold");
  return hash("sha256", text, "hex");
}

function idOf(prefix: string, parts: readonly (string | number)[]): string {
  return prefix + base32(sha256(canonicalList(parts)));
}

/** A list of texts and numbers has its canonical form from JSON itself, which is quicker; events need many ids. */
function canonicalList(parts: readonly (string | number)[]): string {
  return JSON.stringify(parts.map((part) => (typeof part === "string" ? part.toWellFormed() : part)));
}

/**
 * `e_` + base32(sha256(source, the sender's dedupe key)): one delivery key gives one id (design.md 2a). The
 * same key after `window` dedupe windows is another event, which no key of a sender can give.
 */
export function eventId(source: string, dedupeKey: string, window = 0): string {
  return idOf("e_", window === 0 ? [source, dedupeKey] : [source, dedupeKey, window]);
}

/** `t_` + base32(sha256(event, rule, forEach index)): reading an event twice cannot make two tasks. */
export function taskId(event: string, rule: string, index: number): string {
  return idOf("t_", [event, rule, index]);
}

/** Whether a text is the whole id of a task. */
export function isTaskId(text: string): boolean {
  return /^t_[a-z2-7]{52}$/.test(text);
}

/** The task that a replay makes of an event: not the live one, and the same when the event is read twice. */
export function replayTaskId(replay: string, event: string, task: { rule: string; index: number }): string {
  return idOf("t_", [`replay:${replay}`, event, task.rule, task.index]);
}

/**
 * The task of an event that has the id of an earlier one, because its sender gives the same key again after that was
 * forgotten. When it was received tells them apart.
 */
export function recurredTaskId(
  { id, receivedAt }: { id: string; receivedAt: string },
  task: { rule: string; index: number },
): string {
  return idOf("t_", [`received:${receivedAt}`, id, task.rule, task.index]);
}

/** The task that asks anew for what a void approval was for. */
export function renewedTaskId(voided: string): string {
  return idOf("t_", [voided, "renewed"]);
}

/** The task that one click on an offer makes; the same click gives the same task. */
export function offerTaskId(parentTask: string, offer: string, clickKey: string): string {
  return idOf("t_", [parentTask, `offer:${offer}`, clickKey]);
}

/** The nth task that people ask for to run an ended one once more. */
export function retryTaskId(ended: string, n: number): string {
  return idOf("t_", [ended, "retry", n]);
}

/** The task that one request of a person makes: the same key of the same person and place gives the same task. */
export function runTaskId(request: { via: string; by: string; key: string }): string {
  return idOf("t_", ["run", request.via, request.by, request.key]);
}

/** `<task>-<start no>`: what StackStorm is given as `context.whale.request_id`. */
export function requestId(task: string, startNo: number): string {
  return `${task}-${startNo}`;
}

/** `<task>@<n>`: the card's own id in WeCom, unique for ever (reference/wecom.md 3.7). */
export function cardId(task: string, cardNo: number): string {
  return `${task}@${cardNo}`;
}

/** Splits a card id into task and card number; null when it is not one of ours. */
export function parseCardId(text: string): { taskId: string; cardNo: number } | null {
  const match = /^(t_[a-z2-7]{52})@(\d{1,6})$/.exec(text);
  return match?.[1] && match[2] ? { taskId: match[1], cardNo: Number(match[2]) } : null;
}

/** `b_` + base32(sha256(what it is made of)): the same waiting cards make the same batch. */
export function batchId(parts: readonly string[]): string {
  return idOf("b_", parts);
}

/** `<batch>@<n>`: the id of a batch's card in WeCom; null when it is not one of ours. */
export function parseBatchCardId(text: string): { batchId: string; cardNo: number } | null {
  const match = /^(b_[a-z2-7]{52})@(\d{1,6})$/.exec(text);
  return match?.[1] && match[2] ? { batchId: match[1], cardNo: Number(match[2]) } : null;
}

/** `q_` + base32(sha256(cluster, the run that asks)): one inquiry is asked about once. */
export function questionId(cluster: string, inquiry: string): string {
  return idOf("q_", [cluster, inquiry]);
}

/** The question of a card, whose id is `<question>@1`; null when it is not one of ours. */
export function parseQuestionCardId(text: string): string | null {
  return /^(q_[a-z2-7]{52})@1$/.exec(text)?.[1] ?? null;
}

/** `<task>:<kind>:<n>`: the key under which one outgoing message is sent at most once on purpose. */
export function outboxKey(task: string, kind: string, n: number): string {
  return `${task}:${kind}:${n}`;
}

/** What people read and type for an id: its first six characters after the prefix. */
export function shortId(id: string): string {
  return id.replace(/^[a-z]_/, "").slice(0, 6);
}

/**
 * The beginning of an id, or the whole of it, that a person means by what they type: as on a card or without `t_`,
 * with or without a card's number, in either case. Null when no id begins so.
 */
export function beginningOfId(typed: string): string | null {
  const bare = typed.replace(/^[a-z]_/i, "").replace(/@\d+$/, "");
  return /^[a-z0-9]{1,52}$/i.test(bare) ? bare.toLowerCase() : null;
}

/** The number of the partition (0 … count-1) that keeps the order of one thing's events. */
export function partitionOf(source: string, fingerprint: string, count: number): number {
  return sha256(`${source}\u0000${fingerprint}`).readUInt32BE(0) % count;
}
