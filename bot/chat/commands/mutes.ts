import { actorText, clockTime, type MessageViewing } from "../../../core/cards/index.ts";
import { muteOfWords, muteText, type NamedMute, type ReadMute } from "../../../core/mutes/index.ts";
import { actorName, authorise } from "../../../core/people/index.ts";
import type { Directory } from "../../../core/ports/index.ts";
import type { Rule } from "../../../core/rules/index.ts";
import { type MuteKeeper, type MuteObject, missingRuleWords, muteFaultWords } from "../../mutes/index.ts";
import { actorNames } from "../../names.ts";
import type { Asked, ChatCommands } from "../command.ts";
import type { Denier } from "../denied.ts";

export interface ChatMuteDeps {
  mutes: MuteKeeper;
  objectOf: MuteObject;
  rules: () => readonly Rule[];
  directory: Pick<Directory, "nameOf">;
  denied: Denier;
}

/** What people ask of mutes. The same rights count as over REST. */
export function muteCommands(deps: ChatMuteDeps): Pick<ChatCommands, "mutes" | "mute" | "unmute"> {
  return {
    mutes: { run: (asked) => list(asked, deps) },
    mute: { run: (asked) => order(asked, deps) },
    unmute: { run: (asked) => lift(asked, deps) },
  };
}

async function list(
  { actor, viewing }: Asked,
  { mutes, objectOf, directory }: ChatMuteDeps,
): Promise<string> {
  const { commands } = viewing.texts;
  const seen = (await mutes.list()).filter(({ mute }) => {
    return authorise(actor, "mutes.read", objectOf(mute.match)).outcome === "allowed";
  });
  if (seen.length === 0) return commands.noMutes;
  const lines = await Promise.all(seen.map((one) => muteLine(one, viewing, directory)));
  return [commands.mutesTitle, ...lines].join("\n");
}

async function order(
  asked: Asked,
  { mutes, objectOf, rules, directory, denied }: ChatMuteDeps,
): Promise<string> {
  const { actor, args, viewing } = asked;
  const read = muteOfWords((args.text ?? "").split(/\s+/).filter(Boolean));
  const { commands, wordsOf } = viewing.texts;
  if (read.outcome === "refused") {
    const why = viewing.plain(wordsOf(muteFaultWords({ ...read, about: typedOf(read) })));
    return `${why}\n${commands.muteUsage}`;
  }
  const missing = missingRuleWords(read.order.match, rules());
  if (missing) return viewing.plain(wordsOf(missing));
  const refused = denied(asked, "mutes.write", objectOf(read.order.match));
  if (refused !== null) return refused;
  const made = await mutes.order(read.order, actorName(actor));
  return commands.muted(await muteLine(made, viewing, directory));
}

/** What of the message is at fault, where it is a word of it. */
function typedOf({ fault, about }: Extract<ReadMute, { outcome: "refused" }>): string {
  return fault === "no_match" || fault === "no_reason" ? "" : about;
}

async function lift(asked: Asked, { mutes, objectOf, directory, denied }: ChatMuteDeps): Promise<string> {
  const { actor, args, viewing } = asked;
  const { commands } = viewing.texts;
  const name = (args.word ?? "").toLowerCase();
  const found = (await mutes.list()).filter((one) => one.name === name || shortName(one.name) === name);
  const [known] = found;
  if (!known || found.length > 1) return commands.noSuchMute(viewing.plain(name.slice(0, 60)));
  const refused = denied(asked, "mutes.write", objectOf(known.mute.match));
  if (refused !== null) return refused;
  const lifted = await mutes.lift(known.name, actorName(actor));
  return lifted
    ? commands.unmuted(await muteLine(known, viewing, directory))
    : commands.noSuchMute(viewing.plain(name));
}

async function muteLine(
  { name, mute }: NamedMute,
  { plain, texts, timeZone }: MessageViewing,
  directory: ChatMuteDeps["directory"],
): Promise<string> {
  const facts = {
    id: shortName(name),
    what: plain(muteText(mute.match)),
    until: clockTime(Date.parse(mute.until), timeZone),
  };
  return texts.commands.muteLine({
    ...facts,
    by: plain(actorText(mute.by, { texts, nameOf: await actorNames([mute.by], directory) })),
    why: plain(mute.why),
  });
}

/** The end of a ULID is what tells two of the same moment apart. */
function shortName(name: string): string {
  return name.slice(-6);
}
