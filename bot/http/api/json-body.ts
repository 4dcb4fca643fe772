import type { Context } from "koa";
import { isJsonObject, type JsonObject } from "../../../core/ids/index.ts";
import { readBody } from "../body.ts";
import { refuseApi } from "./answers.ts";

/** The largest body that the API takes: no file may be larger. */
export const MAX_API_BODY_BYTES = 1_048_576;

/** Reads bytes as JSON, with what is wrong in words. */
export type ReadJson = (
  bytes: Buffer,
) => { outcome: "read"; value: unknown } | { outcome: "refused"; message: string };

/** The body as a JSON object; null when it is none, and then the caller has its answer. */
export async function jsonBody(ctx: Context, read: ReadJson): Promise<JsonObject | null> {
  return (await sentBody(ctx, read))?.body ?? null;
}

/** As `jsonBody`, with the bytes as they came. */
export async function sentBody(
  ctx: Context,
  read: ReadJson,
): Promise<{ body: JsonObject; bytes: Buffer } | null> {
  if (!ctx.is("application/json")) {
    const message = "请求体应为 application/json (the body must be application/json)";
    return refused(ctx, 415, { code: "unsupported_media_type", message });
  }
  const body = await readBody(ctx.req, MAX_API_BODY_BYTES);
  if (body.outcome === "aborted") return null;
  if (body.outcome === "too_large") {
    // What still comes is not read: the connection ends with the answer.
    ctx.set("Connection", "close");
    const message = `请求体超过 ${MAX_API_BODY_BYTES} 字节 (the body is larger than ${MAX_API_BODY_BYTES} bytes)`;
    return refused(ctx, 413, { code: "too_large", message });
  }
  const reading = read(body.bytes);
  if (reading.outcome === "refused") {
    return refused(ctx, 400, { code: "bad_json", message: reading.message });
  }
  const { value } = reading;
  if (isJsonObject(value)) return { body: value, bytes: body.bytes };
  const message = "请求体应为 JSON 对象 (the body must be a JSON object)";
  return refused(ctx, 400, { code: "bad_json", message });
}

const UTF8 = new TextDecoder();

/**
 * Whether JSON has a key `__proto__`, which is left out where a body is read: what is left may mean more then.
 * Throws a SyntaxError for what is no JSON.
 */
export function namesProto(bytes: Buffer): boolean {
  const text = UTF8.decode(bytes);
  // A key may be written with escapes.
  if (!text.includes("__proto__") && !text.includes("\\u")) return false;
  let found = false;
  JSON.parse(text, (key, value: unknown) => {
    found ||= key === "__proto__";
    return value;
  });
  return found;
}

function refused(ctx: Context, status: number, error: { code: string; message: string }): null {
  refuseApi(ctx, status, error);
  return null;
}
