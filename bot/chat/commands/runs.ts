import { type MessageViewing, plainLine } from "../../../core/cards/index.ts";
import { taskLine } from "../../../core/commands/index.ts";
import { isChatOpsError } from "../../../core/errors.ts";
import type { JsonObject } from "../../../core/ids/index.ts";
import {
  type ActionAlias,
  type AliasMatch,
  actionFits,
  grantFor,
  type Matching,
  matchAliases,
  type RunDesk,
  type RunGrant,
  type RunGrants,
  renderedParameter,
  typedRun,
} from "../../../core/runs/index.ts";
import type { AliasBook } from "../../runs/index.ts";
import { countStopped, type StopKeeper } from "../../stops/index.ts";
import type { Asked, ChatCommands } from "../command.ts";
import { formLines } from "../run-form.ts";
import { listText, nearText, silentLine } from "../run-list.ts";

export interface ChatRunDeps {
  desk: RunDesk & RunGrants;
  aliases: AliasBook;
  /** Those in force. */
  grants: () => readonly RunGrant[];
  stops: Pick<StopKeeper, "refresh" | "current">;
}

/** `run ACTION name=value …` and `run` with words of an alias; `run` alone lists what its person may run. */
export function runCommands(deps: ChatRunDeps): Pick<ChatCommands, "run"> {
  return { run: { run: (asked) => run(asked, deps) } };
}

async function run(asked: Asked, deps: ChatRunDeps): Promise<string> {
  const text = (asked.args.line ?? "").trim();
  const { runs } = asked.viewing.texts;
  const shown = (part: string) => plainLine(part.slice(0, 100), asked.viewing);
  const typed = typedRun(text);
  switch (typed.outcome) {
    case "nothing":
      return listed(asked, deps);
    case "action":
      return ordered(asked, { action: typed.action, parameters: typed.parameters }, deps);
    case "twice":
      return runs.twice(shown(typed.name));
    case "unclosed":
      return runs.unclosed(shown(typed.sign));
    case "words":
      return byAlias(text, asked, deps);
    case "stray":
      // An alias may well begin with a word that looks like an action.
      return byAlias(text, asked, deps, `${runs.stray(shown(typed.word))}\n${runs.usage}`);
    default:
      return typed satisfies never;
  }
}

async function listed({ by, viewing }: Asked, { desk, aliases }: ChatRunDeps): Promise<string> {
  const [usable, page] = await Promise.all([usableBy(by, desk), aliases.current()]);
  if (usable === null) return viewing.texts.runs.unchecked;
  const fits = ({ action }: ActionAlias) => grantFor(usable, action) !== null;
  return listText({ grants: usable, aliases: page.aliases.filter(fits), silent: page.silent }, viewing);
}

/** Null while the directory cannot say. */
async function usableBy(by: string, desk: RunGrants): Promise<readonly RunGrant[] | null> {
  try {
    return await desk.usableBy(by);
  } catch (error) {
    if (!isChatOpsError(error)) throw error;
    return null;
  }
}

/** First among aliases whose actions may be run by hand at all, so that others cannot make them ambiguous. */
async function byAlias(text: string, asked: Asked, deps: ChatRunDeps, instead?: string): Promise<string> {
  const { aliases, silent } = await deps.aliases.current();
  const patterns = deps.grants().flatMap(({ actions }) => actions);
  const granted = aliases.filter(({ action }) => patterns.some((pattern) => actionFits(pattern, action)));
  const first = matchAliases(text, granted);
  const matching = first.outcome === "none" ? matchAliases(text, aliases) : first;
  const isNone = matching.outcome === "none";
  if (isNone && instead !== undefined) return instead;
  const near = isNone && first.outcome === "none" ? first.near : [];
  const answer = await meant(isNone ? { ...matching, near } : matching, { text, asked }, deps);
  return isNone ? [answer, ...silentLine(silent, asked.viewing)].join("\n") : answer;
}

async function meant(
  matching: Matching,
  { text, asked }: { text: string; asked: Asked },
  deps: ChatRunDeps,
): Promise<string> {
  const { viewing } = asked;
  const { runs } = viewing.texts;
  const shown = (part: string) => plainLine(part.slice(0, 100), viewing);
  switch (matching.outcome) {
    case "match":
      return aliased(matching, { text, asked }, deps);
    case "incomplete":
      return [runs.missing(shown(matching.missing.join(" "))), nearText([matching.format], viewing)].join(
        "\n",
      );
    case "ambiguous":
      return [runs.ambiguous, ...matching.matches.map((one) => ambiguousLine(one, viewing))].join("\n");
    case "twice":
      return runs.twice(shown(matching.name));
    case "unclosed":
      return runs.unclosed(shown(matching.sign));
    case "none": {
      const near = matching.near.length > 0 ? [runs.near(nearText(matching.near, viewing))] : [runs.usage];
      return [runs.noMatch(shown(text)), ...near].join("\n");
    }
    default:
      return matching satisfies never;
  }
}

function ambiguousLine({ alias, format }: AliasMatch, viewing: MessageViewing): string {
  const line = viewing.texts.joins.aside(format.display, alias.action);
  return `> ${plainLine(line, viewing)}`;
}

/** What an alias has fixed is laid over what was typed; nobody may give it. */
async function aliased(
  { alias, parameters }: AliasMatch,
  { text, asked }: { text: string; asked: Asked },
  deps: ChatRunDeps,
): Promise<string> {
  const { runs } = asked.viewing.texts;
  const plain = (part: string) => plainLine(part, asked.viewing);
  const rendered = renderedParameter(alias);
  if (rendered !== null) return runs.rendered({ alias: plain(alias.ref), name: plain(rendered) });
  const fixed = Object.keys(alias.immutable).find((name) => Object.hasOwn(parameters, name));
  if (fixed !== undefined) return runs.immutable(plain(fixed));
  const whole = { ...parameters, ...alias.immutable };
  return ordered(asked, { action: alias.action, parameters: whole, command: text }, deps);
}

interface Ordered {
  action: string;
  parameters: JsonObject;
  command?: string;
}

async function ordered(
  { by, key, viewing }: Asked,
  order: Ordered,
  { desk, stops }: ChatRunDeps,
): Promise<string> {
  const { texts } = viewing;
  const answer = await desk.ask({ ...order, by, via: "chat", key });
  if (answer.outcome === "made") {
    const { task } = answer;
    const { waits, starts } = texts.runs;
    const said = task.approval.mode === "people" ? waits : starts((await countStopped([task], stops)) > 0);
    return `${taskLine(task, viewing)}\n${said}`;
  }
  const why = plainLine(texts.wordsOf(answer.words), viewing);
  const form = answer.schema ? formLines(answer.schema, viewing) : [];
  return [why, ...form].join("\n");
}
