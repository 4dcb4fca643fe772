import type { Context } from "koa";
import type { Texts } from "../../core/texts/index.ts";
import { type Html, html, markupOf, type Part } from "./html.ts";
import { STYLE_ELEMENT, STYLE_SOURCE } from "./style.ts";

/** A page, and what stands around it. */
export interface Page {
  texts: Texts;
  title: string;
  /** Who is logged in, where they can go, and how they log out. */
  visitor?: { name: string; nav: Html; logout: Html };
  main: Part;
}

/** Nothing may be loaded, run, framed or kept; forms go to ourselves alone. */
const POLICY = [
  "default-src 'none'",
  `style-src ${STYLE_SOURCE}`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The headers of every answer to a browser. */
export function guardHeaders(ctx: Context, isHttps: boolean): void {
  ctx.set("Content-Security-Policy", POLICY);
  ctx.set("X-Content-Type-Options", "nosniff");
  ctx.set("X-Frame-Options", "DENY");
  // To ourselves it is sent: by it browsers tell that a form of ours comes from our page.
  ctx.set("Referrer-Policy", "same-origin");
  ctx.set("Cache-Control", "no-store");
  ctx.set("Cross-Origin-Opener-Policy", "same-origin");
  ctx.set("X-Robots-Tag", "noindex");
  ctx.vary("Accept-Language");
  if (isHttps) ctx.set("Strict-Transport-Security", "max-age=31536000");
}

/** Answers with a whole page. */
export function sendPage(ctx: Context, status: number, { texts, title, visitor, main }: Page): void {
  const document = html`<!doctype html>
<html lang="${texts.page.htmlLanguage}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${texts.page.title(title)}</title>
${STYLE_ELEMENT}
</head>
<body>
<header><b>${texts.brand}</b>${visitor ? [visitor.nav, html`<span>${visitor.name}</span>`, visitor.logout] : null}</header>
<main>${main}</main>
</body>
</html>
`;
  ctx.status = status;
  ctx.type = "text/html; charset=utf-8";
  ctx.body = markupOf(document);
}
