import { createDecipheriv, randomBytes, timingSafeEqual } from "node:crypto";
import { encrypt, getSignature } from "@wecom/crypto";
import type { Clock } from "../../core/ports/index.ts";

/** Query of a callback as the web framework gives it: a value given twice is an array. */
export type CallbackQuery = Readonly<Record<string, unknown>>;

/** Why a callback's envelope was not opened. */
export type CryptoRefusal =
  | "bad_query"
  | "bad_signature"
  | "stale_timestamp"
  | "bad_ciphertext"
  | "bad_padding"
  | "bad_length"
  | "other_receiver";

/** What an opened envelope held, or why it was not opened. */
export type Opened = { outcome: "opened"; message: string } | { outcome: "refused"; reason: CryptoRefusal };

/** An encrypted and signed message, as a passive reply or a callback carries it. */
export interface Sealed {
  encrypt: string;
  signature: string;
  timestamp: string;
  nonce: string;
}

/** The callback's token, key and receiver. */
export interface CryptoOptions {
  token: string;
  encodingAesKey: string;
  /** What stands at the end of each plaintext: the company's id; empty for an AI bot. */
  receiveId: string;
  /** How far the timestamp may be from the clock, in milliseconds. */
  windowMs: number;
  clock: Clock;
  /** Sixteen random bytes; another source makes encryption reproducible. */
  random?: () => Buffer;
}

/** Opens and seals the callback's envelopes. */
export interface CallbackCrypto {
  /** Checks signature, time, padding, length and receiver of one ciphertext. Never throws. */
  open(query: CallbackQuery, cipherText: unknown): Opened;
  /** Encrypts and signs a message. */
  seal(message: string, at: { timestamp: string; nonce: string }): Sealed;
}

interface SignedQuery {
  signature: string;
  timestamp: string;
  nonce: string;
}

const BLOCK_BYTES = 16;
const MAX_PAD = 32;
/** Random prefix and length field in front of the message. */
const HEAD_BYTES = 20;
const MAX_QUERY_VALUE = 512;

function refused(reason: CryptoRefusal): Opened {
  return { outcome: "refused", reason };
}

function oneString(value: unknown): string | null {
  return typeof value === "string" && value !== "" && value.length <= MAX_QUERY_VALUE ? value : null;
}

function readQuery(query: CallbackQuery): SignedQuery | null {
  const signature = oneString(query["msg_signature"]);
  const timestamp = oneString(query["timestamp"]);
  const nonce = oneString(query["nonce"]);
  if (signature === null || timestamp === null || nonce === null) return null;
  return /^\d{1,12}$/.test(timestamp) ? { signature, timestamp, nonce } : null;
}

/** Node's base64 decoder skips what it does not know, so the text must survive the way back. */
function strictBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length === 0 || bytes.length % BLOCK_BYTES !== 0) return null;
  return bytes.toString("base64") === text ? bytes : null;
}

function sameSignature(expected: string, given: string): boolean {
  if (!/^[0-9a-f]{40}$/i.test(given)) return false;
  return timingSafeEqual(Buffer.from(expected), Buffer.from(given.toLowerCase()));
}

function unpad(padded: Buffer): Buffer | null {
  const pad = padded.at(-1) ?? 0;
  if (pad < 1 || pad > MAX_PAD || pad > padded.length) return null;
  const end = padded.length - pad;
  return padded.subarray(end).every((byte) => byte === pad) ? padded.subarray(0, end) : null;
}

/** The package's own `decrypt` hides the padding and cuts at a wrong length, so the block cipher is called here. */
function decipher(key: Buffer, bytes: Buffer): Buffer {
  const cipher = createDecipheriv("aes-256-cbc", key, key.subarray(0, BLOCK_BYTES));
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(bytes), cipher.final()]);
}

function readPlain(padded: Buffer, receiveId: string): Opened {
  const plain = unpad(padded);
  if (plain === null) return refused("bad_padding");
  if (plain.length < HEAD_BYTES) return refused("bad_length");
  const end = HEAD_BYTES + plain.readUInt32BE(HEAD_BYTES - 4);
  if (end > plain.length) return refused("bad_length");
  if (!plain.subarray(end).equals(Buffer.from(receiveId))) return refused("other_receiver");
  return { outcome: "opened", message: plain.toString("utf8", HEAD_BYTES, end) };
}

/** Makes the cryptography of one callback address (reference/wecom.md 1.4 to 1.8). */
export function createCallbackCrypto(options: CryptoOptions): CallbackCrypto {
  const { token, encodingAesKey, receiveId, windowMs, clock } = options;
  const random = options.random ?? (() => randomBytes(BLOCK_BYTES));
  const key = Buffer.from(`${encodingAesKey}=`, "base64");

  function open(query: CallbackQuery, cipherText: unknown): Opened {
    const signed = readQuery(query);
    if (signed === null || typeof cipherText !== "string") return refused("bad_query");
    const bytes = strictBase64(cipherText);
    if (bytes === null) return refused("bad_ciphertext");
    const expected = getSignature(token, signed.timestamp, signed.nonce, cipherText);
    if (!sameSignature(expected, signed.signature)) return refused("bad_signature");
    const ageMs = Math.abs(clock.nowMs() - Number(signed.timestamp) * 1000);
    if (ageMs > windowMs) return refused("stale_timestamp");
    return readPlain(decipher(key, bytes), receiveId);
  }

  function seal(message: string, at: { timestamp: string; nonce: string }): Sealed {
    const cipherText = encrypt(encodingAesKey, message, receiveId, random());
    const signature = getSignature(token, at.timestamp, at.nonce, cipherText);
    return { encrypt: cipherText, signature, ...at };
  }

  return { open, seal };
}
