import { ChatOpsError } from "../../core/errors.ts";
import type { Clock, Logger, Metrics } from "../../core/ports/index.ts";
import type { Outbound } from "../outbound/index.ts";
import type { CheckedConfig } from "./config.ts";
import { ADMIN_PAUSE_MS, isBadCredentials, needsAdmin, refusalError, ruleFor } from "./errors.ts";
import { type Answer, type ApiRequest, createExchange, type Exchange } from "./exchange.ts";
import { type AnswerShape, tokenAnswer } from "./schema.ts";
import { createTokenCache, type FreshToken, type TokenCache } from "./token.ts";

/** WeCom's API with the token, its renewal and the errcode check. */
export interface WecomClient {
  /**
   * One call. A refused token is renewed and the call made once more. Throws `ChatOpsError` by the table of
   * reactions; no message holds a token or a secret.
   */
  call<T>(request: ApiRequest, shape: AnswerShape<T>): Promise<T>;
  /** Fails as a call would when no token can be had. */
  checkToken(): Promise<void>;
}

/** What the client needs. */
export interface ClientParts {
  config: CheckedConfig;
  outbound: Outbound;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

interface Wired extends ClientParts {
  exchange: Exchange;
}

async function measured<T>({ clock, metrics }: ClientParts, api: string, work: () => Promise<T>): Promise<T> {
  const startMs = clock.nowMs();
  let outcome = "ok";
  try {
    return await work();
  } catch (error) {
    outcome = error instanceof ChatOpsError ? error.code : "error";
    throw error;
  } finally {
    metrics.count("wecom_calls", { api, outcome });
    metrics.observe("wecom_call", Math.max(0, clock.nowMs() - startMs) / 1000, { api });
  }
}

function refuse(log: Logger, api: string, { errcode, errmsg }: Answer): never {
  if (needsAdmin(errcode)) {
    log.error({ api, errcode, errmsg }, "WeCom refuses calls until its configuration is changed");
  }
  throw refusalError({ errcode, errmsg, api });
}

/** Errcode 0 with this warning means that the body was not read as it was meant. */
function checkUnderstood(api: string, { errmsg }: Answer): void {
  if (!/wrong json format/i.test(errmsg)) return;
  const message = `WeCom did not understand the body of ${api}`;
  throw new ChatOpsError(message, { code: "wecom.body_not_understood" });
}

async function fetchToken({ config, exchange, log }: Wired): Promise<FreshToken> {
  const api = "gettoken";
  const request: ApiRequest = { method: "GET", api, query: { corpid: config.corpId } };
  const answer = await exchange(request, { corpsecret: config.corpSecret });
  const { errcode, errmsg } = answer;
  if (isBadCredentials(errcode)) {
    log.error({ errcode }, "WeCom refuses the corpId or corpSecret");
    const message = `WeCom refuses the corpId or corpSecret (errcode ${errcode}: ${errmsg})`;
    throw new ChatOpsError(message, {
      ...{ code: "wecom.bad_credentials", reached: "no" },
      retryAfterMs: ADMIN_PAUSE_MS,
    });
  }
  if (errcode !== 0) refuse(log, api, answer);
  const { access_token, expires_in } = tokenAnswer.parse(api, answer.body);
  return { token: access_token, expiresInMs: expires_in * 1000 };
}

async function attempt({ exchange, log }: Wired, tokens: TokenCache, request: ApiRequest): Promise<Answer> {
  const used = await tokens.get();
  const first = await exchange(request, { access_token: used });
  if (ruleFor(first.errcode).reaction !== "refresh") return first;
  tokens.drop(used);
  log.info({ api: request.api, errcode: first.errcode }, "WeCom refused the token, renewing it");
  return exchange(request, { access_token: await tokens.get() });
}

/** Makes the client of one app. */
export function createClient(parts: ClientParts): WecomClient {
  const wired = { ...parts, exchange: createExchange(parts.outbound, [parts.config.corpSecret]) };
  const tokens = createTokenCache(() => measured(wired, "gettoken", () => fetchToken(wired)), parts.clock);

  async function call<T>(request: ApiRequest, shape: AnswerShape<T>): Promise<T> {
    const { api } = request;
    return measured(wired, api, async () => {
      const answer = await attempt(wired, tokens, request);
      if (answer.errcode !== 0) refuse(wired.log, api, answer);
      checkUnderstood(api, answer);
      return shape.parse(api, answer.body);
    });
  }

  async function checkToken(): Promise<void> {
    await tokens.get();
  }

  return { call, checkToken };
}
