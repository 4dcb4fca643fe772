/** The same sentence for people in Chinese and in English. */
export interface Words {
  zh: string;
  en: string;
}

/** One thing that is wrong in the configuration, and where. */
export interface Problem {
  /** Path below the home folder, with forward slashes. */
  file: string;
  /** Counted from 1. */
  line: number;
  column: number;
  /** Dotted path of the field, for example `features[1].op`; empty for the whole file. */
  field: string;
  /** The value as short text; empty when there is none to show. Secrets and substituted values never appear. */
  value: string;
  message: string;
  messageEn?: string;
}

/** The problems as lines for a terminal, in the order of file and line. */
export function formatProblems(problems: readonly Problem[]): string {
  return inOrder(problems).map(formatProblem).join("\n");
}

function formatProblem(problem: Problem): string {
  const { file, line, column, field, value, message, messageEn } = problem;
  const what = [field, value].filter((part) => part !== "").join(" = ");
  const english = messageEn === undefined ? "" : ` (${messageEn})`;
  return `${file}:${line}:${column}${what === "" ? "" : ` ${what}`}: ${message}${english}`;
}

/** Sorts by file, line and column, and keeps the first of several that stand at the same place. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const first = new Map<string, Problem>();
  for (const problem of problems) {
    const place = `${problem.file}:${problem.line}:${problem.column}:${problem.field}`;
    if (!first.has(place)) first.set(place, problem);
  }
  return [...first.values()].sort(
    (a, b) => compareText(a.file, b.file) || a.line - b.line || a.column - b.column,
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
