import {
  actorText,
  clockTime,
  type MessageViewing,
  plainLine,
  scopeText,
} from "../../../core/cards/index.ts";
import type { Cluster } from "../../../core/clusters/index.ts";
import { commandWords } from "../../../core/commands/index.ts";
import { actorName } from "../../../core/people/index.ts";
import type { Directory } from "../../../core/ports/index.ts";
import type { Rule } from "../../../core/rules/index.ts";
import {
  isThere,
  objectOfStop,
  type Stop,
  type StopScope,
  stopName,
  stopOfWords,
} from "../../../core/stops/index.ts";
import { actorNames } from "../../names.ts";
import { type ReleaseDeps, releaseHeld, type StopKeeper } from "../../stops/index.ts";
import type { Asked, ChatCommands, Prepared } from "../command.ts";
import type { Denier } from "../denied.ts";

export interface ChatStopDeps extends Omit<ReleaseDeps, "stops"> {
  stops: StopKeeper;
  rules: () => readonly Rule[];
  clusters: () => readonly Cluster[];
  directory: Pick<Directory, "nameOf">;
  denied: Denier;
}

/** Stopping all new starts, or some, and letting them go on. Everybody may see what is stopped. */
export function stopCommands(deps: ChatStopDeps): Pick<ChatCommands, "stops" | "stop" | "start"> {
  return {
    stops: { run: (asked) => list(asked, deps) },
    stop: {
      prepare: (asked) => prepare(asked, "stop", deps),
      run: (asked) => stop(asked, deps),
    },
    start: {
      prepare: (asked) => prepare(asked, "start", deps),
      run: (asked) => start(asked, deps),
    },
  };
}

async function list({ viewing }: Asked, { stops, directory }: ChatStopDeps): Promise<string> {
  const { stops: words } = viewing.texts.commands;
  const all = await stops.list();
  if (all.length === 0) return words.none;
  const naming = await namedIn(all, viewing, directory);
  return [words.title, ...all.map((one) => stopLine(one, naming))].join("\n");
}

/** `start` alone lifts the stop of everything. */
function orderOf(asked: Asked, id: "stop" | "start"): ReturnType<typeof stopOfWords> {
  const text = asked.args.text ?? "";
  return stopOfWords(id === "start" && text === "" ? "all" : text);
}

async function prepare(asked: Asked, id: "stop" | "start", deps: ChatStopDeps): Promise<Prepared> {
  const { viewing, args } = asked;
  const { stops: words, confirm } = viewing.texts.commands;
  const order = orderOf(asked, id);
  if (!order || (id === "stop" && order.why === "")) return { outcome: "answer", text: words.usage };
  const { scope, why } = order;
  // A stop of what is gone may still be lifted.
  if (id === "stop" && !isThere(scope, { rules: deps.rules(), clusters: deps.clusters() }))
    return { outcome: "answer", text: words.unknown(viewing.plain(scopeText(scope, viewing.texts))) };
  const refused = deniedOn(scope, asked, deps);
  if (refused !== null) return { outcome: "answer", text: refused };
  if (id === "start" && !(await isStopped(scope, deps)))
    return { outcome: "answer", text: words.notStopped(viewing.plain(scopeText(scope, viewing.texts))) };
  const title = `${commandWords(id, viewing.texts)} ${scopeText(scope, viewing.texts)}`;
  const rows = why === "" ? [] : [{ label: viewing.texts.labels.reason, value: why }];
  return { outcome: "ask", facts: { title, rows, text: confirm[id] }, args };
}

async function isStopped(scope: StopScope, { stops }: ChatStopDeps): Promise<boolean> {
  return (await stops.list()).some((one) => stopName(one.scope) === stopName(scope));
}

function deniedOn(scope: StopScope, asked: Asked, { rules, denied }: ChatStopDeps): string | null {
  const businessOf = (id: string) => rules().find((rule) => rule.id === id)?.business;
  return denied(asked, "stops.write", objectOfStop(scope, businessOf));
}

async function stop(asked: Asked, deps: ChatStopDeps): Promise<string> {
  const { viewing, actor } = asked;
  const { stops: words } = viewing.texts.commands;
  const order = orderOf(asked, "stop");
  if (!order) return words.usage;
  const refused = deniedOn(order.scope, asked, deps);
  if (refused !== null) return refused;
  const made = await deps.stops.order(order, actorName(actor));
  const line = stopLine(made.stop, await namedIn([made.stop], viewing, deps.directory));
  return made.outcome === "stopped" ? words.stopped(line) : words.before(line);
}

async function start(asked: Asked, deps: ChatStopDeps): Promise<string> {
  const { viewing, actor } = asked;
  const { stops: words } = viewing.texts.commands;
  const order = orderOf(asked, "start");
  if (!order) return words.usage;
  const refused = deniedOn(order.scope, asked, deps);
  if (refused !== null) return refused;
  const what = viewing.plain(scopeText(order.scope, viewing.texts));
  if (!(await deps.stops.lift(order.scope, actorName(actor)))) return words.notStopped(what);
  await releaseHeld(deps);
  return words.started(what);
}

/** The same viewing with the names of who has stopped these. */
async function namedIn(
  stops: readonly Stop[],
  viewing: MessageViewing,
  directory: ChatStopDeps["directory"],
): Promise<MessageViewing> {
  const nameOf = await actorNames(
    stops.map(({ by }) => by),
    directory,
  );
  return { ...viewing, nameOf };
}

/** What is stopped, by whom, since when and why. */
export function stopLine(
  { scope, by, at, why }: Stop,
  viewing: Pick<MessageViewing, "texts" | "timeZone" | "nameOf" | "plain">,
): string {
  return viewing.texts.commands.stops.line({
    what: viewing.plain(scopeText(scope, viewing.texts)),
    by: viewing.plain(actorText(by, viewing)),
    when: clockTime(Date.parse(at), viewing.timeZone),
    why: plainLine(why, viewing),
  });
}
