import { ChatOpsError, isChatOpsError } from "../../core/errors.ts";
import { CHANNEL_CLOSED } from "../../core/outbox/index.ts";
import type { Clock, Metrics } from "../../core/ports/index.ts";

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
  /** For how long it stays closed, and why; null while it is open. */
  rest(): { leftMs: number; why: string } | null;
}

/** What is sent, and what is changed of what was sent, which WeCom counts apart. */
export interface ChannelGates {
  sends: ChannelGate;
  updates: ChannelGate;
}

/** The gates of one process, still open. Each time that one closes is counted. */
export function createChannelGates(clock: Clock, metrics: Pick<Metrics, "count">): ChannelGates {
  const gate = (calls: keyof ChannelGates) =>
    createGate(clock, (code) => metrics.count("channel_rests", { calls, code }));
  return { sends: gate("sends"), updates: gate("updates") };
}

const RESTING: Record<keyof ChannelGates, [zh: string, en: string]> = {
  sends: ["消息", "messages"],
  updates: ["卡片的更新", "updates of cards"],
};

/** A warning of `/readyz` for each gate that is closed: what waits behind it is sent later. */
export function channelWarnings(gates: ChannelGates): { about: string; message: string }[] {
  return (["sends", "updates"] as const).flatMap((calls) => {
    const rest = gates[calls].rest();
    if (!rest) return [];
    const [zh, en] = RESTING[calls];
    const seconds = Math.ceil(rest.leftMs / 1000);
    const message = `企业微信暂不调用，还有 ${seconds} 秒，${zh}在等：${rest.why} (WeCom is left alone for another ${seconds} s, ${en} wait)`;
    return [{ about: `wecom ${calls}`, message }];
  });
}

function createGate(clock: Clock, onClosed: (code: string) => void): ChannelGate {
  const closed = { sinceMs: 0, pauseMs: 0, times: 0, refusals: 0, why: "" };
  /** How long it stays closed. A clock that was set back ends the pause instead of stretching it. */
  const leftMs = (nowMs: number) => {
    const passedMs = nowMs - closed.sinceMs;
    return passedMs < 0 ? 0 : Math.max(0, closed.pauseMs - passedMs);
  };
  const rest = () => {
    const left = leftMs(clock.nowMs());
    return left === 0 ? null : { leftMs: left, why: closed.why };
  };
  const check = () => {
    const resting = rest();
    if (!resting) return;
    const message = `WeCom is left alone for now: ${resting.why}`;
    throw new ChatOpsError(message, { code: CHANNEL_CLOSED, retryAfterMs: resting.leftMs, reached: "no" });
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
    onClosed(code);
  };
  return { check, through, rest };
}
