import { createHash, type KeyObject, verify } from "node:crypto";
import { errorText } from "../../core/errors.ts";
import type { TopicAuth } from "../../core/events/index.ts";
import type { Certificates } from "./certificates.ts";
import type { SignatureOutcome, SignedRequest } from "./hmac.ts";
import { plainHttps, TOPIC_FORMATS, type TopicFormat } from "./topic-formats.ts";

export interface TopicDeps {
  certificates: Certificates;
  /** Parses a body exactly as the source's adapter will; undefined when it is no JSON. */
  parse: (bytes: Buffer) => unknown;
}

export type TopicOutcome =
  | SignatureOutcome
  /** It cannot be told now. */
  | { outcome: "unavailable"; reason: "certificate_unavailable"; message: string };

const REMEMBERED_LONGER_MS = 60_000;

/**
 * Whether a body is signed by its message service, is of a topic that may deliver here, and fresh. What costs
 * nothing is checked first: only then is a certificate fetched, from the service's own host.
 */
export async function checkTopic(
  auth: TopicAuth,
  request: SignedRequest & { bytes: Buffer },
  deps: TopicDeps,
): Promise<TopicOutcome> {
  const format = TOPIC_FORMATS[auth.kind];
  const field = fieldsOf(deps.parse(request.bytes));
  const claim = claimOf(format, field);
  if (!claim) return { outcome: "refused", reason: "no_signature" };
  if (!auth.topics.includes(claim.topic)) return { outcome: "refused", reason: "topic_not_allowed" };
  const windowMs = auth.windowSeconds * 1000;
  if (!(Math.abs(request.nowMs - claim.atMs) <= windowMs)) {
    return { outcome: "refused", reason: "stale_timestamp" };
  }
  const key = await keyFor(claim.certificateUrl, request.nowMs, deps.certificates);
  if (typeof key === "string")
    return { outcome: "unavailable", reason: "certificate_unavailable", message: key };
  if (key === null) return { outcome: "refused", reason: "bad_certificate" };
  if (!verify(claim.hash, Buffer.from(claim.text), key, claim.signature)) {
    return { outcome: "refused", reason: "bad_signature" };
  }
  deps.certificates.trust(claim.certificateUrl.href);
  const forMs = claim.atMs + windowMs + REMEMBERED_LONGER_MS - request.nowMs;
  return { outcome: "let_in", replay: { signature: nameOf(claim.text), forMs } };
}

type Field = (name: string) => string | undefined;

/** What a body says of itself, none of it believed yet. */
interface Claim {
  text: string;
  topic: string;
  atMs: number;
  hash: string;
  signature: Buffer;
  certificateUrl: URL;
}

function fieldsOf(value: unknown): Field {
  return (name) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    const field: unknown = Reflect.get(value, name);
    return typeof field === "string" ? field : undefined;
  };
}

function claimOf(format: TopicFormat, field: Field): Claim | null {
  const text = signedText(format, field);
  const hash = format.hashOf(field);
  const url = plainHttps(field(format.certificate) ?? "");
  const signature = Buffer.from(field(format.signature) ?? "", "base64");
  if (text === null || hash === undefined || !url || signature.length === 0) return null;
  if (url.search !== "" || url.hash !== "" || !format.ownsCertificate(url)) return null;
  const [topic = "", time = ""] = [field(format.topic), field(format.time)];
  return { text, topic, atMs: Date.parse(time), hash, signature, certificateUrl: url };
}

/** Each field's name and value on lines of their own; null when one is missing. */
function signedText(format: TopicFormat, field: Field): string | null {
  const names = field(format.type) === "Notification" ? format.notification : format.others;
  let text = "";
  for (const name of names) {
    const value = field(name);
    if (value === undefined && name !== format.optional) return null;
    if (value !== undefined) text += `${name}\n${value}\n`;
  }
  return text;
}

/** The key; null when the certificate is no good; why, when it cannot be had. */
async function keyFor(
  url: URL,
  nowMs: number,
  certificates: Certificates,
): Promise<KeyObject | null | string> {
  try {
    return await certificates.keyOf(url.href, nowMs);
  } catch (error) {
    return errorText(error);
  }
}

/** RSA signatures of one text may differ; the text may not. */
function nameOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
