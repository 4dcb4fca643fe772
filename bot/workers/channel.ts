import { ChatOpsError, isChatOpsError } from "../../core/errors.ts";
import {
  BUDGET_SHORT,
  type BudgetLimits,
  callWish,
  grantedAtMs,
  LANE_NAMES,
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
  OutboxClaim,
  TextSending,
  ThrottleStore,
  UpdateOutcome,
} from "../../core/ports/index.ts";
import type { ChannelGate, ChannelGates } from "./channel-gates.ts";
import { createPace } from "./pace.ts";

export interface ChannelDeps {
  messenger: Messenger;
  throttle: Pick<ThrottleStore, "take">;
  limits: BudgetLimits;
  gates: ChannelGates;
  clock: Clock;
  metrics: Metrics;
}

/** For what budgets are taken: an outbox item, of which the lane counts. */
export type Claimed = Pick<OutboxClaim, "lane">;

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
  /** The most messages that one text of a lane may be. */
  mostMessages(lane: Lane): number;
}

export function createChannel(deps: ChannelDeps): Channel {
  const { messenger, clock, gates } = deps;
  const wired = { ...deps, pace: createPace(), ...gates };
  return {
    card: (claimed, sending) => sendCard(wired, claimed, sending),
    inLine: (error) => {
      const nowMs = clock.nowMs();
      const perMessageMs = 120_000 / deps.limits.memberPerMinute;
      const at = { nowMs, freeAtMs: nowMs + (error.retryAfterMs ?? 0), perMessageMs };
      return budgetShort(wired.pace.place(error.message, at) - nowMs);
    },
    update: (claimed, updating) => updateCard(wired, claimed, updating),
    text: (claimed, { messages, ...sending }) => {
      const send = (recipients: string[]) => messenger.sendText({ ...sending, recipients });
      return toSome(wired, { lane: claimed.lane, messages, recipients: sending.recipients }, send);
    },
    file: (claimed, sending) => {
      const send = (recipients: string[]) => messenger.sendFile({ ...sending, recipients });
      return toSome(wired, { lane: claimed.lane, messages: 1, recipients: sending.recipients }, send);
    },
    mostMessages: (lane) => mostMessages(lane, deps.limits),
  };
}

interface Wired extends ChannelDeps {
  pace: ReturnType<typeof createPace>;
  sends: ChannelGate;
  updates: ChannelGate;
}

async function sendCard(wired: Wired, { lane }: Claimed, sending: CardSending): Promise<CardReceipt> {
  const { throttle, limits, sends, clock } = wired;
  const { recipients } = sending;
  sends.check();
  const nowMs = clock.nowMs();
  const [grant] = await throttle.take([sendingWish({ recipients, lane, messages: 1, atMs: nowMs }, limits)]);
  if (grant?.outcome === "held") {
    count(wired, "outbox_budget_short", lane, recipients.length);
    throw budgetShort(grantedAtMs(grant) - nowMs, grant.bucket.key);
  }
  const receipt = await sends.through(() => wired.messenger.sendCard(sending));
  count(wired, "outbox_sent", lane, recipients.length);
  return receipt;
}

async function updateCard(wired: Wired, _: Claimed, updating: CardUpdating): Promise<UpdateOutcome> {
  const { throttle, limits, updates, clock } = wired;
  updates.check();
  const atMs = clock.nowMs();
  const [grant] = await throttle.take([callWish("update", atMs, limits)]);
  if (grant?.outcome === "held") throw budgetShort(grantedAtMs(grant) - atMs);
  return updates.through(() => wired.messenger.updateCard(updating));
}

async function toSome(
  wired: Wired,
  { recipients, lane, messages }: Omit<Sending, "atMs">,
  send: (now: string[]) => Promise<{ unreachable: string[] }>,
): Promise<Told> {
  const { throttle, limits, sends, clock } = wired;
  sends.check();
  const atMs = clock.nowMs();
  const wishes = recipients.map((one) => sendingWish({ recipients: [one], lane, messages, atMs }, limits));
  const grants = await throttle.take(wishes);
  const held = grants.filter(({ outcome }) => outcome === "held");
  const short = recipients.filter((_, i) => grants[i]?.outcome === "held");
  const now = recipients.filter((_, i) => grants[i]?.outcome !== "held");
  const untilMs = Math.max(atMs, ...held.map(grantedAtMs));
  count(wired, "outbox_budget_short", lane, short.length);
  if (now.length === 0) return { unreachable: [], short, untilMs };
  const { unreachable } = await sends
    .through(() => send(now))
    .catch((error: unknown) => {
      if (!isNobody(error)) throw error;
      return { unreachable: now };
    });
  count(wired, "outbox_sent", lane, now.length * messages);
  return { unreachable, short, untilMs };
}

function count({ metrics }: Wired, name: string, lane: Lane, by: number): void {
  if (by > 0) metrics.count(name, { lane: LANE_NAMES[lane] }, by);
}

/** Whether WeCom knows none of the people. */
function isNobody(error: unknown): boolean {
  return isChatOpsError(error) && error.code === "wecom.nobody_reachable";
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
