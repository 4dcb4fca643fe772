import type { Context } from "koa";
import { readBody } from "../http/body.ts";
import type { Site } from "./site.ts";

/** The fields of a form of ours, or why it is not taken. */
export type FormOutcome =
  | { outcome: "read"; fields: Readonly<Record<string, string>> }
  | { outcome: "refused"; reason: "foreign_form" | "bad_form" };

/** A reason of 500 characters takes some 18 KB when every byte of it is written as three. */
const MAX_FORM_BYTES = 32_768;

/**
 * Reads a form that a page of ours sends. Browsers say where a form comes from: one of another site is refused before
 * anything else of it is looked at. Old ones do not say it; the marks in the form are asked of all.
 */
export async function readForm(ctx: Context, site: Pick<Site, "publicUrl">): Promise<FormOutcome> {
  if (!isFromUs(ctx, site)) return { outcome: "refused", reason: "foreign_form" };
  if (!ctx.is("application/x-www-form-urlencoded")) return { outcome: "refused", reason: "bad_form" };
  const body = await readBody(ctx.req, MAX_FORM_BYTES);
  if (body.outcome === "too_large") ctx.set("Connection", "close");
  if (body.outcome !== "read") return { outcome: "refused", reason: "bad_form" };
  const given = [...new URLSearchParams(body.bytes.toString())];
  const fields = Object.fromEntries(given);
  // Of a field that came twice it is a guess which one was meant.
  if (Object.keys(fields).length < given.length) return { outcome: "refused", reason: "bad_form" };
  return { outcome: "read", fields };
}

function isFromUs(ctx: Context, { publicUrl }: Pick<Site, "publicUrl">): boolean {
  const origin = ctx.get("origin");
  if (origin !== "" && origin !== new URL(publicUrl).origin) return false;
  const from = ctx.get("sec-fetch-site");
  return from === "" || from === "same-origin";
}
