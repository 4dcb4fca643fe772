import type { JsonObject } from "../ids/index.ts";
import { findServerTemplate } from "../params/server-template.ts";

/** A command of chat as StackStorm stores it (reference/stackstorm.md 6.2). */
export interface ActionAlias {
  /** `pack.name`. */
  ref: string;
  /** Reference of the action that it runs. */
  action: string;
  description: string;
  formats: readonly AliasFormat[];
  /** Parameters that nobody may give, laid over what was typed. */
  immutable: JsonObject;
}

/** One way to write it. */
export interface AliasFormat {
  /** As help shows it. */
  display: string;
  /** What is compared with what was typed. */
  representations: readonly string[];
}

/** One part of a format: a word as it is, in lower case, or a hole that a value stands in. */
export type FormatPart = { word: string } | { hole: string; preset?: string };

/** A format that can be compared, or why not. */
export type ReadFormat =
  | { outcome: "read"; parts: readonly FormatPart[] }
  /** It is a regular expression, or a hole is part of a word: more than the subset that is understood. */
  | { outcome: "unsupported" };

const HOLE = /^\{\{\s*([A-Za-z_]\w*)\s*(?:=\s*(.*?))?\s*\}\}$/su;
/** What makes a regular expression of a word. A dot is a dot here: host names have some. */
const EXPRESSION = /[\\^$*+?()[\]|{}]/u;
const MOST_PARTS = 60;

/** Reads the subset that is understood: words, `{{name}}`, `{{name=preset}}`. */
export function readFormat(format: string): ReadFormat {
  const parts: FormatPart[] = [];
  for (const piece of piecesOf(format)) {
    const part = partOf(piece);
    if (part === null) return { outcome: "unsupported" };
    parts.push(part);
  }
  const isUsable = parts.length <= MOST_PARTS && parts.some((part) => "word" in part);
  return isUsable ? { outcome: "read", parts } : { outcome: "unsupported" };
}

/** Split at spaces, but for those within braces. */
function piecesOf(format: string): string[] {
  return format.match(/(?:\{\{[\s\S]*?\}\}|\S)+/gu) ?? [];
}

function partOf(piece: string): FormatPart | null {
  const hole = HOLE.exec(piece);
  if (hole?.[1] !== undefined) {
    const [, name, preset] = hole;
    return preset === undefined ? { hole: name } : { hole: name, preset: unquoted(preset) };
  }
  return EXPRESSION.test(piece) ? null : { word: piece.toLowerCase() };
}

function unquoted(text: string): string {
  return /^(["'])(.*)\1$/su.exec(text)?.[2] ?? text;
}

/** The parameter that StackStorm alone could render; null where there is none. Such an alias cannot be run from here. */
export function renderedParameter({ immutable }: Pick<ActionAlias, "immutable">): string | null {
  return findServerTemplate(immutable);
}
