import type { MessageViewing } from "../../core/cards/index.ts";
import type { Args, CommandId, Confirmation, ConfirmFacts } from "../../core/commands/index.ts";
import type { UserActor } from "../../core/people/index.ts";

/** One command of one person, understood, and its person looked up. */
export interface Asked {
  id: CommandId;
  /** userid in lower case. */
  by: string;
  actor: UserActor;
  args: Args;
  /** The message's own key, or the confirmation's: what is ordered under it counts once. */
  key: string;
  viewing: MessageViewing;
  /** Of a list: behind which line it goes on; null from its beginning. */
  after: string | null;
  /** Tasks that the person has confirmed, as they were shown; empty where nothing was to be confirmed. */
  about: Confirmation["about"];
}

/** What is answered. `next`: where the list goes on; absent or null when it is whole. */
export interface Reply {
  text: string;
  next?: string | null;
}

/** What comes before a dangerous command is carried out. */
export type Prepared =
  /** It cannot be, or there is nothing to do. */
  | { outcome: "answer"; text: string }
  /** This one needs no confirmation. */
  | { outcome: "straight" }
  /** `args` as they were understood, with whole ids; `text` is told beside the card. */
  | { outcome: "ask"; facts: ConfirmFacts; args: Args; about?: Confirmation["about"]; text?: string };

/** How one command is carried out. */
export interface ChatCommand {
  /** There for every command that the registry says must be confirmed. */
  prepare?: (asked: Asked) => Promise<Prepared>;
  run: (asked: Asked) => Promise<Reply | string>;
}

/** What chat does itself: the others are carried out by their own modules. */
export type OwnCommand = "help" | "more" | "confirm";
export type ChatCommands = Record<Exclude<CommandId, OwnCommand>, ChatCommand>;
