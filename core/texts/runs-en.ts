import type { RunTexts } from "./runs-texts.ts";

export const runsEn: RunTexts = {
  mark: "By hand",
  notify: "Tells",
  origin: ({ by, command }) => `${by} asked for it by hand${command === "" ? "" : `: ${command}`}`,
  waits: "asked for, and waits for approval; you will be told what comes of it",
  starts: (isHeld) =>
    isHeld
      ? "needs no approval under its policy; a stop is in force, so that it starts once that is lifted (send stops to see it); you will be told what comes of it"
      : "starts at once under a policy; you will be told what comes of it",
  title: "What you may run by hand:",
  none: "there is nothing that you may run by hand: runs.yaml says who may run what, or the right tasks.run does",
  unchecked: "WeCom's contacts cannot be read now, nor what you may run: please send it again later",
  usage:
    "write: run pack.action name=value …, such as run disk.show host=vm-1; quotes around spaces, lists and objects as JSON",
  aliasesTitle: "This may be written behind run, too:",
  aliasLine: ({ format, action, about }) => `${format} (${action}) ${about}`,
  more: (count) => `and ${count} more; run with an action's name alone shows its parameters`,
  silent: (clusters) => `the clusters ${clusters} do not answer, so that commands of theirs may be missing`,
  noMatch: (text) => `there is no such command: ${text}`,
  near: (formats) => `did you mean:\n${formats}`,
  ambiguous: "several commands fit; be more exact, or write the action itself:",
  stray: (word) => `behind an action comes name=value: ${word}`,
  twice: (name) => `the parameter ${name} is given twice`,
  unclosed: (sign) => `${sign} is never closed`,
  immutable: (name) => `this command has the parameter ${name} fixed: it cannot be given`,
  rendered: ({ alias, name }) =>
    `the fixed parameter ${name} of the command ${alias} is a template for StackStorm, so that it cannot be run from here: write the action itself`,
  missing: (names) => `missing: ${names}`,
  form: {
    title: "How it is written",
    required: "required",
    preset: (value) => `default ${value}`,
    oneOf: (values) => `one of ${values}`,
    anyValue: "any value",
    secret: "secret",
    more: (count) => `and ${count} parameters that are seldom given`,
  },
};
