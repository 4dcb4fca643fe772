/** What is told of runs that people ask for by hand, in one language. */
export interface RunTexts {
  /** Stands before the title of such a task. */
  mark: string;
  /** Row label, at most 5 characters: where StackStorm itself tells the end. */
  notify: string;
  /** How such a task came to be; `command` is empty where it was no alias. */
  origin: (facts: { by: string; command: string }) => string;
  /** Behind the line of the new task. */
  waits: string;
  /** `isHeld`: a stop is in force that keeps it from starting. */
  starts: (isHeld: boolean) => string;
  /** The list of what a person may run. */
  title: string;
  none: string;
  /** Where it cannot be looked up now. */
  unchecked: string;
  usage: string;
  aliasesTitle: string;
  aliasLine: (facts: { format: string; action: string; about: string }) => string;
  more: (count: number) => string;
  silent: (clusters: string) => string;
  /** What was typed means nothing, several things, or not enough. */
  noMatch: (text: string) => string;
  near: (formats: string) => string;
  ambiguous: string;
  stray: (word: string) => string;
  twice: (name: string) => string;
  unclosed: (sign: string) => string;
  immutable: (name: string) => string;
  rendered: (facts: { alias: string; name: string }) => string;
  missing: (names: string) => string;
  /** How an action is written with its parameters. */
  form: {
    title: string;
    required: string;
    preset: (value: string) => string;
    oneOf: (values: string) => string;
    anyValue: string;
    secret: string;
    more: (count: number) => string;
  };
}
