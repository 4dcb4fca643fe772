import { RE2JS } from "re2js";
import { errorText } from "../errors.ts";

/** Longest pattern that is compiled, in characters. */
export const MAX_PATTERN_CHARS = 1000;

/** A regular expression that takes time linear in the text, whatever it says. */
export interface Pattern {
  readonly source: string;
  /** Whether it is found anywhere in the text. */
  test(text: string): boolean;
}

export type CompiledPattern =
  | { outcome: "compiled"; pattern: Pattern }
  | { outcome: "invalid"; message: string; column: number };

/**
 * Compiles a pattern in RE2 syntax (no look-around, no back-references), also with JavaScript's spellings of
 * named groups and `\uXXXX`. Refused patterns are told with the column, from 1, where that is known.
 */
export function compilePattern(source: string): CompiledPattern {
  if (source.length > MAX_PATTERN_CHARS) {
    return { outcome: "invalid", message: `is longer than ${MAX_PATTERN_CHARS} characters`, column: 1 };
  }
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(source));
    return { outcome: "compiled", pattern: { source, test: (text) => compiled.test(text) } };
  } catch (error) {
    return { outcome: "invalid", ...patternFault(source, error) };
  }
}

function patternFault(source: string, error: unknown): { message: string; column: number } {
  const { error: problem, input } = error as { error?: unknown; input?: unknown };
  if (typeof problem !== "string") return { message: errorText(error), column: 1 };
  const at = typeof input === "string" ? source.indexOf(input) : -1;
  const near = at >= 0 ? ` near ${JSON.stringify(source.slice(at, at + 20))}` : "";
  return { message: `${problem}${near}`, column: Math.max(at, 0) + 1 };
}
