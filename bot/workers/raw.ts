import { hash } from "node:crypto";
import type { RawBody } from "../../core/ports/index.ts";

/** A raw body with its reference: sha256 over the bytes. */
export function rawOf(bytes: Buffer, contentType: string): RawBody {
  return { ref: `sha256:${hash("sha256", bytes, "hex")}`, contentType, bytes };
}
