import { createHash } from "node:crypto";
import type { RawBody } from "../../core/ports/index.ts";

/** A raw body with its reference: sha256 over the bytes. */
export function rawOf(bytes: Buffer, contentType: string): RawBody {
  return { ref: `sha256:${createHash("sha256").update(bytes).digest("hex")}`, contentType, bytes };
}
