import { LRUCache } from "lru-cache";
import type { ButtonsView, MessageViewing } from "../../core/cards/index.ts";
import {
  type Confirmation,
  confirmationCode,
  confirmCard,
  type Pace,
  type ParsedCommand,
  pace,
  parseCommand,
  plainWord,
  specOf,
  wordsFor,
} from "../../core/commands/index.ts";
import { isChatOpsError } from "../../core/errors.ts";
import { normaliseUserId, type UserActor } from "../../core/people/index.ts";
import type { Clock, Logger, Metrics } from "../../core/ports/index.ts";
import type { RoleFinder } from "../people.ts";
import type { Viewer } from "../workers/index.ts";
import type { Asked, ChatCommands, Reply } from "./command.ts";
import type { Confirmations } from "./confirmations.ts";
import { barred, type Denier } from "./denied.ts";
import { helpText, mayUse, unknownText } from "./help.ts";
import type { Places } from "./places.ts";

/** A message of a person, from whatever channel. */
export interface ChatMessage {
  /** userid; compared without case. */
  from: string;
  text: string;
  /** What the message quotes, where the channel tells it apart. It is never carried out. */
  quoted?: string;
  chat: { kind: "single" } | { kind: "group"; id: string };
  /** The message's own key: the same message again does nothing twice. */
  key: string;
  /** When it was sent, by the channel's clock. */
  sentAtMs: number;
}

/** What a person answers to a card that asks to confirm. */
export interface ConfirmClick {
  from: string;
  cardId: string;
  button: string;
  key: string;
}

/** One answer, in order: to the person in a single chat, else into the group that the message came from. */
export type ChatAnswer =
  | { kind: "text"; text: string }
  /** A card that asks the person to confirm. Clicks on it go to `onConfirm`. */
  | { kind: "card"; cardId: string; card: ButtonsView };

/** `card`: how the clicked card is to look from now on; absent when it stays. */
export interface ConfirmAnswer {
  answers: ChatAnswer[];
  card?: ButtonsView;
}

/** What people can do by messages, whatever the channel. */
export interface Chat {
  /** Carries out one message. Empty when it is not to be answered. Throws when it is to be tried again. */
  onMessage(message: ChatMessage): Promise<ChatAnswer[]>;
  /** Takes a click on a card that asks to confirm. Throws when it is to be tried again. */
  onConfirm(click: ConfirmClick): Promise<ConfirmAnswer>;
}

