import type { Json } from "../../core/ids/index.ts";
import { isJsonObject, pick } from "../../core/ids/index.ts";
import type { FileKind, Path } from "./home-file.ts";
import type { Problem, Words } from "./problem.ts";
import { HIDDEN, isSecret, shownPath } from "./secrets.ts";

/** Where one value stands in its file. */
export interface Spot {
  line: number;
  column: number;
  /** Where its key stands; the value's own place in a list. */
  keyLine: number;
  keyColumn: number;
  /** `${NAME}` when the value came from the environment. */
  placeholder?: string;
  /** Column of the text's first character when it stands in one line as it is, without escapes. */
  textColumn?: number;
}

/** A file's content as plain data, with the place of every value. */
export interface Located {
  file: string;
  kind: FileKind;
  value: Json;
  spots: ReadonlyMap<string, Spot>;
}

/** Key of a path in `spots`. */
export function spotKey(path: Path): string {
  return JSON.stringify(path);
}

/** The place of a value, or of the nearest thing around it that is there. */
export function spotOf(located: Located, path: Path): Spot {
  for (let length = path.length; length >= 0; length -= 1) {
    const spot = located.spots.get(spotKey(path.slice(0, length)));
    if (spot) return spot;
  }
  return { line: 1, column: 1, keyLine: 1, keyColumn: 1 };
}

/** A problem with the value at a path. */
export function problemAt(located: Located, path: Path, words: Words): Problem {
  const { line, column } = spotOf(located, path);
  return { ...problemOf(located, path, words), line, column, value: shownValue(located, path) };
}

/** A problem with a key: that it is there at all. Its value is not shown. */
export function problemAtKey(located: Located, path: Path, words: Words): Problem {
  const { keyLine, keyColumn } = spotOf(located, path);
  return { ...problemOf(located, path, words), line: keyLine, column: keyColumn };
}

/** A problem at one character (counted from 1) of the text at a path, where that place can be told. */
export function problemInText(located: Located, path: Path, offset: number, words: Words): Problem {
  const problem = problemAt(located, path, words);
  const { textColumn } = spotOf(located, path);
  return textColumn === undefined ? problem : { ...problem, column: textColumn + offset - 1 };
}

/** A field that must be there and is not, told at the thing that lacks it. */
export function problemMissing(located: Located, path: Path): Problem {
  return problemAtKey(located, path, { zh: "缺少此字段", en: "this field is required" });
}

/**
 * Words of a core module about a value. Such a message may quote the value, so it is left out where the value
 * must not be shown.
 */
export function quotingWords(located: Located, path: Path, words: Words, message: string): Words {
  const hidden = spotOf(located, path).placeholder !== undefined;
  if (hidden || isSecret(located.kind, path, pick(located.value, path))) return words;
  return { zh: `${words.zh}：${message}`, en: `${words.en}: ${message}` };
}

function problemOf(located: Located, path: Path, words: Words): Problem {
  const field = fieldText(located.kind, path);
  return { file: located.file, line: 1, column: 1, field, value: "", message: words.zh, messageEn: words.en };
}

/** A path as people write it: `features[1].op`, `when["labels.alertname"]`. */
export function fieldText(kind: FileKind, path: Path): string {
  let text = "";
  for (const key of shownPath(kind, path)) {
    if (/^\d+$/.test(key)) text += `[${key}]`;
    else if (key === HIDDEN || /^[\p{L}\p{N}_-]+$/u.test(key)) text += text === "" ? key : `.${key}`;
    else text += `[${JSON.stringify(key)}]`;
  }
  return text;
}

/** The dotted path of another module's message, such as `features[1].value`, as keys. */
export function pathOfField(field: string): Path {
  return field.split(/[.[\]]+/).filter((key) => key !== "");
}

const MAX_SHOWN = 60;

function shownValue(located: Located, path: Path): string {
  const value = pick(located.value, path);
  if (value === undefined) return "";
  const { placeholder } = spotOf(located, path);
  if (placeholder !== undefined) return JSON.stringify(placeholder);
  if (Array.isArray(value)) return "[…]";
  if (isJsonObject(value)) return "{…}";
  if (isSecret(located.kind, path, value)) return `"${HIDDEN}"`;
  return shortened(JSON.stringify(value));
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= MAX_SHOWN ? text : `${characters.slice(0, MAX_SHOWN).join("")}…`;
}
