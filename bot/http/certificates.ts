import { type KeyObject, X509Certificate } from "node:crypto";
import { ChatOpsError } from "../../core/errors.ts";

/** Fetches the text of a certificate; rejects when that cannot be had now. */
export type FetchCertificate = (url: string) => Promise<string>;

/** The public keys of certificates, by their address. */
export interface Certificates {
  /** The key; null when what is there is no certificate with an RSA key that is valid now. Rejects as the fetch does. */
  keyOf(url: string, nowMs: number): Promise<KeyObject | null>;
}

interface Kept {
  certificate: Promise<X509Certificate | null>;
  untilMs: number;
}

const KEPT_MS = 24 * 3_600_000;
/** A fetch that failed is not tried again for so long: anyone may name an address. */
const FAILED_MS = 30_000;
const MAX_KEPT = 32;
const MAX_UNDER_WAY = 8;

/** Fetches each certificate once a day at most, a few at a time. The caller has checked whose address it is. */
export function certificatesOver(fetchCertificate: FetchCertificate): Certificates {
  const kept = new Map<string, Kept>();
  let underWay = 0;

  const fetchOne = async (url: string): Promise<X509Certificate | null> => {
    if (underWay >= MAX_UNDER_WAY) throw busy();
    underWay += 1;
    try {
      return parsed(await fetchCertificate(url));
    } finally {
      underWay -= 1;
    }
  };
  const keep = (url: string, nowMs: number): Kept => {
    const entry: Kept = { certificate: fetchOne(url), untilMs: nowMs + KEPT_MS };
    const shorten = () => {
      entry.untilMs = nowMs + FAILED_MS;
    };
    entry.certificate.then((certificate) => certificate ?? shorten(), shorten);
    kept.delete(url);
    kept.set(url, entry);
    for (const oldest of kept.keys()) if (kept.size > MAX_KEPT) kept.delete(oldest);
    return entry;
  };
  return {
    keyOf: async (url, nowMs) => {
      const known = kept.get(url);
      const entry = known && known.untilMs > nowMs ? known : keep(url, nowMs);
      return validKey(await entry.certificate, nowMs);
    },
  };
}

function parsed(text: string): X509Certificate | null {
  try {
    return new X509Certificate(text);
  } catch {
    // Whatever is there, it is no certificate; the parser says no more than that.
    return null;
  }
}

function validKey(certificate: X509Certificate | null, nowMs: number): KeyObject | null {
  if (!certificate) return null;
  const valid = certificate.validFromDate.getTime() <= nowMs && nowMs <= certificate.validToDate.getTime();
  return valid && certificate.publicKey.asymmetricKeyType === "rsa" ? certificate.publicKey : null;
}

function busy(): ChatOpsError {
  const message = "too many certificates are being fetched";
  return new ChatOpsError(message, { code: "certificates.busy", retryAfterMs: 5_000, reached: "no" });
}
