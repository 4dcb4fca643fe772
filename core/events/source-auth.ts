/** What of a request an HMAC is taken over: the body alone, or the timestamp's text, a sign between, and the body. */
export type SignedText = "timestamp.body" | "timestamp:body" | "body";

/** A body signed with a secret that both sides know. */
export interface HmacAuth {
  kind: "hmac";
  secret: string;
  /** Lower case, as all names of headers here. */
  signatureHeader: string;
  /** Absent when only the body is signed. */
  timestampHeader?: string;
  /** How far the timestamp may be from now, and how long a signature is remembered. */
  windowSeconds: number;
  algorithm: "sha256";
  encoding: "hex" | "base64";
  /** Stands before the signature in its header, for example `sha256=`. */
  prefix?: string;
  signed: SignedText;
}

/** Grafana's own signature: hex, over the body, or over timestamp, colon and body where a header names the time. */
export interface GrafanaAuth {
  kind: "grafana";
  secret: string;
  signatureHeader: string;
  timestampHeader?: string;
  windowSeconds: number;
}

/**
 * A body signed by a cloud's message service. The signature only proves that the service sent it, and anybody
 * may have a topic there: so the topics that may deliver are named.
 */
export interface TopicAuth {
  kind: "sns" | "smn";
  topics: string[];
  /** How old the signed timestamp may be. */
  windowSeconds: number;
}

/** How a sender proves who it is. */
export type SourceAuth =
  | { kind: "none" }
  | { kind: "bearer"; token: string }
  | { kind: "basic"; user: string; password: string }
  | { kind: "query"; name: string; token: string }
  | { kind: "header"; name: string; value: string }
  | HmacAuth
  | GrafanaAuth
  | TopicAuth;

/** A network of addresses that may post. */
export interface Network {
  address: string;
  /** Leading bits that count. */
  prefix: number;
  family: "ipv4" | "ipv6";
}

/** How much a source may send. */
export interface SourceLimits {
  /** Requests per second in the long run; absent is no limit. */
  perSecond?: number;
  /** Requests at once, after a pause. Default: those of one second, at least one. */
  burst?: number;
  /** Largest body in bytes, instead of the process's own limit. */
  maxBytes?: number;
}

/** Every text of an authentication that must never be seen, in each form in which a request carries it. */
export function secretsOfAuth(auth: SourceAuth): string[] {
  switch (auth.kind) {
    case "none":
    case "sns":
    case "smn":
      return [];
    case "bearer":
    case "query":
      return [auth.token];
    case "header":
      return [auth.value];
    case "basic":
      return [auth.password, Buffer.from(`${auth.user}:${auth.password}`).toString("base64")];
    case "hmac":
    case "grafana":
      return [auth.secret];
    default:
      return auth satisfies never;
  }
}
