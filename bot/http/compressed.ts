import type { IncomingHttpHeaders } from "node:http";

/** A body that is packed is not unpacked: a small one could become any size. */
export interface Packed {
  reason: "compressed";
  message: string;
}

/** The headers that tell how a body is encoded. */
export type EncodingHeaders = Pick<IncomingHttpHeaders, "content-encoding" | "transfer-encoding">;

/** Says so of a body that its headers call encoded in any way; null for one that comes as it is. */
export function packedBy(headers: EncodingHeaders): Packed | null {
  const encoding =
    otherThan(headers["content-encoding"], "identity") ?? otherThan(headers["transfer-encoding"], "chunked");
  if (encoding === null) return null;
  const told = JSON.stringify(encoding.slice(0, 40));
  const message = `请求体经过编码（压缩），只收未压缩的 (the body is encoded as ${told}; send it as it is)`;
  return { reason: "compressed", message };
}

function otherThan(header: string | undefined, plain: string): string | null {
  const given = header?.trim() ?? "";
  return given === "" || given.toLowerCase() === plain ? null : given;
}
