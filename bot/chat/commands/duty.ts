import { clockTime, type MessageViewing, plainLine } from "../../../core/cards/index.ts";
import type { Directory } from "../../../core/ports/index.ts";
import type { Duty } from "../../../core/rosters/index.ts";
import type { DutyView, LookedUp, RosterKeeper } from "../../rosters/index.ts";
import type { ChatCommands } from "../command.ts";

export interface ChatDutyDeps {
  rosters: Pick<RosterKeeper, "view">;
  directory: Pick<Directory, "nameOf">;
}

type NameAll = (userIds: readonly string[]) => Promise<string>;

/** `duty [NAME]`: who is on duty now, until when, and who is next. */
export function dutyCommands(deps: ChatDutyDeps): Pick<ChatCommands, "duty"> {
  return { duty: { run: ({ args, viewing }) => answerDuty(args.text ?? "", viewing, deps) } };
}

async function answerDuty(
  name: string,
  viewing: MessageViewing,
  { rosters, directory }: ChatDutyDeps,
): Promise<string> {
  const { commands } = viewing.texts;
  const views = await rosters.view(name === "" ? undefined : name);
  if (views.length === 0 && name === "") return commands.noRosters;
  if (views.length === 0) return commands.noSuchRoster(viewing.plain(name.slice(0, 60)));
  const nameAll: NameAll = async (userIds) => {
    const names = await Promise.all(userIds.map((userId) => directory.nameOf(userId)));
    return names.map((one) => plainLine(one, viewing)).join(" ");
  };
  const lines = await Promise.all(views.map((view) => dutyLine(view, viewing, nameAll)));
  return lines.join("\n");
}

async function dutyLine(view: DutyView, viewing: MessageViewing, nameAll: NameAll): Promise<string> {
  const title = `**${plainLine(view.title, viewing)}** (${viewing.plain(view.name)})`;
  const facts =
    view.kind === "calendar"
      ? await calendarFacts(view.duty, viewing, nameAll)
      : await lookedFacts(view.looked, viewing, nameAll);
  return [title, ...facts].join(" · ");
}

async function calendarFacts(
  { people, leaving, untilMs, next }: Duty,
  { texts, timeZone }: MessageViewing,
  nameAll: NameAll,
): Promise<string[]> {
  const { commands } = texts;
  const now = people.length > 0 ? await nameAll(people) : commands.nobodyOnDuty;
  return [
    now,
    ...(leaving.length > 0 ? [commands.leavingDuty(await nameAll(leaving))] : []),
    ...(untilMs === null ? [] : [commands.dutyUntil(clockTime(untilMs, timeZone))]),
    ...(next ? [commands.nextOnDuty(await nameAll(next.people))] : []),
  ];
}

async function lookedFacts(looked: LookedUp, viewing: MessageViewing, nameAll: NameAll): Promise<string[]> {
  const { commands } = viewing.texts;
  if (looked.outcome === "unknown") return [commands.dutyUnknown(plainLine(looked.trouble, viewing))];
  const { people, atMs } = looked.answer;
  const now = people.length > 0 ? await nameAll(people) : commands.nobodyOnDuty;
  return [now, commands.dutyAsOf(clockTime(atMs, viewing.timeZone))];
}
