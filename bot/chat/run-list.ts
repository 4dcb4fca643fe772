import { type MessageViewing, plainLine } from "../../core/cards/index.ts";
import {
  type ActionAlias,
  type AliasFormat,
  type RunGrant,
  readableFormats,
  renderedParameter,
} from "../../core/runs/index.ts";

const MOST_LINES = 20;

/** What a person may run: actions, and the aliases that are written for them. */
export function listText(
  {
    grants,
    aliases,
    silent,
  }: { grants: readonly RunGrant[]; aliases: readonly ActionAlias[]; silent: readonly string[] },
  viewing: MessageViewing,
): string {
  const { runs, joins } = viewing.texts;
  if (grants.length === 0) return runs.none;
  const lines = aliases
    .filter((alias) => renderedParameter(alias) === null)
    .flatMap((alias) => aliasLines(alias, viewing));
  const left = lines.length - MOST_LINES;
  return [
    runs.title,
    ...grants.map(
      ({ id, title = id, actions }) => `> ${plainLine(joins.fact(title, actions.join(" ")), viewing)}`,
    ),
    runs.usage,
    ...(lines.length > 0 ? [runs.aliasesTitle] : []),
    ...lines.slice(0, MOST_LINES),
    ...(left > 0 ? [runs.more(left)] : []),
    ...silentLine(silent, viewing),
  ].join("\n");
}

function aliasLines(alias: ActionAlias, viewing: MessageViewing): string[] {
  const { action, description: about } = alias;
  const formats = [...new Set(readableFormats(alias).map(({ format }) => format))];
  return formats.map(({ display }) => {
    const line = viewing.texts.runs.aliasLine({ format: display, action, about: about.slice(0, 60) });
    return `> ${plainLine(line, viewing)}`;
  });
}

/** Formats, one on a line, as they are typed. */
export function nearText(formats: readonly AliasFormat[], viewing: MessageViewing): string {
  return formats.map(({ display }) => `> run ${plainLine(display, viewing)}`).join("\n");
}

/** That commands of clusters may be missing; nothing where all answered. */
export function silentLine(silent: readonly string[], viewing: MessageViewing): string[] {
  return silent.length > 0 ? [viewing.texts.runs.silent(plainLine(silent.join(" "), viewing))] : [];
}
