import { answersTo, type DigestLine } from "../../core/outbox/index.ts";
import type { Clock, Outbox, OutboxClaim, OutboxItem } from "../../core/ports/index.ts";
import { CHANNEL_BYTES, headAndTail } from "../../core/texts/index.ts";
import type { Channel, Told } from "./channel.ts";
import type { Viewer } from "./viewing.ts";

export interface TellerDeps {
  outbox: Pick<Outbox, "settle" | "replace">;
  channel: Pick<Channel, "text" | "mostMessages">;
  /** How many messages the channel makes of a text. */
  messagesIn: (markdown: string) => number;
  view: Viewer;
  clock: Clock;
}

/** A text for some people. */
export interface Message {
  recipients: readonly string[];
  markdown: string;
  dropRepeat: boolean;
}

/** Tells people, and what there is no room for in their next digest. */
export interface Teller {
  /** To those whose budget holds it; a text of too many messages by its head and tail. */
  tell(claim: OutboxClaim, message: Message): Promise<Told>;
  /**
   * Settles what was told. For each whose budget was short, a line of their digest stands in its place, in the same
   * write, and so do `others`.
   */
  settle(
    claim: OutboxClaim,
    told: Told,
    lineFor: (to: string) => DigestLine,
    others?: readonly OutboxItem[],
  ): Promise<void>;
  /** The same for an answer: it is no line of a digest, but waits among the other answers to its person. */
  settleAnswer(claim: OutboxClaim, told: Told, textFor: (to: string) => string): Promise<void>;
}

/** So long lines are gathered before the first of them asks for room. */
const GATHER_MS = 10_000;
/** A text of more messages than this is told by its head and tail. */
const MOST_MESSAGES = 3;

export function createTeller({ outbox, channel, messagesIn, view, clock }: TellerDeps): Teller {
  const fitted = async ({ lane }: OutboxClaim, { recipients, markdown }: Message) => {
    const most = Math.min(MOST_MESSAGES, channel.mostMessages(lane));
    let shown = markdown;
    const { leftOutHere } = (await view(null, recipients)).texts.outbox;
    // Parts end at line ends, so that some stay short.
    for (let bytes = most * CHANNEL_BYTES.markdown; messagesIn(shown) > most; bytes *= 0.8) {
      shown = headAndTail(markdown, Math.floor(bytes), leftOutHere);
    }
    return { markdown: shown, messages: Math.max(1, messagesIn(shown)) };
  };
  const lineItem = (claim: OutboxClaim, to: string, line: DigestLine): OutboxItem => ({
    key: `${claim.key}~${to}`,
    taskId: `@${to}`,
    lane: 5,
    body: { kind: "line", to, line },
    dueAtMs: clock.nowMs() + GATHER_MS,
  });
  const settle = async (claim: OutboxClaim, items: readonly OutboxItem[]): Promise<void> => {
    if (items.length > 0) await outbox.replace(claim.key, claim.fence, items);
    else await outbox.settle(claim.key, claim.fence);
  };
  return {
    tell: async (claim, message) => {
      const { recipients, dropRepeat } = message;
      if (recipients.length === 0) return { unreachable: [], short: [], untilMs: 0 };
      return channel.text(claim, { recipients, dropRepeat, ...(await fitted(claim, message)) });
    },
    settle: (claim, told, lineFor, others = []) => {
      return settle(claim, [...told.short.map((to) => lineItem(claim, to, lineFor(to))), ...others]);
    },
    settleAnswer: (claim, { short, untilMs }, textFor) => {
      const items = short.map((to) => ({
        ...{ key: `${claim.key}~${to}`, taskId: answersTo(to), lane: 3 as const, dueAtMs: untilMs },
        body: { kind: "answer" as const, to, text: textFor(to) },
      }));
      return settle(claim, items);
    },
  };
}
