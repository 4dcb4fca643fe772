import type { CardView } from "../cards/card.ts";
import type { Membership, People, PeopleGroups } from "../people/people.ts";

export interface CardSending {
  /** Unique for ever; WeCom refuses it a second time. */
  cardId: string;
  recipients: readonly string[];
  card: CardView;
  /** An earlier try may have reached WeCom: "this id is taken" then means delivered. */
  mayBeRepeat: boolean;
}

export interface CardReceipt {
  messageId?: string;
  /** Code for one later update; absent after a repeat. */
  code?: string;
  /** Recipients whom it did not reach. */
  unreachable: string[];
}

export interface CardUpdating {
  recipients: readonly string[];
  code: string;
  card: CardView;
  /** An earlier try with this code may have reached WeCom: "code spent" then means delivered. */
  mayBeRepeat: boolean;
}

/** `code_spent`: the code is used up or older than 72 h; a new message must say it instead. */
export type UpdateOutcome = "updated" | "code_spent";

export interface TextSending {
  recipients: readonly string[];
  /** WeCom's small markdown; already free of people's own markup. */
  markdown: string;
  /** Whether WeCom may drop an identical message of the last ten minutes, so that a retry is not seen twice. */
  dropRepeat: boolean;
}

export interface FileSending {
  recipients: readonly string[];
  /** With its extension, which says how it is shown. */
  name: string;
  /** 6 bytes to 20 MB. */
  bytes: Uint8Array;
}

/**
 * Chat, outward. Fails with `ChatOpsError`: `retryable` when the same call may work later, not so when the
 * content or the configuration is at fault.
 */
export interface Messenger {
  sendCard(sending: CardSending): Promise<CardReceipt>;
  updateCard(updating: CardUpdating): Promise<UpdateOutcome>;
  sendText(sending: TextSending): Promise<{ unreachable: string[] }>;
  /** Sends a file. A repeat is seen twice. */
  sendFile(sending: FileSending): Promise<{ unreachable: string[] }>;
}

/** Who is who, as WeCom's contacts say. */
export interface Directory {
  /** Userids of some people, from a cache of a few minutes; for sending. */
  expand(people: People): Promise<string[]>;
  /**
   * To which of the groups a person belongs, read anew at this moment; for clicks. What cannot be read is left
   * out where they belong to another group, else it fails.
   */
  vouch(userId: string, groups: PeopleGroups): Promise<Membership>;
  /** The name to show for a userid; the userid when it is not known. Cached. */
  nameOf(userId: string): Promise<string>;
}
