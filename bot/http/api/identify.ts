import type { Context } from "koa";
import { type AccessToken, type Actor, hasExpired, tokenHash } from "../../../core/people/index.ts";
import type { Clock } from "../../../core/ports/index.ts";
import type { RoleFinder } from "../../people.ts";
import { callerOf, schemeValue } from "../caller.ts";

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
  /** Of the token of this run, for the command line on this machine. */
  localTokenHash: string;
  clock: Clock;
  /** Proxies in front of the process that each add an entry to `X-Forwarded-For`. */
  trustProxyHops: number;
}

/**
 * Who sends a request of REST, by its `Authorization: Bearer`. Only hashes are compared: how long that takes
 * tells how much of a kept hash the hash of what was sent begins with, and to use that its sender would have to
 * turn SHA-256 round. So the compare itself need not take constant time.
 */
export async function identify(ctx: Context, deps: IdentityDeps): Promise<Identity> {
  const { headers, local } = callerOf(ctx.req, ctx.query, deps.trustProxyHops);
  const given = schemeValue(headers["authorization"], /^bearer +(\S+)$/i);
  if (given.outcome === "refused") return given;
  return ownerOf(given.text, local, deps);
}

/** Whose token this is; `local`: whether it came from this machine. */
export async function ownerOf(text: string, local: boolean, deps: IdentityDeps): Promise<Identity> {
  const hash = tokenHash(text);
  if (hash === deps.localTokenHash) {
    if (!local) return { outcome: "refused", reason: "local_token_from_elsewhere" };
    return { outcome: "identified", actor: { kind: "local" } };
  }
  const token = deps.tokens().get(hash);
  if (!token) return { outcome: "refused", reason: "bad_token" };
  const { id, user: userId, rights } = token;
  if (hasExpired(token, deps.clock.nowMs())) {
    return { outcome: "refused", reason: "expired_token", tokenId: id };
  }
  const held = await deps.rolesOf(userId);
  return { outcome: "identified", actor: { kind: "user", userId, token: { id, rights }, ...held } };
}
