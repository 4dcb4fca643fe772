import { type MessageViewing, plainLine } from "../../core/cards/index.ts";
import {
  COMMANDS,
  type CommandId,
  type CommandSpec,
  nearestWord,
  plainWord,
  specOf,
  wordsFor,
} from "../../core/commands/index.ts";
import { type Actor, authorise } from "../../core/people/index.ts";
import type { Asked } from "./command.ts";

/** Whether a person may use a command on anything. */
export function mayUse(actor: Actor, id: CommandId): boolean {
  const { right } = specOf(id);
  return right === null || authorise(actor, right, "some").outcome === "allowed";
}

/**
 * The answer to `help`: what the person may use, `run` where they may run something; or to `help COMMAND`, how it is
 * written.
 */
export function helpText(
  { actor, args, viewing }: Pick<Asked, "actor" | "args" | "viewing">,
  { mayRun }: { mayRun: boolean },
): string {
  const { commands } = viewing.texts;
  const usable = COMMANDS.filter(({ id }) => mayUse(actor, id));
  const word = args.word === undefined ? null : plainWord(args.word);
  const named = word === null ? [] : usable.filter((spec) => wordsFor(spec).includes(word));
  if (named.length > 0) {
    return named
      .map((spec) => `${line(spec, viewing)}\n${commands.alsoCalled(wordsFor(spec).join(" "))}`)
      .join("\n");
  }
  if (word !== null && args.word !== undefined && !COMMANDS.some((spec) => wordsFor(spec).includes(word)))
    return unknownText(
      args.word,
      nearestWord(word, (id) => mayUse(actor, id)),
      viewing,
    );
  const listed = usable.filter(({ id }) => id !== "run" || mayRun);
  return [commands.helpTitle, ...listed.map((spec) => line(spec, viewing)), commands.helpEnd].join("\n");
}

/** That there is no such command, and which was meant perhaps. */
export function unknownText(text: string, suggestion: string | null, viewing: MessageViewing): string {
  const { commands } = viewing.texts;
  const hint = suggestion === null ? "" : `\n${commands.didYouMean(suggestion)}`;
  return commands.unknown(plainLine(text.slice(0, 60), viewing)) + hint;
}

function line({ id, zh, en }: CommandSpec, { texts }: MessageViewing): string {
  const { args = "", does } = texts.commands.about[id];
  return texts.commands.helpLine({ zh: zh[0], en: en[0], args, does });
}
