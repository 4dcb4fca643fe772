import { clockTime, type MessageViewing, plainLine } from "../../../core/cards/index.ts";
import { delegationOfWords, type NamedDelegation } from "../../../core/delegations/index.ts";
import { actorName } from "../../../core/people/index.ts";
import type { Clock, Directory } from "../../../core/ports/index.ts";
import { type DelegationKeeper, delegationFaultWords, mayEnd, maySee } from "../../delegations/index.ts";
import { namesOf } from "../../names.ts";
import type { Asked, ChatCommands } from "../command.ts";

export interface ChatDelegationDeps {
  delegations: DelegationKeeper;
  directory: Pick<Directory, "nameOf">;
  clock: Clock;
}

/**
 * What people ask of delegations. Everybody may delegate what they themselves may decide; that needs no role, as a
 * click needs none.
 */
export function delegationCommands(
  deps: ChatDelegationDeps,
): Pick<ChatCommands, "delegations" | "delegate" | "undelegate"> {
  return {
    delegations: { run: (asked) => list(asked, deps) },
    delegate: { run: (asked) => give(asked, deps) },
    undelegate: { run: (asked) => end(asked, deps) },
  };
}

async function list({ actor, viewing }: Asked, deps: ChatDelegationDeps): Promise<string> {
  const { delegations } = deps;
  const { commands } = viewing.texts;
  const seen = (await delegations.list()).filter(({ delegation }) => maySee(actor, delegation));
  if (seen.length === 0) return commands.noDelegations;
  const lines = await Promise.all(seen.map((one) => delegationLine(one, viewing, deps)));
  return [commands.delegationsTitle, ...lines].join("\n");
}

async function give({ actor, by, args, viewing }: Asked, deps: ChatDelegationDeps): Promise<string> {
  const { delegations, clock } = deps;
  const { commands } = viewing.texts;
  const asking = { asker: by, nowMs: clock.nowMs(), zone: viewing.timeZone };
  const read = delegationOfWords((args.text ?? "").split(/\s+/).filter(Boolean), asking);
  if (read.outcome === "refused") return `${faultText(read, viewing)}\n${commands.delegateUsage}`;
  const given = await delegations.give(read.order, actorName(actor));
  if (given.outcome === "refused") return faultText(given, viewing);
  return commands.delegated(await delegationLine(given.given, viewing, deps));
}

function faultText(refusal: Parameters<typeof delegationFaultWords>[0], viewing: MessageViewing): string {
  return viewing.plain(viewing.texts.wordsOf(delegationFaultWords(refusal)));
}

async function end({ actor, args, viewing }: Asked, deps: ChatDelegationDeps): Promise<string> {
  const { delegations } = deps;
  const { commands } = viewing.texts;
  const id = (args.word ?? "").toLowerCase();
  const none = commands.noSuchDelegation(viewing.plain(id.slice(0, 60)));
  const found = (await delegations.list()).filter(({ name }) => name === id || shortName(name) === id);
  const [known] = found.filter(({ delegation }) => mayEnd(actor, delegation));
  if (!known || found.length > 1) return none;
  const ended = await delegations.end(known.name, actorName(actor));
  return ended ? commands.undelegated(await delegationLine(known, viewing, deps)) : none;
}

async function delegationLine(
  { name, delegation }: NamedDelegation,
  viewing: MessageViewing,
  { directory }: ChatDelegationDeps,
): Promise<string> {
  const { from, to, until, why } = delegation;
  const nameOf = await namesOf([from, to], directory);
  return viewing.texts.commands.delegationLine({
    id: shortName(name),
    from: plainLine(nameOf(from), viewing),
    to: plainLine(nameOf(to), viewing),
    until: clockTime(Date.parse(until), viewing.timeZone),
    why: plainLine(why, viewing),
  });
}

/** The end of a ULID is what tells two of the same moment apart. */
function shortName(name: string): string {
  return name.slice(-6);
}
