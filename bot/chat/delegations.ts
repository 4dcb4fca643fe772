import { clockTime, type MessageViewing, plainLine } from "../../core/cards/index.ts";
import { delegationOfWords, type NamedDelegation } from "../../core/delegations/index.ts";
import { type Actor, actorName } from "../../core/people/index.ts";
import type { Clock } from "../../core/ports/index.ts";
import { type DelegationKeeper, delegationFaultWords, mayEnd, maySee } from "../delegations/index.ts";
import type { RoleFinder } from "../people.ts";

export interface ChatDelegationDeps {
  delegations: DelegationKeeper;
  rolesOf: RoleFinder;
  clock: Clock;
}

export interface DelegationQuestion {
  command: "delegations" | "delegate" | "undelegate";
  /** What stands behind the command. */
  text: string;
  userId: string;
}

/**
 * Answers what a person asks of delegations. Everybody may delegate what they themselves may decide; that needs no
 * role, as a click needs none.
 */
export async function answerDelegations(
  { command, text, userId: typed }: DelegationQuestion,
  viewing: MessageViewing,
  deps: ChatDelegationDeps,
): Promise<string> {
  const userId = typed.toLowerCase();
  switch (command) {
    case "delegations":
      return list(await actorOf(userId, deps), viewing, deps);
    case "delegate":
      return give(text, userId, { viewing, ...deps });
    case "undelegate":
      return end(text.trim().toLowerCase(), await actorOf(userId, deps), { viewing, ...deps });
    default:
      return command satisfies never;
  }
}

async function actorOf(userId: string, { rolesOf }: ChatDelegationDeps): Promise<Actor> {
  return { kind: "user", userId, ...(await rolesOf(userId)) };
}

type Answering = ChatDelegationDeps & { viewing: MessageViewing };

async function list(
  actor: Actor,
  viewing: MessageViewing,
  { delegations }: ChatDelegationDeps,
): Promise<string> {
  const { commands } = viewing.texts;
  const seen = (await delegations.list()).filter(({ delegation }) => maySee(actor, delegation));
  if (seen.length === 0) return commands.noDelegations;
  return [commands.delegationsTitle, ...seen.map((one) => delegationLine(one, viewing))].join("\n");
}

async function give(text: string, userId: string, deps: Answering): Promise<string> {
  const { viewing, delegations, clock } = deps;
  const { commands } = viewing.texts;
  const asking = { asker: userId, nowMs: clock.nowMs(), zone: viewing.timeZone };
  const read = delegationOfWords(text.split(/\s+/).filter(Boolean), asking);
  if (read.outcome === "refused") return `${faultText(read, viewing)}\n${commands.delegateUsage}`;
  const given = await delegations.give(read.order, actorName({ kind: "user", userId, ...NO_ROLES }));
  if (given.outcome === "refused") return faultText(given, viewing);
  return commands.delegated(delegationLine(given.given, viewing));
}

const NO_ROLES = { roles: [], unsure: [], against: null };

function faultText(refusal: Parameters<typeof delegationFaultWords>[0], viewing: MessageViewing): string {
  return viewing.plain(viewing.texts.wordsOf(delegationFaultWords(refusal)));
}

async function end(id: string, actor: Actor, { viewing, delegations }: Answering): Promise<string> {
  const { commands } = viewing.texts;
  const none = commands.noSuchDelegation(viewing.plain(id.slice(0, 60)));
  const found = (await delegations.list()).filter(({ name }) => name === id || shortName(name) === id);
  const [known] = found.filter(({ delegation }) => mayEnd(actor, delegation));
  if (!known || found.length > 1) return none;
  const ended = await delegations.end(known.name, actorName(actor));
  return ended ? commands.undelegated(delegationLine(known, viewing)) : none;
}

function delegationLine({ name, delegation }: NamedDelegation, viewing: MessageViewing): string {
  const { from, to, until, why } = delegation;
  return viewing.texts.commands.delegationLine({
    id: shortName(name),
    from: viewing.plain(from),
    to: viewing.plain(to),
    until: clockTime(Date.parse(until), viewing.timeZone),
    why: plainLine(why, viewing),
  });
}

/** The end of a ULID is what tells two of the same moment apart. */
function shortName(name: string): string {
  return name.slice(-6);
}
