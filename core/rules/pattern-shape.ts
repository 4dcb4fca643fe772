/** What a regular expression says in plain text. */
export interface PatternShape {
  /** What a text must begin with, contain or end with to match. */
  at: "start" | "anywhere" | "end" | "whole";
  literal: string;
  /** Whether that is all that it says, so that no engine is needed. */
  exact: boolean;
  /** The pattern for what follows the literal at a text's start, where it can be asked by itself. */
  tail?: string;
}

interface Literal {
  text: string;
  /** Where the pattern goes on, in characters. */
  next: number;
}

/**
 * The plain text in a pattern that compiles: `^vm-`, `\.log$`, `oom`, `^prod$` say nothing else, `^vm-\d+` asks
 * for it before the rest. Null when nothing plain can be told. When in doubt it tells less, never more.
 */
export function patternShape(source: string): PatternShape | null {
  // Alternatives need nothing that stands before or after them, and a flag changes what letters mean.
  if (!source.isWellFormed() || /[|]|\(\?/.test(source)) return null;
  const anchored = source.startsWith("^");
  const literal = literalAt(source, anchored ? 1 : 0);
  const rest = source.slice(literal.next);
  if (rest === "$") return { at: anchored ? "whole" : "end", literal: literal.text, exact: true };
  if (rest === "") return { at: anchored ? "start" : "anywhere", literal: literal.text, exact: true };
  if (literal.text === "") return null;
  const plain = { at: anchored ? "start" : "anywhere", literal: literal.text, exact: rest === ".*" } as const;
  return anchored && !LOOKS_BACK.test(rest) ? { ...plain, tail: `^${rest}` } : plain;
}

/** Word boundaries, `\A`, `\Q` and a `^` that does not begin a class. */
const LOOKS_BACK = /\\[bBAQ]|(?:^|[^[]|\\\[)\^/;

const META = "\\^$.[]|()?*+{}";

/** The characters that stand for themselves from a place on. */
function literalAt(source: string, from: number): Literal {
  let text = "";
  let next = from;
  while (next < source.length) {
    const one = charAt(source, next);
    if (one === null) break;
    const following = source[next + one.length] ?? "";
    if ("?*{+".includes(following) && following !== "") break;
    text += one.char;
    next += one.length;
  }
  return { text, next };
}

/** The one character that stands for itself at a place, and how much it takes of the pattern. */
function charAt(source: string, at: number): { char: string; length: number } | null {
  const char = String.fromCodePoint(source.codePointAt(at) ?? 0);
  if (char !== "\\") return META.includes(char) ? null : { char, length: char.length };
  const escaped = source[at + 1] ?? "";
  return META.includes(escaped) || escaped === "-" || escaped === "/" ? { char: escaped, length: 2 } : null;
}
