import type { CardView } from "../cards/card.ts";

/** A conversation of the AI bot. */
export interface BotChat {
  /** Of a group its chatid, in its case; of a 1:1 chat the person's id as the bot knows it. */
  chatId: string;
  kind: "group" | "single";
}

/** What somebody did where the AI bot hears it. */
export type BotIncoming =
  | {
      kind: "message";
      /** The same for the same message, however often it comes. */
      id: string;
      /** What an answer names. */
      requestId: string;
      /** Id of its writer as the bot knows it, which may be encrypted (reference/wecom.md 4.6). */
      from: string;
      chat: BotChat;
      /** What was written, without the mention of the bot. */
      text: string;
      /** What the message quotes. */
      quoted?: string;
      createdAtSeconds: number;
    }
  | {
      kind: "click";
      id: string;
      requestId: string;
      from: string;
      chat: BotChat;
      cardId: string;
      button: string;
      selected?: Readonly<Record<string, readonly string[]>>;
      createdAtSeconds: number;
    }
  /** Somebody opened the 1:1 chat, for the first time that day. */
  | { kind: "entered"; requestId: string; from: string };

/**
 * `standby`: another process has the connection, or nobody yet. `connecting`: this one has the lease and no
 * connection. `stopped`: WeCom refuses the id or secret; nothing is tried until the process starts again.
 */
export type BotState = "standby" | "connecting" | "live" | "stopped";

export interface BotStatus {
  state: BotState;
  sinceMs: number;
  /** What went wrong last; empty when nothing did. */
  why: string;
}

/** `too_late`: five seconds have passed since the click; nothing can change the card before the next click. */
export type BotUpdateOutcome = "updated" | "too_late";

/**
 * WeCom's AI bot on its long connection, of which one process has the only one at a time. What is sent by another
 * process fails with `aibot.elsewhere`: retryable, nothing was sent. Fails with `ChatOpsError`, as the messenger does.
 */
export interface ChatBot {
  /** Writes into a conversation; WeCom takes it only where somebody has written to the bot before. */
  send(chat: BotChat, markdown: string): Promise<void>;
  /** Answers a message. Once a message was answered, a repeat of it counts as sent. */
  answer(to: { chat: BotChat; requestId: string }, markdown: string): Promise<void>;
  /** Shows a new card. `mayBeRepeat`: an earlier try may have reached WeCom, so that "id taken" means delivered. */
  sendCard(sending: { chat: BotChat; cardId: string; card: CardView; mayBeRepeat: boolean }): Promise<void>;
  /** Changes a card for all who see it, in answer to a click on it. */
  updateCard(updating: { requestId: string; cardId: string; card: CardView }): Promise<BotUpdateOutcome>;
  /** Greets who has entered; too late is no failure. */
  welcome(requestId: string, text: string): Promise<void>;
  status(): BotStatus;
  /** Begins to stand by for the connection, and hands on what comes in. A failing handler loses it, and is logged. */
  start(onIncoming: (incoming: BotIncoming) => Promise<void>): void;
  /** Ends the connection and frees the lease. */
  close(): Promise<void>;
}