export interface ChatDeps {
  commands: ChatCommands;
  rolesOf: RoleFinder;
  denied: Denier;
  confirmations: Confirmations;
  places: Places;
  /** Whether somebody may run any action at all. */
  mayRun: (userId: string) => Promise<boolean>;
  view: Viewer;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

const MOST_PEOPLE = 10_000;
/** What changes something is not carried out so long after it was written: it may have been written again since. */
const MAX_AGE_MS = 300_000;

export function createChat(deps: ChatDeps): Chat {
  const paces = new LRUCache<string, Pace>({ max: MOST_PEOPLE });
  const paceOf = (by: string) => {
    const { outcome, after } = pace(paces.get(by), deps.clock.nowMs());
    paces.set(by, after);
    return outcome;
  };
  return {
    onMessage: async (message) => {
      const by = normaliseUserId(message.from);
      const outcome = paceOf(by);
      const viewing = await deps.view(null, [by]);
      if (outcome !== "answered") deps.metrics.count("commands", { command: outcome });
      if (outcome === "dropped") return [];
      if (outcome === "told") return [textOf(viewing.texts.commands.tooFast)];
      const ageMs = deps.clock.nowMs() - message.sentAtMs;
      return answer(message.text, { by, key: message.key, viewing, ageMs }, deps);
    },
    onConfirm: (click) => confirm({ ...click, from: normaliseUserId(click.from) }, deps),
  };
}

function textOf(text: string): ChatAnswer {
  return { kind: "text", text };
}

interface Asking {
  by: string;
  key: string;
  viewing: MessageViewing;
}

async function answer(
  text: string,
  { ageMs, ...asking }: Asking & { ageMs: number },
  deps: ChatDeps,
): Promise<ChatAnswer[]> {
  const { by, viewing } = asking;
  const actor: UserActor = { kind: "user", userId: by, ...(await deps.rolesOf(by)) };
  const parsed = parseCommand(text, (id) => mayUse(actor, id));
  const isCommand = parsed.outcome === "command";
  deps.metrics.count("commands", { command: isCommand ? parsed.id : parsed.outcome });
  const refused = barred(actor, viewing);
  if (refused !== null) return [textOf(refused)];
  if (!isCommand) return [textOf(misunderstood(parsed, viewing))];
  const { id, args } = parsed;
  const changes = specOf(id).changes;
  if (changes && ageMs > MAX_AGE_MS) {
    deps.log.warn({ by, command: id, ageMs }, "command is too old");
    return [textOf(viewing.texts.commands.tooOld)];
  }
  const now: UserActor = changes
    ? { kind: "user", userId: by, ...(await deps.rolesOf(by, { fresh: true })) }
    : actor;
  return command({ id, args, actor: now, after: null, about: [], ...asking }, deps);
}

function misunderstood(
  parsed: Exclude<ParsedCommand, { outcome: "command" }>,
  viewing: MessageViewing,
): string {
  const { commands } = viewing.texts;
  switch (parsed.outcome) {
    case "nothing":
      return commands.nothingOwn;
    case "needs_args":
      return commands.usage(`${parsed.word} ${commands.about[parsed.id].args ?? ""}`);
    case "unknown":
      return unknownText(parsed.text, parsed.suggestion ?? null, viewing);
    default:
      return parsed satisfies never;
  }
}

async function command(asked: Asked, deps: ChatDeps): Promise<ChatAnswer[]> {
  const { id, viewing } = asked;
  const denied = mayNot(asked, deps);
  if (denied !== null) return [textOf(denied)];
  switch (id) {
    case "help":
      return [textOf(await help(asked, deps))];
    case "more":
      return more(asked, deps);
    case "confirm": {
      const code = asked.args.word?.normalize("NFKC").toLowerCase() ?? "";
      const cardId = await deps.confirmations.ofCode(code, asked.by);
      if (cardId === null) return [textOf(viewing.texts.commands.confirm.faults.no_such)];
      return (await confirm({ from: asked.by, cardId, button: "confirm", key: asked.key }, deps)).answers;
    }
    default:
      return prepared(asked, deps.commands[id], deps);
  }
}

/** `help run` tells also what there is to run. */
async function help(asked: Asked, deps: ChatDeps): Promise<string> {
  // While it cannot be looked up it is listed: who may not is told when they try.
  const mayRun = await deps.mayRun(asked.by).catch((error: unknown) => {
    if (isChatOpsError(error)) return true;
    throw error;
  });
  const text = helpText(asked, { mayRun });
  const word = plainWord(asked.args.word ?? "");
  if (!wordsFor(specOf("run")).includes(word)) return text;
  return `${text}\n${await carriedOut({ ...asked, id: "run", args: {} }, deps)}`;
}

/** Who is known to be no member, or lacks the command's right on anything, hears so. */
function mayNot(asked: Asked, { denied }: ChatDeps): string | null {
  const { right } = specOf(asked.id);
  return barred(asked.actor, asked.viewing) ?? (right === null ? null : denied(asked, right, "some"));
}

async function prepared(
  asked: Asked,
  { prepare }: ChatCommands[keyof ChatCommands],
  deps: ChatDeps,
): Promise<ChatAnswer[]> {
  const before = prepare ? await prepare(asked) : ({ outcome: "straight" } as const);
  if (before.outcome === "answer") return [textOf(before.text)];
  if (before.outcome === "straight") return [textOf(await carriedOut(asked, deps))];
  const { facts, args, about = [], text } = before;
  const { by, id, key, viewing } = asked;
  const cardId = await deps.confirmations.keep({ by, command: id, args, about, facts }, key);
  const card = confirmCard(facts, { texts: viewing.texts, code: confirmationCode(cardId) });
  return [...(text === undefined ? [] : [textOf(text)]), { kind: "card", cardId, card }];
}

async function carriedOut(asked: Asked, deps: ChatDeps): Promise<string> {
  const { id, by, args } = asked;
  if (id === "help" || id === "more" || id === "confirm")
    throw new TypeError(`${id} is carried out by chat itself`);
  const reply: Reply | string = await deps.commands[id].run(asked);
  if (typeof reply === "string") return reply;
  const { text, next = null } = reply;
  await deps.places.keep(by, next === null ? null : { command: id, args, after: next });
  return text;
}

async function more(asked: Asked, deps: ChatDeps): Promise<ChatAnswer[]> {
  const place = await deps.places.of(asked.by);
  if (!place) return [textOf(asked.viewing.texts.commands.noMore)];
  const going = { ...asked, id: place.command, args: place.args, after: place.after };
  const denied = mayNot(going, deps);
  return [textOf(denied ?? (await carriedOut(going, deps)))];
}

async function confirm(click: ConfirmClick, deps: ChatDeps): Promise<ConfirmAnswer> {
  const viewing = await deps.view(null, [click.from]);
  const { confirm: words } = viewing.texts.commands;
  const taken = await deps.confirmations.take(click.cardId, { ...click, by: click.from });
  const { confirmation } = taken;
  deps.metrics.count("confirmations", {
    outcome: taken.outcome === "refused" ? taken.reason : taken.outcome,
  });
  const closed = (text: string) =>
    confirmation ? { card: closedCard(confirmation, click.cardId, { viewing, text }) } : {};
  if (taken.outcome === "refused") {
    const answers = [textOf(words.faults[taken.reason])];
    const isOver = taken.reason === "expired" || taken.reason === "used";
    return isOver ? { answers, ...closed(words.faults[taken.reason]) } : { answers };
  }
  const as = taken.outcome === "repeated" ? taken.as : taken.outcome;
  if (as === "abandoned" || !confirmation) return { answers: [], ...closed(words.abandoned) };
  const answers = await confirmed(confirmation, { click, viewing }, deps);
  return { answers, ...closed(words.confirmed) };
}

/** Roles are read anew: who lost a right since they typed the command has lost it. */
async function confirmed(
  { by, command: id, args, about }: Confirmation,
  { click, viewing }: { click: ConfirmClick; viewing: MessageViewing },
  deps: ChatDeps,
): Promise<ChatAnswer[]> {
  deps.log.info({ by, command: id, confirmation: click.cardId }, "command confirmed");
  const actor: UserActor = { kind: "user", userId: by, ...(await deps.rolesOf(by, { fresh: true })) };
  const asked = { id, args, by, actor, key: click.cardId, viewing, after: null, about };
  const denied = mayNot(asked, deps);
  return [textOf(denied ?? (await carriedOut(asked, deps)))];
}

function closedCard(
  { facts }: Confirmation,
  cardId: string,
  { viewing, text }: { viewing: MessageViewing; text: string },
): ButtonsView {
  return confirmCard(facts, { texts: viewing.texts, code: confirmationCode(cardId), closed: text });
}
