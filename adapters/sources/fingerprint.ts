const OFFSET_BASIS = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const SEPARATOR = 0xff;

/**
 * Prometheus' fingerprint of a label set: FNV-1a 64 over the sorted labels (name, 0xff, value, 0xff) as 16
 * hex digits. Look-alike senders leave it out; annotations do not count.
 */
export function labelFingerprint(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => [Buffer.from(name), Buffer.from(value)] as const,
  );
  pairs.sort(([a], [b]) => Buffer.compare(a, b));
  let hash = OFFSET_BASIS;
  for (const [name, value] of pairs) {
    hash = step(feed(hash, name), SEPARATOR);
    hash = step(feed(hash, value), SEPARATOR);
  }
  return hash.toString(16).padStart(16, "0");
}

function feed(hash: bigint, bytes: Uint8Array): bigint {
  let next = hash;
  for (const byte of bytes) next = step(next, byte);
  return next;
}

function step(hash: bigint, byte: number): bigint {
  return BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
}
