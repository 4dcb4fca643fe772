import { ownText, plainWord } from "./normalise.ts";
import {
  type ArgKind,
  type ArgSpec,
  type Args,
  COMMANDS,
  type CommandId,
  type CommandSpec,
  wordsFor,
} from "./registry.ts";
import { nearestWord } from "./suggest.ts";
import { isFilterWord } from "./task-filter.ts";

export type ParsedCommand =
  | { outcome: "command"; id: CommandId; args: Args }
  /** Something is missing behind the word, or is none of what the command takes. */
  | { outcome: "needs_args"; id: CommandId; word: string }
  /** Nothing of their own: only a quotation, or nothing at all. */
  | { outcome: "nothing" }
  | { outcome: "unknown"; text: string; suggestion?: string };

/** More than that is no command that a person typed. */
const MOST_CHARACTERS = 4_000;
const GLUED = /^(\p{Script=Han}+)([a-z0-9]{2,52})$/u;

/**
 * Reads a message as a command, in either language. `usable` tells which commands the person may use: only those are
 * suggested for what is not understood.
 */
export function parseCommand(
  message: string,
  usable: (id: CommandId) => boolean = () => true,
): ParsedCommand {
  const own = ownText(message).slice(0, MOST_CHARACTERS);
  const words = own.split(/\s+/u).filter(Boolean);
  const [typed] = words;
  if (typed === undefined) return { outcome: "nothing" };
  const { word, rest } = headOf(plainWord(typed), words.slice(1));
  const named = COMMANDS.filter((command) => wordsFor(command).includes(word));
  for (const command of byWants(named, rest.length)) {
    const args = readArgs(command.args, rest);
    if (args?.line !== undefined) {
      const before = command.args.findIndex(({ kind }) => kind === "line");
      return { outcome: "command", id: command.id, args: { ...args, line: lineOf(own, word, before) } };
    }
    if (args) return { outcome: "command", id: command.id, args };
  }
  const asked = named.find(({ args }) => args.some(({ optional }) => !optional));
  if (asked) return { outcome: "needs_args", id: asked.id, word };
  const suggestion = nearestWord(word, usable);
  return { outcome: "unknown", text: words.join(" "), ...(suggestion ? { suggestion } : {}) };
}

/** On a phone the space between a Chinese word and an id is often left out. */
function headOf(word: string, rest: readonly string[]): { word: string; rest: readonly string[] } {
  const [, head, id] = GLUED.exec(word) ?? [];
  const isName = COMMANDS.some(({ zh }) => head !== undefined && zh.includes(head));
  return head !== undefined && id !== undefined && isName
    ? { word: head, rest: [id, ...rest] }
    : { word, rest };
}

/** With something behind the word, first the command that wants something; without, first one that wants nothing. */
function byWants(named: readonly CommandSpec[], given: number): readonly CommandSpec[] {
  const wants = ({ args }: CommandSpec) => args.filter(({ optional }) => !optional).length;
  return named.toSorted((one, other) => (given > 0 ? wants(other) - wants(one) : wants(one) - wants(other)));
}

/** The arguments, or null when one is missing or is none. What is left over behind the last is of no meaning. */
function readArgs(specs: readonly ArgSpec[], words: readonly string[]): Args | null {
  const args: Partial<Record<ArgKind, string>> = {};
  let at = 0;
  for (const { kind, optional } of specs) {
    const word = words[at];
    const value = word === undefined ? null : argOf(kind, words.slice(at));
    if (value !== null) args[kind] = value;
    else if (!optional) return null;
    at += 1;
  }
  return args;
}

/** What stands behind the command's word, which may be glued to it, and behind so many other words. */
function lineOf(own: string, word: string, before: number): string {
  const [typed = ""] = own.trim().split(/\s/u);
  const isGlued = plainWord(typed) !== word;
  const behind = own.trim().slice(isGlued ? word.length : typed.length);
  return behind.replace(new RegExp(`^(?:\\s*\\S+){${before}}`, "u"), "").trim();
}

const ALL = ["all", "全部", "所有"];

function argOf(kind: ArgKind, words: readonly string[]): string | null {
  const [word = ""] = words;
  switch (kind) {
    case "text":
    case "line":
      return words.join(" ");
    case "word":
      return word;
    case "event":
      return word.normalize("NFKC").replace(/^[#"'*]+|[.,"'*。，]+$/gu, "");
    case "task": {
      const id = plainWord(word);
      if (ALL.includes(id)) return "all";
      return isFilterWord(id) || !/^[\x21-\x7e]+$/.test(id) ? null : id;
    }
    default:
      return kind satisfies never;
  }
}
