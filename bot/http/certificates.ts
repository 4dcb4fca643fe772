import { type KeyObject, X509Certificate } from "node:crypto";
import { LRUCache } from "lru-cache";
import { ChatOpsError } from "../../core/errors.ts";

/** Fetches the text of a certificate; rejects when that cannot be had now. */
export type FetchCertificate = (url: string) => Promise<string>;

/** The public keys of certificates, by their address. */
export interface Certificates {
  /** The key; null when what is there is no certificate with an RSA key that is valid now. Rejects as the fetch does. */
  keyOf(url: string, nowMs: number): Promise<KeyObject | null>;
  /** Tells that the key from there has verified what an expected sender signed. */
  trust(url: string): void;
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
/** One more is fetched at once if it has verified something. */
const MAX_WITH_VERIFIED = MAX_UNDER_WAY + 1;

/**
 * Fetches each certificate once a day at most, a few at a time. The caller has checked whose address it is, but anyone
 * may name one: those that have verified something are kept apart, and one place to fetch is theirs alone.
 */
export function certificatesOver(fetchCertificate: FetchCertificate): Certificates {
  const named = new LRUCache<string, Kept>({ max: MAX_KEPT });
  const verified = new LRUCache<string, Kept>({ max: MAX_KEPT });
  let underWay = 0;

  const shelfOf = (url: string) => (verified.has(url) ? verified : named);
  const fetchOne = async (url: string): Promise<X509Certificate | null> => {
    underWay += 1;
    try {
      return parsed(await fetchCertificate(url));
    } finally {
      underWay -= 1;
    }
  };
  const keep = (url: string, nowMs: number): Kept => {
    // Not remembered as a failure: nobody was asked.
    if (underWay >= (verified.has(url) ? MAX_WITH_VERIFIED : MAX_UNDER_WAY)) throw busy();
    const entry: Kept = { certificate: fetchOne(url), untilMs: nowMs + KEPT_MS };
    const shorten = () => {
      entry.untilMs = nowMs + FAILED_MS;
    };
    entry.certificate.then((certificate) => certificate ?? shorten(), shorten);
    shelfOf(url).set(url, entry);
    return entry;
  };
  return {
    keyOf: async (url, nowMs) => {
      const known = shelfOf(url).get(url);
      const entry = known && known.untilMs > nowMs ? known : keep(url, nowMs);
      const key = validKey(await entry.certificate, nowMs);
      // Others may have pushed it out while it came.
      if (key && !shelfOf(url).has(url)) shelfOf(url).set(url, entry);
      return key;
    },
    trust: (url) => {
      const entry = named.peek(url);
      if (!entry) return;
      named.delete(url);
      verified.set(url, entry);
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
