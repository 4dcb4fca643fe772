import type { GrafanaAuth, HmacAuth, SignedText } from "../../core/events/index.ts";
import type { Replay } from "../../core/ports/index.ts";
import { type Caller, onlyOne } from "./caller.ts";
import { hmacSha256, type Sign } from "./hmac-sha256.ts";
import { sameDigest } from "./same-secret.ts";
import type { AuthRefusal } from "./source-auth.ts";

/** A request whose body has been read. */
export interface SignedRequest {
  headers: Caller["headers"];
  bytes: Uint8Array;
  nowMs: number;
}

export type SignatureOutcome = { outcome: "let_in"; replay?: Replay } | AuthRefusal;

/**
 * A signature is remembered for longer than its timestamp lets it in, so that none can slip through between
 * the check of its age and the write of its delivery.
 */
const REMEMBERED_LONGER_MS = 60_000;
/** Timestamps from here on are milliseconds; as seconds they would lie beyond the year 5000. */
const SECONDS_END = 1e11;

/** Whether the body, and its timestamp where there is one, are signed with the source's secret, and fresh. */
export function checkHmac(auth: HmacAuth | GrafanaAuth, request: SignedRequest): SignatureOutcome {
  const { secret, signatureHeader, timestampHeader, windowSeconds } = auth;
  const given = presented(request, signatureHeader);
  if (typeof given !== "string") return given;
  const stamp = timestampHeader === undefined ? null : presented(request, timestampHeader);
  if (stamp !== null && typeof stamp !== "string") return stamp;
  const { encoding, prefix, signed } = styleOf(auth);
  const text =
    stamp === null || signed === "body" ? "" : `${stamp}${signed === "timestamp.body" ? "." : ":"}`;
  const digest = signerOf(auth)(text, request.bytes);
  const wanted = prefix + (encoding === "hex" ? digest : Buffer.from(digest, "hex").toString(encoding));
  if (secret === "" || !sameDigest(encoding === "hex" ? lowerDigits(given, prefix) : given, wanted)) {
    return { outcome: "refused", reason: "bad_signature" };
  }
  const freshness = { windowMs: windowSeconds * 1000, nowMs: request.nowMs };
  const forMs = stamp === null ? freshness.windowMs : remainingOf(stamp, freshness);
  if (forMs === null) return { outcome: "refused", reason: "stale_timestamp" };
  return { outcome: "let_in", replay: { signature: nameOf(digest, text), forMs } };
}

/**
 * Signatures of one time have names that begin alike: they are many, and a store finds them in one place. Of
 * the time only what is signed may count, or another time would make another name.
 */
function nameOf(digest: string, signedTime: string): string {
  return signedTime === "" ? digest : `${signedTime.padStart(16, "0")}${digest}`;
}

/** What is made of a secret once signs quicker. An empty secret is refused whatever it signs. */
function signerOf(auth: HmacAuth | GrafanaAuth): Sign {
  const known = signers.get(auth);
  if (known) return known;
  const made = hmacSha256(auth.secret);
  signers.set(auth, made);
  return made;
}

const signers = new WeakMap<object, Sign>();

function presented({ headers }: SignedRequest, name: string): string | AuthRefusal {
  const given = onlyOne(headers[name]);
  if (given.outcome === "one") return given.text;
  return given.reason === "no_credentials" ? { outcome: "refused", reason: "no_signature" } : given;
}

interface Style {
  encoding: "hex" | "base64";
  prefix: string;
  signed: SignedText;
}

function styleOf(auth: HmacAuth | GrafanaAuth): Style {
  if (auth.kind === "hmac")
    return { encoding: auth.encoding, prefix: auth.prefix ?? "", signed: auth.signed };
  return {
    encoding: "hex",
    prefix: "",
    signed: auth.timestampHeader === undefined ? "body" : "timestamp:body",
  };
}

function lowerDigits(given: string, prefix: string): string {
  return given.slice(0, prefix.length) + given.slice(prefix.length).toLowerCase();
}

/** For how long a signature of this timestamp must be remembered; null when the timestamp is outside the window. */
function remainingOf(stamp: string, { windowMs, nowMs }: { windowMs: number; nowMs: number }): number | null {
  const number = /^\d{1,15}$/.test(stamp) ? Number(stamp) : Number.NaN;
  const atMs = number < SECONDS_END ? number * 1000 : number;
  return Math.abs(nowMs - atMs) <= windowMs ? atMs + windowMs + REMEMBERED_LONGER_MS - nowMs : null;
}
