import type { BotChat } from "./chat-bot.ts";

/** Where somebody wrote or clicked, when that was with the AI bot. */
export interface BotPlace {
  chat: BotChat;
  requestId: string;
}

/** What a person did in WeCom, after the callback was verified. */
export type InboxPayload =
  | {
      kind: "click";
      userId: string;
      cardId: string;
      button: string;
      /** Code for one update of the card; absent when WeCom sent none. */
      code?: string;
      /**
       * What the card's dropdowns showed and which of its boxes were ticked: ids of options by the key of their
       * question, as the client sent them. Absent when the card had none.
       */
      selected?: Readonly<Record<string, readonly string[]>>;
      /** Sender's time in seconds. */
      createdAtSeconds: number;
      /** Absent: on a card of the app. `userId` is as the bot knows it. */
      bot?: BotPlace;
    }
  | {
      kind: "text";
      userId: string;
      text: string;
      /** What the message quotes. */
      quoted?: string;
      createdAtSeconds: number;
      /** Absent: to the app. `userId` is as the bot knows it. */
      bot?: BotPlace;
    }
  | { kind: "other"; userId: string; event: string; createdAtSeconds: number };

export interface InboxItem {
  /** Dedupe key (reference/wecom.md 2.6). */
  key: string;
  payload: InboxPayload;
  receivedAtMs: number;
}

export interface InboxClaim extends InboxItem {
  fence: number;
  /** How often it was claimed before. */
  attempts: number;
}

/** Callbacks on their way from WeCom to the task machine. */
export interface Inbox {
  /** Stores a callback under its key, durably, before the 200. `seen` when the key is known. */
  insert(item: InboxItem): Promise<"new" | "seen">;
  /** Up to `max` items that nobody holds, oldest first, leased to the caller. */
  claim(max: number, leaseMs: number): Promise<InboxClaim[]>;
  /** The item is done. False, and no change, when the fence is old. */
  done(key: string, fence: number): Promise<boolean>;
  /** Gives the item back to be tried again at `dueAtMs`. */
  postpone(key: string, fence: number, dueAtMs: number): Promise<boolean>;
  /** Whether the item was worked on; false for a key that is not known. */
  isDone(key: string): Promise<boolean>;
  /** Forgets done items received before this instant. Keep at least a day. */
  trim(olderThanMs: number): Promise<number>;
}
