import type { Context } from "koa";
import { type AccessToken, type Actor, hasExpired, tokenHash } from "../../core/people/index.ts";
import type { Clock } from "../../core/ports/index.ts";
import type { RoleFinder } from "../people.ts";
import { callerOf, schemeValue } from "./caller.ts";
import { sameSecret } from "./same-secret.ts";

/** Why nobody is known to have sent a request. Closed: each is counted and logged. */
export type IdentityReason =
  | "no_credentials"
  | "repeated_credentials"
  | "bad_token"
  | "expired_token"
  | "local_token_from_elsewhere";

export type Identity =
  | { outcome: "identified"; actor: Actor }
  /** `tokenId` when the token was one of ours. */
  | { outcome: "refused"; reason: IdentityReason; tokenId?: string };

export interface IdentityDeps {
  /** The tokens in force now, by their hash. */
  tokens: () => ReadonlyMap<string, AccessToken>;
  rolesOf: RoleFinder;
  /** The token of this run, for the command line on this machine. */
  localToken: string;
  clock: Clock;
  /** Proxies in front of the process that each add an entry to `X-Forwarded-For`. */
  trustProxyHops: number;
}

/** Who sends a request of REST, by its `Authorization: Bearer`. */
export async function identify(ctx: Context, deps: IdentityDeps): Promise<Identity> {
  const { headers, local } = callerOf(ctx.req, ctx.query, deps.trustProxyHops);
  const given = schemeValue(headers["authorization"], /^bearer +(\S+)$/i);
  if (given.outcome === "refused") return given;
  if (sameSecret(given.text, deps.localToken)) {
    if (!local) return { outcome: "refused", reason: "local_token_from_elsewhere" };
    return { outcome: "identified", actor: { kind: "local" } };
  }
  // How long the look-up takes tells something of the hash of what was sent, which its sender knows anyway; to
  // come nearer to a kept hash they would have to turn SHA-256 round. So no compare in constant time is needed.
  const token = deps.tokens().get(tokenHash(given.text));
  if (!token) return { outcome: "refused", reason: "bad_token" };
  const { id, user: userId, rights } = token;
  if (hasExpired(token, deps.clock.nowMs())) {
    return { outcome: "refused", reason: "expired_token", tokenId: id };
  }
  const held = await deps.rolesOf(userId);
  return { outcome: "identified", actor: { kind: "user", userId, token: { id, rights }, ...held } };
}
