/**
 * The end of a raw body's reference, `sha256:<hex>`, which names its bytes alone: a time may stand in front of it.
 * Any other reference is its own name.
 */
export function bytesName(ref: string): string {
  return ref.slice(Math.max(0, ref.lastIndexOf("sha256:")));
}
