import { LRUCache } from "lru-cache";
import { isChatOpsError } from "../core/errors.ts";
import {
  type AccessToken,
  type Entitlement,
  hasExpired,
  type People,
  type Role,
  type RolesHeld,
  type Standing,
} from "../core/people/index.ts";
import type { Clock, Directory, Logger } from "../core/ports/index.ts";
import type { Warning } from "./http/index.ts";

export interface RoleFinderDeps {
  /** The roles in force now. */
  roles: () => readonly Role[];
  directory: Pick<Directory, "vouch">;
  clock: Clock;
  log: Logger;
}

/** The roles that a person holds now. What the directory cannot say makes no role held. */
export type RoleFinder = (userId: string) => Promise<RolesHeld>;

type Vouched = Entitlement | "unavailable";

/** A directory is asked again after so long, in milliseconds: each call of REST would ask it else. */
const KEPT_MS = 60_000;
/** The same after it failed: not at each call, but soon. */
const FAILED_KEPT_MS = 5_000;
const MAX_KEPT = 10_000;

/**
 * Finds roles: those that name a person need no directory; for tags and departments it is asked, once a
 * minute for each person and group, all at once.
 */
export function roleFinder({ roles, ...deps }: RoleFinderDeps): RoleFinder {
  const vouch = keptVouch(deps);
  return async (userId) => {
    const found = roles().map(async (role) => ({ role, vouched: await vouchFor(vouch, userId, role.of) }));
    return heldOf(await Promise.all(found));
  };
}

type Vouch = (userId: string, group: People) => Promise<Vouched>;

async function vouchFor(vouch: Vouch, userId: string, of: People): Promise<Vouched> {
  if (of.users?.includes(userId)) return "entitled";
  return of.tag === undefined && of.department === undefined ? "not_entitled" : vouch(userId, of);
}

function keptVouch({ directory, clock, log }: Omit<RoleFinderDeps, "roles">): Vouch {
  const cache = new LRUCache<string, { vouched: Vouched }, { userId: string; group: People }>({
    ...{ max: MAX_KEPT, ttl: KEPT_MS, ttlResolution: 0, perf: { now: () => clock.nowMs() } },
    fetchMethod: async (_key, _stale, { options, context: { userId, group } }) => {
      const vouched = await ask(userId, group);
      if (vouched === "unavailable") options.ttl = FAILED_KEPT_MS;
      return { vouched };
    },
  });
  const ask: Vouch = async (userId, group) => {
    try {
      return await directory.vouch(userId, [group]);
    } catch (error) {
      if (!isChatOpsError(error)) throw error;
      log.warn(
        { userId, code: error.code, reason: error.message },
        "roles cannot be read from the directory",
      );
      return "unavailable";
    }
  };
  return async (userId, group) => {
    const kept = await cache.fetch(JSON.stringify([userId, group]), { context: { userId, group } });
    return kept?.vouched ?? "unavailable";
  };
}

function heldOf(found: readonly { role: Role; vouched: Vouched }[]): RolesHeld {
  const which = (wanted: Vouched) =>
    found.filter(({ vouched }) => vouched === wanted).map(({ role }) => role);
  const against = (["inactive", "unknown_person"] satisfies Standing[]).find((one) => which(one).length > 0);
  return { roles: which("entitled"), unsure: which("unavailable"), against: against ?? null };
}

/** A warning for each token that nobody can use any more. */
export function expiredTokens(tokens: Iterable<AccessToken>, nowMs: number): Warning[] {
  const expired = [...tokens].filter((token) => hasExpired(token, nowMs));
  return expired.map(({ id, user, expires }) => ({
    about: `token ${id}`,
    message: `of ${user} has expired at ${expires}: take it out of tokens.yaml (令牌已过期，请从 tokens.yaml 删除)`,
  }));
}
