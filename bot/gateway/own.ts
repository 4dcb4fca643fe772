import type { Context } from "koa";
import { bilingual } from "../../core/gateway/index.ts";
import { type AccessToken, hasExpired, normaliseUserId, tokenHash } from "../../core/people/index.ts";
import { callerOf, type Identity, ownerOf, schemeValue } from "../http/index.ts";
import { fault } from "./answers.ts";
import type { Ask, GatewayParts } from "./parts.ts";
import { objectOf } from "./writes.ts";

/** Who calls, by the first of the headers that StackStorm's clients send a token in. */
export async function whoCalls(ctx: Context, { identity }: GatewayParts): Promise<Identity> {
  const { headers, local } = callerOf(ctx.req, ctx.query, identity.trustProxyHops);
  const token = headers["x-auth-token"] ?? headers["st2-api-key"];
  const given = schemeValue(token ?? headers["authorization"], token ? /^(\S+)$/ : /^bearer +(\S+)$/i);
  return given.outcome === "refused" ? given : ownerOf(given.text, local, identity);
}

const BAD_LOGIN = bilingual(
  "Invalid or missing credentials: 用户是企业微信的 userid，密码是鲸的令牌",
  "the user is a WeCom userid, the password a token of Whale",
);

/** `POST /auth/v1/tokens`: the token of Whale that is given for a password is the one that is given back. */
export function logIn(ctx: Context, { identity }: GatewayParts): void {
  const given = schemeValue(ctx.req.headersDistinct["authorization"], /^basic +([A-Za-z0-9+/=]+)$/i);
  const text = given.outcome === "one" ? Buffer.from(given.text, "base64").toString("utf8") : "";
  const colon = text.indexOf(":");
  const password = text.slice(colon + 1);
  const token = colon > 0 ? liveToken(password, identity) : null;
  if (!token || normaliseUserId(text.slice(0, colon)) !== token.user) {
    fault(ctx, 401, BAD_LOGIN);
    return;
  }
  const { id, user, expires } = token;
  const expiry = new Date(Date.parse(expires)).toISOString().replace("Z", "000Z");
  ctx.status = 201;
  ctx.set("X-API-URL", `${ctx.origin}/st2/api`);
  ctx.body = { id: tokenHash(id).slice(0, 24), user, token: password, expiry, metadata: {} };
}

function liveToken(text: string, { tokens, clock }: GatewayParts["identity"]): AccessToken | null {
  const token = tokens().get(tokenHash(text));
  return token && !hasExpired(token, clock.nowMs()) ? token : null;
}

/** `POST /auth/v1/tokens/validate`. */
export async function validate(ctx: Context, parts: GatewayParts): Promise<void> {
  const body = await objectOf({ ctx } as Ask, parts);
  if (body === null) return;
  const { token } = body;
  ctx.body = { valid: typeof token === "string" && liveToken(token, parts.identity) !== null };
}

/** `GET /user`: rights are Whale's, so that nobody is an administrator of StackStorm here. */
export function tellUser({ ctx, actor }: Pick<Ask, "ctx" | "actor">, { identity }: GatewayParts): void {
  const header = ctx.get("x-auth-token") || ctx.get("authorization").replace(/^bearer +/i, "");
  const token = identity.tokens().get(tokenHash(header));
  const roles = actor.kind === "local" ? ["local"] : actor.roles.map(({ name }) => name);
  ctx.body = {
    username: actor.kind === "local" ? "local" : actor.userId,
    authentication: {
      method: header === "" ? "API key" : "authentication token",
      location: "header",
      ...(token ? { token_expire: token.expires } : {}),
    },
    rbac: { enabled: true, roles, is_admin: false },
  };
}
