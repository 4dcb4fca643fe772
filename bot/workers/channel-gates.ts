import { ChatOpsError, isChatOpsError } from "../../core/errors.ts";
import { CHANNEL_CLOSED } from "../../core/outbox/index.ts";
import type { Clock } from "../../core/ports/index.ts";

/** Refusals that are about the app as a whole, not about one message. */
const CLOSING: ReadonlySet<string> = new Set([
  "wecom.rate_limited",
  "wecom.token_refused",
  "wecom.bad_credentials",
  "wecom.bad_agent",
  "wecom.ip_not_trusted",
  "wecom.app_disabled",
]);
const LONGEST_CLOSED_MS = 30 * 60_000;
const RATE_LIMITED = "wecom.rate_limited";
/** One call over a limit may be about its people alone; so many in a row are about everything. */
const LIMITED_IN_A_ROW = 3;

/**
 * Keeps calls away from a WeCom that refuses them all, so that they cost no budget and get no address banned. One
 * that asks again when the pause is over decides for all; each refusal in a row doubles the pause.
 */
export interface ChannelGate {
  /** Throws while it is closed. */
  check(): void;
  /** Makes a call whose refusal may close it. */
  through<T>(call: () => Promise<T>): Promise<T>;
}

/** What is sent, and what is changed of what was sent, which WeCom counts apart. */
export interface ChannelGates {
  sends: ChannelGate;
  updates: ChannelGate;
}

/** The gates of one process, still open. */
export function createChannelGates(clock: Clock): ChannelGates {
  return { sends: createGate(clock), updates: createGate(clock) };
}

function createGate(clock: Clock): ChannelGate {
  const closed = { sinceMs: 0, pauseMs: 0, times: 0, refusals: 0, why: "" };
  /** How long it stays closed. A clock that was set back ends the pause instead of stretching it. */
  const leftMs = (nowMs: number) => {
    const passedMs = nowMs - closed.sinceMs;
    return passedMs < 0 ? 0 : Math.max(0, closed.pauseMs - passedMs);
  };
  const check = () => {
    const afterMs = leftMs(clock.nowMs());
    if (afterMs === 0) return;
    const message = `WeCom is left alone for now: ${closed.why}`;
    throw new ChatOpsError(message, { code: CHANNEL_CLOSED, retryAfterMs: afterMs, reached: "no" });
  };
  const through = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      const answer = await call();
      Object.assign(closed, { times: 0, refusals: 0 });
      return answer;
    } catch (error) {
      if (isChatOpsError(error) && CLOSING.has(error.code)) refusedBy(error);
      throw error;
    }
  };
  const refusedBy = ({ code, retryAfterMs = 0, message }: ChatOpsError) => {
    const nowMs = clock.nowMs();
    // Calls that were under way together are refused together: that is one refusal.
    if (leftMs(nowMs) > 0) return;
    closed.refusals += 1;
    if (code === RATE_LIMITED && closed.refusals < LIMITED_IN_A_ROW) return;
    const pauseMs = Math.min(LONGEST_CLOSED_MS, retryAfterMs * 2 ** closed.times);
    Object.assign(closed, { sinceMs: nowMs, pauseMs, times: closed.times + 1, why: message });
  };
  return { check, through };
}
