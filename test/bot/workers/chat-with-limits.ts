import type { CardView } from "../../../core/cards/index.ts";
import type { Messenger } from "../../../core/ports/index.ts";
import type { MovableClock } from "../../support/clock.ts";

/** One message that somebody got. */
export interface Got {
  to: string;
  atMs: number;
  kind: "card" | "text" | "file";
  /** The card's id, the text, or the file's name. */
  what: string;
}

/** A messenger that drops what is over WeCom's limits to one person, and says nothing, as WeCom does. */
export interface LimitedChat {
  messenger: Messenger;
  got: Got[];
  /** What cards were changed into. */
  updates: CardView[];
  dropped: Got[];
  /** People whom it does not reach. */
  unreachable: Set<string>;
  /** Thrown by the next call, which then does nothing. */
  refusals: Error[];
}

const MOST = [
  { withinMs: 60_000, messages: 30 },
  { withinMs: 3_600_000, messages: 1_000 },
];

export function limitedChat(clock: MovableClock, messagesIn: (markdown: string) => number): LimitedChat {
  const got: Got[] = [];
  const updates: CardView[] = [];
  const dropped: Got[] = [];
  const unreachable = new Set<string>();
  const refusals: Error[] = [];
  const times = new Map<string, number[]>();

  const fits = (to: string) => {
    const sent = (times.get(to) ?? []).filter((at) => at > clock.nowMs() - 3_600_000);
    times.set(to, [...sent, clock.nowMs()]);
    return MOST.every(({ withinMs, messages }) => {
      return sent.filter((at) => at > clock.nowMs() - withinMs).length < messages;
    });
  };
  const give = (recipients: readonly string[], kind: Got["kind"], what: string) => {
    const refusal = refusals.shift();
    if (refusal) throw refusal;
    for (const to of recipients) {
      if (unreachable.has(to)) continue;
      (fits(to) ? got : dropped).push({ to, atMs: clock.nowMs(), kind, what });
    }
    return { unreachable: recipients.filter((to) => unreachable.has(to)) };
  };
  const messenger: Messenger = {
    sendCard: async ({ cardId, recipients }) => ({
      ...give(recipients, "card", cardId),
      code: `code-${cardId}`,
    }),
    updateCard: async ({ card }) => {
      updates.push(card);
      return "updated";
    },
    sendText: async ({ recipients, markdown }) => {
      let told = { unreachable: [] as string[] };
      for (let n = 0; n < messagesIn(markdown); n++) told = give(recipients, "text", markdown);
      return told;
    },
    sendFile: async ({ recipients, name }) => give(recipients, "file", name),
  };
  return { messenger, got, updates, dropped, unreachable, refusals };
}
