import { ChatOpsError, isChatOpsError } from "../../core/errors.ts";
import {
  type BudgetLimits,
  callWish,
  grantedAtMs,
  memberBuckets,
  messagesLeft,
  mostMessages,
  type Sending,
  sendingWish,
} from "../../core/outbox/index.ts";
import type {
  CardReceipt,
  CardSending,
  CardUpdating,
  Clock,
  FileSending,
  Lane,
  Messenger,
  Metrics,
  TextSending,
  ThrottleStore,
  UpdateOutcome,
} from "../../core/ports/index.ts";
import { createPace } from "./pace.ts";

export interface ChannelDeps {
  messenger: Messenger;
  throttle: Pick<ThrottleStore, "take" | "show">;
  limits: BudgetLimits;
  clock: Clock;
  metrics: Metrics;
}

/** In whose name budgets are taken: the outbox item's key and this claim of it. */
export interface Claimed {
  key: string;
  fence: number;
  lane: Lane;
}

/** What became of a message to several people. */
export interface Told {
  /** Who did not get it and never will. */
  unreachable: string[];
  /** Whose budget does not hold it now. */
  short: string[];
  /** From when on that of all of them may. */
  untilMs: number;
}

/**
 * The messenger within its budgets. What there is no room for fails with `outbox.budget_short`, and while WeCom
 * refuses everything with `outbox.channel_closed`; both are retryable, and nothing was sent.
 */
export interface Channel {
  /** To all of its people or to none: a card's id can be sent once. */
  card(claimed: Claimed, sending: CardSending): Promise<CardReceipt>;
  /**
   * The same refusal of a card for want of room, with a place behind those that wait for the same: thousands shall not
   * all come back for the next one.
   */
  inLine(error: ChatOpsError): ChatOpsError;
  update(claimed: Claimed, updating: CardUpdating): Promise<UpdateOutcome>;
  /** To those whose budget holds it. `messages` is how many WeCom makes of the text. */
  text(claimed: Claimed, sending: TextSending & { messages: number }): Promise<Told>;
  /** To those whose budget holds it. */
  file(claimed: Claimed, sending: FileSending): Promise<Told>;
  /** How many messages of a lane a person may get now. Never more than the truth. */
  left(userId: string, lane: Lane): Promise<number>;
  /** The most messages that one text of a lane may be. */
  mostMessages(lane: Lane): number;
}

/** The code of an error that says that a budget does not hold a message now. */
export const BUDGET_SHORT = "outbox.budget_short";
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

