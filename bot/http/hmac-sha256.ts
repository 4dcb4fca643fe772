import { hash } from "node:crypto";

/** Signs a text with the bytes behind it: HMAC-SHA256 (RFC 2104) in hex digits. */
export type Sign = (text: string, bytes: Uint8Array) => string;

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/**
 * Keeps what all signatures of one key begin with. Two hashes at one go take half as long as an object that is
 * made for each signature.
 */
export function hmacSha256(secret: string): Sign {
  const key = Buffer.alloc(BLOCK_BYTES);
  const given = Buffer.from(secret, "utf8");
  // RFC 2104: a key that is longer than a block is hashed first.
  (given.length > BLOCK_BYTES ? hash("sha256", given, "buffer") : given).copy(key);
  const inner = key.map((byte) => byte ^ 0x36);
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);
  outer.set(key.map((byte) => byte ^ 0x5c));
  return (text, bytes) => {
    const from = BLOCK_BYTES + Buffer.byteLength(text);
    const message = Buffer.allocUnsafe(from + bytes.length);
    message.set(inner);
    message.write(text, BLOCK_BYTES);
    message.set(bytes, from);
    outer.write(hash("sha256", message, "hex"), BLOCK_BYTES, "hex");
    return hash("sha256", outer, "hex");
  };
}
