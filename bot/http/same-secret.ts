import { createHash, timingSafeEqual } from "node:crypto";

/** Compares in constant time whatever the lengths. An empty secret never matches. */
export function sameSecret(given: string, secret: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(secret)) && secret !== "";
}
