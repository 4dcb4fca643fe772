import { hash, timingSafeEqual } from "node:crypto";

/** Compares in constant time whatever the lengths. An empty secret never matches. */
export function sameSecret(given: string, secret: string): boolean {
  const digest = (text: string) => hash("sha256", text, "buffer");
  return timingSafeEqual(digest(given), digest(secret)) && secret !== "";
}

/** The same for digests, whose length everybody knows. */
export function sameDigest(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
