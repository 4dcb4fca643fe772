import { type ChatOpsError, isChatOpsError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/index.ts";
import type { WecomClient } from "./client.ts";

/** What keeps the app from working until a person does something, or a window is over. */
export type TroubleCause =
  /** The company's id or the app's secret is wrong. */
  | "bad_credentials"
  /** Tokens are refused for a while: too many tries. */
  | "token_blocked"
  /** This machine's address is not in the app's 企业可信IP. */
  | "ip_not_trusted"
  /** A quota of the app or of one API is used up. */
  | "quota_reached"
  /** The app is switched off. */
  | "app_disabled"
  /** The AgentId is not that of the secret. */
  | "bad_agent"
  /** Cards are refused because the app has no callback address. */
  | "no_callback";

/** A trouble that lasts. */
export interface Trouble {
  cause: TroubleCause;
  sinceMs: number;
  /** When it was last met. */
  lastMs: number;
  /** The API that met it last. */
  api: string;
  /** What WeCom said, without secrets. */
  message: string;
}

/** What the calls of one app met. */
export interface Troubles {
  /** Those that no later call has disproved, oldest first. */
  current(): Trouble[];
  /** When a call last worked; null when none has yet. */
  lastGoodMs(): number | null;
  /** Since when no call has had an answer of WeCom, and what the last one met; null when the last one had. */
  silence(): Silence | null;
}

/** That WeCom gives no answer that could be read. */
export interface Silence {
  sinceMs: number;
  /** When it was last tried. */
  lastMs: number;
  /** What the last call met, without secrets. */
  message: string;
}

const CAUSES: Readonly<Record<string, TroubleCause>> = {
  "wecom.bad_credentials": "bad_credentials",
  "wecom.token_blocked": "token_blocked",
  "wecom.ip_not_trusted": "ip_not_trusted",
  "wecom.rate_limited": "quota_reached",
  "wecom.app_disabled": "app_disabled",
  "wecom.bad_agent": "bad_agent",
  "wecom.no_callback": "no_callback",
};

const NO_ANSWER: readonly string[] = [
  ...["unreachable", "timeout", "reset", "tls", "refused_address"],
  ...["http_status", "bad_json", "bad_answer"],
].map((kind) => `wecom.${kind}`);

/** A call of another API says nothing about these. */
const OF_ONE_API: readonly TroubleCause[] = ["quota_reached", "no_callback", "bad_agent"];

/** The client with an eye on what its calls meet. */
export function watchTroubles(
  client: WecomClient,
  clock: Clock,
): { client: WecomClient; troubles: Troubles } {
  const found = new Map<TroubleCause, Trouble>();
  let goodMs: number | null = null;
  let silence: Silence | null = null;

  async function watched<T>(api: string, call: () => Promise<T>): Promise<T> {
    try {
      const result = await call();
      goodMs = clock.nowMs();
      silence = null;
      forget(found, api);
      return result;
    } catch (error) {
      if (!isChatOpsError(error)) throw error;
      const nowMs = clock.nowMs();
      const isSilent = NO_ANSWER.includes(error.code);
      const sinceMs = silence?.sinceMs ?? nowMs;
      silence = isSilent ? { sinceMs, lastMs: nowMs, message: error.message } : null;
      note(found, { api, error, nowMs });
      throw error;
    }
  }

  return {
    client: {
      ...client,
      call: (request, shape) => watched(request.api, () => client.call(request, shape)),
      // A token alone proves less than a call: the address is not looked at.
      checkToken: () =>
        client.checkToken().catch((error: unknown) => watched("gettoken", () => Promise.reject(error))),
    },
    troubles: {
      current: () => [...found.values()].map((one) => ({ ...one })),
      lastGoodMs: () => goodMs,
      silence: () => silence,
    },
  };
}

function note(
  found: Map<TroubleCause, Trouble>,
  { api, error, nowMs }: { api: string; error: ChatOpsError; nowMs: number },
): void {
  const cause = CAUSES[error.code];
  if (cause === undefined) return;
  const sinceMs = found.get(cause)?.sinceMs ?? nowMs;
  found.set(cause, { cause, sinceMs, lastMs: nowMs, api, message: error.message });
}

function forget(found: Map<TroubleCause, Trouble>, api: string): void {
  for (const trouble of [...found.values()]) {
    if (!OF_ONE_API.includes(trouble.cause) || trouble.api === api) found.delete(trouble.cause);
  }
}
