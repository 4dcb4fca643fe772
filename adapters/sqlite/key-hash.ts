/**
 * A number of 47 bits for a key, which SQLite keeps in six bytes. Keys that have the same number are rare, and
 * whoever looks for one compares the keys too. Stored: it must never change.
 */
export function keyHash(key: string): number {
  let high = 0x811c9dc5;
  let low = 0x9e3779b9;
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x85ebca6b);
  }
  high = mixed(high ^ (low >>> 15));
  low = mixed(low ^ high);
  return (high >>> 17) * 2 ** 32 + (low >>> 0);
}

/** Spreads what differs in a few bits over all 32. */
function mixed(bits: number): number {
  const half = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  const whole = Math.imul(half ^ (half >>> 15), 0x846ca68b);
  return whole ^ (whole >>> 16);
}