export function createChannel(deps: ChannelDeps): Channel {
  const { messenger, throttle, limits, clock, metrics } = deps;
  const pace = createPace();
  const sends = createGate(clock);
  const updates = createGate(clock);

  const toSome = async (
    claimed: Claimed,
    { recipients, messages }: Pick<Sending, "recipients" | "messages">,
    send: (now: string[]) => Promise<{ unreachable: string[] }>,
  ): Promise<Told> => {
    sends.check();
    const atMs = clock.nowMs();
    const wishes = recipients.map((userId) =>
      sendingWish(
        { recipients: [userId], messages, atMs, lane: claimed.lane, grantId: grantId(claimed, userId) },
        limits,
      ),
    );
    const grants = await throttle.take(wishes);
    const held = (_: string, i: number) => grants[i]?.outcome === "held";
    const short = recipients.filter(held);
    const now = recipients.filter((userId) => !short.includes(userId));
    const untilMs = Math.max(atMs, ...grants.filter(({ outcome }) => outcome === "held").map(grantedAtMs));
    if (short.length > 0) metrics.count("outbox_budget_short", { lane: String(claimed.lane) }, short.length);
    if (now.length === 0) return { unreachable: [], short, untilMs };
    const { unreachable } = await sends
      .through(() => send(now))
      .catch((error: unknown) => {
        if (!isNobody(error)) throw error;
        return { unreachable: now };
      });
    metrics.count("outbox_sent", { lane: String(claimed.lane) }, now.length * messages);
    return { unreachable, short, untilMs };
  };

  return {
    card: async (claimed, sending) => {
      sends.check();
      const { recipients } = sending;
      const { lane } = claimed;
      const atMs = clock.nowMs();
      const wish = { recipients, lane, messages: 1, grantId: grantId(claimed, "card"), atMs };
      const [grant] = await throttle.take([sendingWish(wish, limits)]);
      if (grant?.outcome === "held") {
        metrics.count("outbox_budget_short", { lane: String(lane) }, recipients.length);
        throw budgetShort(grantedAtMs(grant) - atMs, grant.bucket.key);
      }
      const receipt = await sends.through(() => messenger.sendCard(sending));
      metrics.count("outbox_sent", { lane: String(lane) }, recipients.length);
      return receipt;
    },
    inLine: (error) => {
      const nowMs = clock.nowMs();
      const perMessageMs = 120_000 / limits.memberPerMinute;
      const at = { nowMs, freeAtMs: nowMs + (error.retryAfterMs ?? 0), perMessageMs };
      return budgetShort(pace.place(error.message, at) - nowMs);
    },
    update: async (claimed, updating) => {
      updates.check();
      const atMs = clock.nowMs();
      const [grant] = await throttle.take([
        callWish("update", { grantId: grantId(claimed, "update"), atMs }, limits),
      ]);
      if (grant?.outcome === "held") throw budgetShort(grantedAtMs(grant) - atMs);
      return updates.through(() => messenger.updateCard(updating));
    },
    text: (claimed, { messages, ...sending }) =>
      toSome(claimed, { recipients: sending.recipients, messages }, (recipients) =>
        messenger.sendText({ ...sending, recipients }),
      ),
    file: (claimed, sending) =>
      toSome(claimed, { recipients: sending.recipients, messages: 1 }, (recipients) =>
        messenger.sendFile({ ...sending, recipients }),
      ),
    left: async (userId, lane) => {
      const specs = memberBuckets(userId, lane, limits);
      const views = await Promise.all(specs.map(({ key }) => throttle.show(key)));
      return messagesLeft(views, specs, clock.nowMs());
    },
    mostMessages: (lane) => mostMessages(lane, limits),
  };
}

/** Whether WeCom knows none of the people. */
function isNobody(error: unknown): boolean {
  return isChatOpsError(error) && error.code === "wecom.nobody_reachable";
}

/** Of each claim anew: what was taken for a try that failed is not counted on, because it may have been sent. */
function grantId({ key, fence }: Claimed, to: string): string {
  return `#${key}@${fence}/${to}`;
}

/** The error for what there is no room for now. */
export function budgetShort(afterMs: number, budget = ""): ChatOpsError {
  const message = `the budget of messages does not hold it now${budget === "" ? "" : `: ${budget}`}`;
  return new ChatOpsError(message, {
    code: BUDGET_SHORT,
    retryAfterMs: Math.max(1, Math.ceil(afterMs)),
    reached: "no",
  });
}

/**
 * Keeps calls away from a WeCom that refuses them all, so that they cost no budget and get no address banned. One
 * that asks again when the pause is over decides for all; each refusal in a row doubles the pause.
 */
function createGate(clock: Clock) {
  const closed = { untilMs: 0, times: 0, refusals: 0, why: "" };
  const check = () => {
    const afterMs = closed.untilMs - clock.nowMs();
    if (afterMs <= 0) return;
    const message = `WeCom is left alone for now: ${closed.why}`;
    throw new ChatOpsError(message, { code: "outbox.channel_closed", retryAfterMs: afterMs, reached: "no" });
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
    if (closed.untilMs > nowMs) return;
    closed.refusals += 1;
    if (code === RATE_LIMITED && closed.refusals < LIMITED_IN_A_ROW) return;
    const pauseMs = Math.min(LONGEST_CLOSED_MS, retryAfterMs * 2 ** closed.times);
    Object.assign(closed, { untilMs: nowMs + pauseMs, times: closed.times + 1, why: message });
  };
  return { check, through };
}
