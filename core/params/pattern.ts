import { RE2JS } from "re2js";
import { errorText } from "../errors.ts";

/** Longest pattern that is compiled, in characters. */
export const MAX_PATTERN_CHARS = 1000;

/** A regular expression that takes time linear in the text, whatever it says. */
export interface Pattern {
  readonly source: string;
  /** Whether it is found anywhere in the text. */
  test(text: string): boolean;
  /**
   * The text with every place where it is found replaced; in the replacement `$1` and `${name}` stand for
   * groups. Throws a `RangeError` on a result longer than so many characters, and on a group that is not there.
   */
  replaceAll(text: string, replacement: string, maxChars: number): string;
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
    const replaceAll: Pattern["replaceAll"] = (...given) => replaced(compiled, ...given);
    // `RE2JS.test` looks at what it was given before, which takes as long as a short match.
    const engine = compiled.re2();
    return { outcome: "compiled", pattern: { source, test: (text) => engine.match(text), replaceAll } };
  } catch (error) {
    return { outcome: "invalid", ...patternFault(source, error) };
  }
}

const GROUP = /\$(?:(\d{1,2})|\{(\w+)\}|(\$))/g;

function replaced(pattern: RE2JS, text: string, replacement: string, maxChars: number): string {
  let chars = text.length;
  return pattern.matcher(text).replaceAll((...found: unknown[]) => {
    const groups = groupsOf(found);
    const part = replacement.replace(GROUP, (_, number, name, dollar) => {
      return dollar ?? groupText(groups, number ?? name);
    });
    chars += part.length;
    if (chars > maxChars) throw new RangeError(`the result is longer than ${maxChars} characters`);
    return part;
  });
}

/** As JavaScript hands them to a replacing function: the match, its groups, place, text and named groups. */
function groupsOf(found: readonly unknown[]): Map<string, unknown> {
  const place = found.findIndex((one, index) => index > 0 && typeof one === "number");
  const named = found[place + 2];
  const byNumber = found.slice(0, place).map((one, number): [string, unknown] => [String(number), one]);
  return new Map([...byNumber, ...Object.entries(named ?? {})]);
}

function groupText(groups: ReadonlyMap<string, unknown>, name: string): string {
  if (!groups.has(name)) throw new RangeError(`the pattern has no group ${name}`);
  return String(groups.get(name) ?? "");
}

function patternFault(source: string, error: unknown): { message: string; column: number } {
  const { error: problem, input } = error as { error?: unknown; input?: unknown };
  if (typeof problem !== "string") return { message: errorText(error), column: 1 };
  const at = typeof input === "string" ? source.indexOf(input) : -1;
  const near = at >= 0 ? ` near ${JSON.stringify(source.slice(at, at + 20))}` : "";
  return { message: `${problem}${near}`, column: Math.max(at, 0) + 1 };
}
