import { createHmac, hkdfSync } from "node:crypto";
import type { Context } from "koa";
import { isJsonObject, type JsonObject } from "../../core/ids/index.ts";
import { sameDigest } from "../http/same-secret.ts";

/** What a seal is for: one made for another purpose never opens. */
export type Purpose = "session" | "login" | "answer" | "form";

/** Makes and checks texts that only this key can have made. They are not hidden, only sealed. */
export interface Seals {
  seal(purpose: Purpose, data: JsonObject): string;
  /** Null for what was not sealed for this purpose with this key. Whether it is too old is for the caller to see. */
  open(purpose: Purpose, text: string): JsonObject | null;
  /** The bare mark over some texts, which says nothing of them. */
  mark(purpose: Purpose, parts: readonly string[]): string;
}

const KEY_BYTES = 32;

/** Seals with a key that is drawn from a secret, so that the secret itself is never used for two things. */
export function createSeals(secret: string): Seals {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "whale task pages", KEY_BYTES));
  const mark = (purpose: Purpose, parts: readonly string[]) => {
    return createHmac("sha256", key)
      .update(JSON.stringify([purpose, ...parts]))
      .digest("base64url");
  };
  return {
    mark,
    seal: (purpose, data) => {
      const body = Buffer.from(JSON.stringify(data)).toString("base64url");
      return `${body}.${mark(purpose, [body])}`;
    },
    open: (purpose, text) => {
      const [body = "", given = "", ...rest] = text.split(".");
      if (rest.length > 0 || !sameDigest(given, mark(purpose, [body]))) return null;
      const data: unknown = JSON.parse(Buffer.from(body, "base64url").toString());
      return isJsonObject(data) ? data : null;
    },
  };
}

/** Our cookies. */
export interface CookieJar {
  /** Empty when there is none. */
  read(ctx: Context, purpose: Purpose): string;
  write(ctx: Context, purpose: Purpose, cookie: { value: string; maxAgeSeconds: number }): void;
  clear(ctx: Context, purpose: Purpose): void;
}

/**
 * Cookies for this host alone, that no script reads and no form of another site sends. With https they are named so
 * that no other host of the domain can set them either (`__Host-`).
 */
export function cookieJar(isHttps: boolean): CookieJar {
  const nameOf = (purpose: Purpose) => `${isHttps ? "__Host-" : ""}whale-${purpose}`;
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isHttps ? "; Secure" : ""}`;
  const write: CookieJar["write"] = (ctx, purpose, { value, maxAgeSeconds }) => {
    ctx.append("Set-Cookie", `${nameOf(purpose)}=${value}; Max-Age=${maxAgeSeconds}; ${attributes}`);
  };
  return {
    read: (ctx, purpose) => ctx.cookies.get(nameOf(purpose)) ?? "",
    write,
    clear: (ctx, purpose) => write(ctx, purpose, { value: "", maxAgeSeconds: 0 }),
  };
}
