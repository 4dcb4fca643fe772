import type { Context } from "koa";
import type { Clock, Directory, Login } from "../../core/ports/index.ts";
import type { PageError } from "../../core/texts/index.ts";
import { onlyOne } from "../http/caller.ts";
import { sameSecret } from "../http/same-secret.ts";
import type { CookieJar, Seals } from "./cookies.ts";
import { readForm } from "./form.ts";
import { html } from "./html.ts";
import type { LoginGate } from "./login-gate.ts";
import { HOME, loggedInPath, returnPath } from "./return-path.ts";
import { freshNonce } from "./sessions.ts";
import { addressOf, languageOf, loginLink, type Site, sendError, showPage, textsFor } from "./site.ts";

export interface LoginDeps {
  site: Site;
  login: Login;
  directory: Pick<Directory, "vouch">;
  seals: Seals;
  jar: CookieJar;
  gate: LoginGate;
  clock: Clock;
}

/** How long somebody may take to scan a QR code. */
const LOGIN_SECONDS = 600;

/** `GET /login`: sends the browser to WeCom, and remembers in it what for. */
export async function beginLogin(ctx: Context, deps: LoginDeps): Promise<void> {
  const { site, login, seals, jar, clock } = deps;
  if (!isAdmitted(ctx, deps)) return;
  const state = freshNonce();
  const data = {
    state,
    back: returnPath(ctx.query["return"]),
    untilMs: clock.nowMs() + LOGIN_SECONDS * 1000,
  };
  jar.write(ctx, "login", { value: seals.seal("login", data), maxAgeSeconds: LOGIN_SECONDS });
  const backTo = `${site.publicUrl}/login/back`;
  const asking = { inChat: isInChat(ctx), state, backTo, language: languageOf(ctx, site) };
  redirect(ctx, login.address(asking));
}

/** Whether it is WeCom's own browser. */
export function isInChat(ctx: Context): boolean {
  return /wxwork/i.test(ctx.get("user-agent"));
}

/** `GET /login/back`: WeCom sends the browser here with a code that says who it is. */
export async function endLogin(ctx: Context, deps: LoginDeps): Promise<void> {
  const { site, jar } = deps;
  if (!isAdmitted(ctx, deps)) return;
  const begun = begunIn(ctx, deps);
  // Whatever comes of it, this login is over.
  jar.clear(ctx, "login");
  if (!begun) return void sendError(ctx, site, "state_mismatch");
  const { back } = begun;
  const code = onlyOne(ctx.query["code"]);
  if (code.outcome === "refused") return void sendError(ctx, site, "code_missing", { back });
  const person = await personOf(code.text, deps);
  if ("error" in person) return void sendError(ctx, site, person.error, { back, by: person.userId });
  site.sessions.begin(ctx, person.userId);
  site.metrics.count("pages", { outcome: "logged_in" });
  site.log.info({ by: person.userId, address: addressOf(ctx, site) }, "logged in to pages");
  redirect(ctx, `${site.base}${loggedInPath(back ?? HOME)}`);
}

/** What this browser wanted when it was sent to WeCom; null when it was not, or that was too long ago. */
function begunIn(ctx: Context, { seals, jar, clock }: LoginDeps): { back: string | null } | null {
  const { state, back, untilMs } = seals.open("login", jar.read(ctx, "login")) ?? {};
  const given = onlyOne(ctx.query["state"]);
  if (typeof state !== "string" || typeof untilMs !== "number" || given.outcome === "refused") return null;
  if (!sameSecret(given.text, state) || clock.nowMs() >= untilMs) return null;
  return { back: returnPath(back) };
}

/** Who a code stands for, when they are an active member at this moment. */
async function personOf(
  code: string,
  { login, directory }: LoginDeps,
): Promise<{ userId: string } | { userId: string; error: PageError }> {
  const found = await login.redeem(code);
  if (found.outcome === "refused") return { userId: "", error: found.reason };
  const { userId } = found;
  const { outcome } = await directory.vouch(userId, []);
  const isActive = outcome !== "inactive" && outcome !== "unknown_person";
  return isActive ? { userId } : { userId, error: outcome };
}

/** `POST /logout`: the browser forgets the session. Without a session there is nothing to forget. */
export async function logOut(ctx: Context, { site }: Pick<LoginDeps, "site">): Promise<void> {
  const session = site.sessions.read(ctx);
  const form = await readForm(ctx, site);
  if (form.outcome === "refused") return void sendError(ctx, site, form.reason);
  const { nonce = "", token = "" } = form.fields;
  if (session && !site.sessions.isOurs(session, "", { nonce, hash: "", token })) {
    return void sendError(ctx, site, "foreign_form");
  }
  site.sessions.end(ctx);
  redirect(ctx, `${site.base}/login/out`);
}

/** `GET /login/out`. */
export function showLoggedOut(ctx: Context, { site }: Pick<LoginDeps, "site">): void {
  const texts = textsFor(ctx, site);
  const { outTitle, out, again } = texts.page.login;
  const link = loginLink(site, { text: again, back: null });
  const main = html`<div class="narrow notice"><h1>${outTitle}</h1><p>${out}</p>${link}</div>`;
  showPage(ctx, site, { status: 200, texts, title: outTitle, main });
}

function isAdmitted(ctx: Context, { site, gate, clock }: LoginDeps): boolean {
  const seconds = gate.take(addressOf(ctx, site), clock.nowMs());
  if (seconds === null) return true;
  ctx.set("Retry-After", String(seconds));
  sendError(ctx, site, "too_often");
  return false;
}

/** Always to see something, never to send a form again. */
export function redirect(ctx: Context, address: string): void {
  ctx.set("Cache-Control", "no-store");
  ctx.set("Referrer-Policy", "no-referrer");
  ctx.status = 303;
  ctx.set("Location", address);
  ctx.body = "";
}
