import type { Document, ParsedNode } from "yaml";
import { LineCounter, parseDocument } from "yaml";
import { yamlFaultWords } from "../../core/texts/index.ts";
import type { Environment, FileText } from "./home-file.ts";
import type { Located } from "./located.ts";
import { plainValue } from "./plain-value.ts";
import type { Problem, Words } from "./problem.ts";
import { mayShowKeys } from "./secrets.ts";

/** `problems` of a readable file are about single values; the rest of it can still be checked. */
export type YamlReading =
  | { outcome: "read"; located: Located; problems: Problem[] }
  | { outcome: "refused"; problems: Problem[] };

/**
 * Reads one YAML 1.2 file strictly: one document, no repeated keys, no aliases, no tags, no directives, no
 * numbers that would lose digits. `${NAME}` is replaced where it is a whole value.
 */
export function readYaml(source: FileText, env: Environment): YamlReading {
  const lines = new LineCounter();
  const document = parse(source.text, lines);
  if (document === null) return refusedAt(source.file, 1, 1, yamlFaultWords("TOO_DEEP"));
  const faults = syntaxProblems(source, document, lines);
  if (faults.length > 0) return { outcome: "refused", problems: faults };
  if (document.contents === null) return refusedAt(source.file, 1, 1, yamlFaultWords("EMPTY"));
  return { outcome: "read", ...plainValue(source, document.contents, { lines, env }) };
}

/** One slip often makes faults to the end of the file; the first of a line, and the first few, say enough. */
const MAX_FAULTS = 5;

type YamlDocument = Document.Parsed<ParsedNode>;

function parse(text: string, lineCounter: LineCounter): YamlDocument | null {
  try {
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      stringKeys: true,
      intAsBigInt: true,
      resolveKnownTags: false,
      merge: false,
    });
  } catch (error) {
    // The parser is recursive; nesting without end exhausts the stack.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function syntaxProblems(source: FileText, document: YamlDocument, lines: LineCounter): Problem[] {
  const firstOfLines = new Map<number, Problem>();
  for (const { code, pos } of [...document.errors, ...document.warnings]) {
    const named = code === "DUPLICATE_KEY" && mayShowKeys(source.kind);
    const field = named ? keyAt(source.text, pos[0]) : "";
    const { line, col } = lines.linePos(pos[0]);
    if (firstOfLines.has(line)) continue;
    const words = yamlFaultWords(code, { text: source.text, offset: pos[0] });
    firstOfLines.set(line, syntaxProblem(source.file, { line, column: col, field }, words));
  }
  const problems = [...firstOfLines.values()].slice(0, MAX_FAULTS);
  if (document.directives?.yaml.explicit) {
    problems.push(syntaxProblem(source.file, { line: 1, column: 1, field: "" }, yamlFaultWords("DIRECTIVE")));
  }
  return problems;
}

interface Place {
  line: number;
  column: number;
  field: string;
}

function syntaxProblem(file: string, place: Place, words: Words): Problem {
  return { file, ...place, value: "", message: words.zh, messageEn: words.en };
}

/** The key that starts at an offset, as far as it is a plain word. */
function keyAt(text: string, offset: number): string {
  return /^["']?([\p{L}\p{N}_.-]{1,60})/u.exec(text.slice(offset, offset + 80))?.[1] ?? "";
}

function refusedAt(file: string, line: number, column: number, words: Words): YamlReading {
  return { outcome: "refused", problems: [syntaxProblem(file, { line, column, field: "" }, words)] };
}
