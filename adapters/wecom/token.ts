import { ChatOpsError, isChatOpsError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/index.ts";

/** A token as `gettoken` gave it. */
export interface FreshToken {
  token: string;
  expiresInMs: number;
}

/** One app's access token, shared by all calls. */
export interface TokenCache {
  /** A token that should work. Parallel callers share one `gettoken`. */
  get(): Promise<string>;
  /** Forgets a token that was refused, unless another one has taken its place already. */
  drop(used: string): void;
}

interface Held extends FreshToken {
  gotAtMs: number;
}

interface State {
  held: Held | null;
  refused: { atMs: number; error: ChatOpsError } | null;
  renewalFailedAtMs: number | null;
}

/** Renewed this long before its end, so that no call leaves with a token about to die. */
const RENEW_BEFORE_MS = 300_000;
/**
 * No `gettoken` for this long after wrong credentials or a ban: hammering gets the address banned for an hour. Other
 * credentials come with a new process, which asks at once.
 */
const REFUSED_PAUSE_MS = 3_600_000;
/** A renewal that failed while the old token still works is tried again after this. */
const RENEWAL_PAUSE_MS = 10_000;

/** Within `[from, from + length)`; a clock that was moved back ends the span instead of stretching it. */
function within(nowMs: number, fromMs: number, lengthMs: number): boolean {
  return nowMs >= fromMs && nowMs < fromMs + lengthMs;
}

function freshForMs(held: Held): number {
  return Math.max(held.expiresInMs - RENEW_BEFORE_MS, held.expiresInMs / 2);
}

function isPaused(refused: State["refused"], nowMs: number): boolean {
  return refused !== null && within(nowMs, refused.atMs, REFUSED_PAUSE_MS);
}

/** The token in hand, while it is fresh, or while its renewal fails and it still works. */
function usable({ held, renewalFailedAtMs, refused }: State, nowMs: number): string | null {
  if (held === null) return null;
  if (within(nowMs, held.gotAtMs, freshForMs(held))) return held.token;
  const failed = renewalFailedAtMs !== null && within(nowMs, renewalFailedAtMs, RENEWAL_PAUSE_MS);
  return (failed || isPaused(refused, nowMs)) && within(nowMs, held.gotAtMs, held.expiresInMs)
    ? held.token
    : null;
}

/** A refusal that asking again would only make worse. A rate limit of `gettoken` is the ban for wrong credentials. */
function refusalIn(error: unknown): ChatOpsError | null {
  if (!isChatOpsError(error)) return null;
  if (error.code === "wecom.bad_credentials") return error;
  if (error.code !== "wecom.rate_limited") return null;
  const { message, reached } = error;
  return new ChatOpsError(message, { code: "wecom.token_blocked", retryAfterMs: REFUSED_PAUSE_MS, reached });
}

function fallBack(state: State, error: unknown, atMs: number): string {
  const refusal = refusalIn(error);
  if (refusal !== null) state.refused = { atMs, error: refusal };
  const { held } = state;
  if (held === null || !within(atMs, held.gotAtMs, held.expiresInMs)) throw refusal ?? error;
  state.renewalFailedAtMs = atMs;
  return held.token;
}

async function renew(state: State, fetchToken: () => Promise<FreshToken>, nowMs: number): Promise<string> {
  try {
    const fresh = await fetchToken();
    state.held = { ...fresh, gotAtMs: nowMs };
    state.renewalFailedAtMs = null;
    return fresh.token;
  } catch (error) {
    return fallBack(state, error, nowMs);
  }
}

/** Makes the cache over a function that calls `gettoken`. */
export function createTokenCache(fetchToken: () => Promise<FreshToken>, clock: Clock): TokenCache {
  const state: State = { held: null, refused: null, renewalFailedAtMs: null };
  let flight: Promise<string> | null = null;

  async function get(): Promise<string> {
    const nowMs = clock.nowMs();
    const token = usable(state, nowMs);
    if (token !== null) return token;
    const { refused } = state;
    if (refused !== null && isPaused(refused, nowMs)) throw refused.error;
    flight ??= renew(state, fetchToken, nowMs).finally(() => {
      flight = null;
    });
    return flight;
  }

  function drop(used: string): void {
    if (state.held?.token === used) state.held = null;
  }

  return { get, drop };
}
