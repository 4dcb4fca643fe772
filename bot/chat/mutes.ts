import { clockTime, type MessageViewing } from "../../core/cards/index.ts";
import { type MuteOrder, muteOfWords, muteText, type NamedMute } from "../../core/mutes/index.ts";
import { type Actor, actorName, authorise, type Right } from "../../core/people/index.ts";
import { type MuteKeeper, type MuteObject, muteFaultWords } from "../mutes/index.ts";
import type { RoleFinder } from "../people.ts";

export interface ChatMuteDeps {
  mutes: MuteKeeper;
  objectOf: MuteObject;
  rolesOf: RoleFinder;
}

export interface MuteAsking {
  command: "mutes" | "mute" | "unmute";
  /** What stands behind the command. */
  text: string;
  userId: string;
}

/** Answers what a person asks of mutes. The same rights count as over REST. */
export async function answerMutes(
  asking: MuteAsking,
  viewing: MessageViewing,
  deps: ChatMuteDeps,
): Promise<string> {
  const userId = asking.userId.toLowerCase();
  const actor: Actor = { kind: "user", userId, ...(await deps.rolesOf(userId)) };
  switch (asking.command) {
    case "mutes":
      return list(actor, viewing, deps);
    case "mute":
      return order(asking.text, actor, { viewing, ...deps });
    case "unmute":
      return lift(asking.text.trim().toLowerCase(), actor, { viewing, ...deps });
    default:
      return asking.command satisfies never;
  }
}

type Answering = ChatMuteDeps & { viewing: MessageViewing };

async function list(
  actor: Actor,
  viewing: MessageViewing,
  { mutes, objectOf }: ChatMuteDeps,
): Promise<string> {
  const { commands } = viewing.texts;
  const seen = (await mutes.list()).filter(({ mute }) => {
    return authorise(actor, "mutes.read", objectOf(mute.match)).outcome === "allowed";
  });
  if (seen.length === 0) return commands.noMutes;
  return [commands.mutesTitle, ...seen.map((one) => muteLine(one, viewing))].join("\n");
}

async function order(text: string, actor: Actor, { viewing, mutes, objectOf }: Answering): Promise<string> {
  const read = muteOfWords(text.split(/\s+/).filter(Boolean));
  const { commands, wordsOf } = viewing.texts;
  if (read.outcome === "refused") {
    const why = viewing.plain(wordsOf(muteFaultWords(read)));
    return `${why}\n${commands.muteUsage}`;
  }
  const denied = denial(actor, { right: "mutes.write", order: read.order }, { viewing, objectOf });
  if (denied !== null) return denied;
  const made = await mutes.order(read.order, actorName(actor));
  return commands.muted(muteLine(made, viewing));
}

async function lift(name: string, actor: Actor, { viewing, mutes, objectOf }: Answering): Promise<string> {
  const { commands } = viewing.texts;
  const found = (await mutes.list()).filter((one) => one.name === name || shortName(one.name) === name);
  const [known] = found;
  if (!known || found.length > 1) return commands.noSuchMute(viewing.plain(name.slice(0, 60)));
  const denied = denial(actor, { right: "mutes.write", order: known.mute }, { viewing, objectOf });
  if (denied !== null) return denied;
  const lifted = await mutes.lift(known.name, actorName(actor));
  return lifted ? commands.unmuted(muteLine(known, viewing)) : commands.noSuchMute(viewing.plain(name));
}

function denial(
  actor: Actor,
  { right, order: { match } }: { right: Right; order: Pick<MuteOrder, "match"> },
  { viewing, objectOf }: { viewing: MessageViewing; objectOf: MuteObject },
): string | null {
  const decision = authorise(actor, right, objectOf(match));
  return decision.outcome === "allowed" ? null : viewing.plain(viewing.texts.wordsOf(decision.message));
}

function muteLine({ name, mute }: NamedMute, { plain, texts, timeZone }: MessageViewing): string {
  const facts = {
    id: shortName(name),
    what: plain(muteText(mute.match)),
    until: clockTime(Date.parse(mute.until), timeZone),
  };
  return texts.commands.muteLine({
    ...facts,
    by: plain(mute.by.replace(/^user:/, "")),
    why: plain(mute.why),
  });
}

/** The end of a ULID is what tells two of the same moment apart. */
function shortName(name: string): string {
  return name.slice(-6);
}
