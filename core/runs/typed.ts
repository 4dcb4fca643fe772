import type { Json, JsonObject } from "../ids/index.ts";
import { typedWords } from "./words.ts";

/** What a person typed behind `run`, as far as it can be told without knowing the aliases. */
export type TypedRun =
  | { outcome: "nothing" }
  /** An action by its reference, with its parameters. */
  | { outcome: "action"; action: string; parameters: JsonObject }
  /** An action's reference, and behind it something that is no `name=value`. */
  | { outcome: "stray"; action: string; word: string }
  | { outcome: "twice"; name: string }
  | { outcome: "unclosed"; sign: string }
  /** Words that an alias may be written with. */
  | { outcome: "words" };

const ACTION = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]+$/;

/** Reads `pack.action name=value …`. */
export function typedRun(text: string): TypedRun {
  const read = typedWords(text);
  if (read.outcome === "unclosed") return read;
  const [head, ...rest] = read.words;
  if (!head) return { outcome: "nothing" };
  const { value: action, name, whole } = head;
  const isAction = typeof action === "string" && name === undefined && !whole && ACTION.test(action);
  if (!isAction) return { outcome: "words" };
  const stray = rest.find((word) => word.name === undefined);
  if (stray) return { outcome: "stray", action, word: text.slice(stray.from, stray.to) };
  return pairsOf(action, rest);
}

function pairsOf(action: string, words: readonly { name?: string; value: Json }[]): TypedRun {
  const given = new Map<string, Json>();
  for (const { name = "", value } of words) {
    if (given.has(name)) return { outcome: "twice", name };
    given.set(name, value);
  }
  return { outcome: "action", action, parameters: Object.fromEntries(given) };
}
