import type { Cluster } from "../../core/clusters/index.ts";
import { ChatOpsError, errorText, isChatOpsError } from "../../core/errors.ts";
import type { Clock, Logger } from "../../core/ports/index.ts";
import { createRedactor, type Outbound, type OutboundResponse } from "../outbound/index.ts";
import { answerError, badAnswer, describeAnswer } from "./errors.ts";
import { parseToken } from "./schema.ts";
import { parseTimeMs } from "./time.ts";

/** Headers that prove who we are. */
export type Credentials = Readonly<Record<string, string>>;

/** How one cluster is told who we are. */
export interface Session {
  /** What to send now. Throws a `ChatOpsError` with `reached: "no"` when no login succeeds. */
  credentials(): Promise<Credentials>;
  /** Other credentials after these were refused; null when there are none to be had. Throws as above. */
  replace(refused: Credentials): Promise<Credentials | null>;
  /** Texts that must not be shown to anybody. */
  secrets(): string[];
}

/** What a password login needs. */
export interface LoginParts {
  cluster: string;
  authUrl: string;
  user: string;
  password: string;
  ttlSeconds: number;
  outbound: Outbound;
  clock: Clock;
  log: Logger;
}

interface Token {
  text: string;
  renewAtMs: number;
  endsAtMs: number;
}

const RENEW_AT_SHARE = 0.8;
const RENEWAL_PAUSE_MS = 30_000;
const KEPT_SECRETS = 4;

/** An API key: it has no end, and a refused one cannot be replaced. */
export function keySession(auth: Extract<Cluster["auth"], { kind: "apiKey" }>): Session {
  const credentials = { "st2-api-key": auth.apiKey };
  return {
    credentials: async () => credentials,
    replace: async () => null,
    secrets: () => [auth.apiKey],
  };
}

/**
 * A login by password. The token is renewed at 80 % of its life and when it is refused; whoever asks
 * meanwhile waits for the same login. Until its end the old token serves when the renewal fails.
 */
export function passwordSession(parts: LoginParts): Session {
  let token: Token | null = null;
  let pending: Promise<Token> | null = null;
  const tokens: string[] = [];

  const renew = (): Promise<Token> => {
    pending ??= logIn(parts)
      .then((fresh) => {
        tokens.unshift(fresh.text);
        tokens.length = Math.min(tokens.length, KEPT_SECRETS);
        token = fresh;
        return fresh;
      })
      .finally(() => {
        pending = null;
      });
    return pending;
  };

  const current = async (): Promise<Token> => {
    const nowMs = parts.clock.nowMs();
    if (!token || nowMs >= token.endsAtMs) return renew();
    return nowMs < token.renewAtMs ? token : renewOrKeep(parts, token, renew);
  };

  return {
    credentials: async () => tokenHeader(await current()),
    replace: async (refused) => {
      const isOld = token !== null && refused["x-auth-token"] !== token.text;
      return tokenHeader(isOld && token ? token : await renew());
    },
    secrets: () => [parts.password, basic(parts), ...tokens],
  };
}

async function renewOrKeep(parts: LoginParts, token: Token, renew: () => Promise<Token>): Promise<Token> {
  try {
    return await renew();
  } catch (error) {
    const code = isChatOpsError(error) ? error.code : "unexpected";
    parts.log.warn({ cluster: parts.cluster, code }, "stackstorm token not renewed, the old one is kept");
    token.renewAtMs = parts.clock.nowMs() + RENEWAL_PAUSE_MS;
    return token;
  }
}

function tokenHeader(token: Token): Credentials {
  return { "x-auth-token": token.text };
}

function basic({ user, password }: LoginParts): string {
  return Buffer.from(`${user}:${password}`).toString("base64");
}

async function logIn(parts: LoginParts): Promise<Token> {
  const asked = await postToken(parts, { ttl: parts.ttlSeconds });
  // A server whose longest life is shorter refuses ours with 400; asked for nothing, it gives its own.
  const answer = asked.status === 400 ? await postToken(parts, {}) : asked;
  const parsed = answer.status === 201 || answer.status === 200 ? parseToken(answer.body) : null;
  if (!parsed) throw loginRefused(parts, answer);
  const nowMs = parts.clock.nowMs();
  const lifeMs = asked === answer ? parts.ttlSeconds * 1000 : lifeLeftMs(parsed.expiry, nowMs);
  return { text: parsed.token, renewAtMs: nowMs + lifeMs * RENEW_AT_SHARE, endsAtMs: nowMs + lifeMs };
}

const SHORTEST_LIFE_MS = 60_000;

/** The server's clock may be minutes off, so that a life is never taken to be shorter than a minute. */
function lifeLeftMs(expiry: string | undefined, nowMs: number): number {
  const endsAtMs = expiry === undefined ? null : parseTimeMs(expiry);
  return Math.max(SHORTEST_LIFE_MS, (endsAtMs ?? nowMs) - nowMs);
}

async function postToken(parts: LoginParts, body: object): Promise<OutboundResponse> {
  const headers = { authorization: `Basic ${basic(parts)}`, "x-request-id": crypto.randomUUID() };
  try {
    return await parts.outbound.request({ method: "POST", url: `${parts.authUrl}/v1/tokens`, body, headers });
  } catch (error) {
    throw notLoggedIn(error);
  }
}

/** Whatever happened to the login, the request it was for has not been sent. */
function notLoggedIn(error: unknown): ChatOpsError {
  const code = isChatOpsError(error) ? error.code : "stackstorm.login_failed";
  const retryable = isChatOpsError(error) ? error.retryable : true;
  return new ChatOpsError(`login: ${errorText(error)}`, { code, retryable, reached: "no", cause: error });
}

function loginRefused(parts: LoginParts, answer: OutboundResponse): ChatOpsError {
  if (answer.status < 300) return badAnswer("login", "no token", "no");
  const clean = createRedactor([parts.password, basic(parts)]);
  return answerError("login", answer, describeAnswer(answer, clean), "no");
}
