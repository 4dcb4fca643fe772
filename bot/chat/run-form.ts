import type { ActionParameter, ActionSchema } from "../../core/actions/index.ts";
import { type MessageViewing, plainLine } from "../../core/cards/index.ts";
import { commandWords } from "../../core/commands/index.ts";

/** More lines than a person reads on a phone: the rest are those of the runner, which are seldom given. */
const MOST_LINES = 12;
const MOST_ABOUT = 60;

/** How an action is written, and each parameter that may be given: what must be first, then what has no words last. */
export function formLines({ action, parameters }: ActionSchema, viewing: MessageViewing): string[] {
  const { runs, joins } = viewing.texts;
  const { form } = runs;
  const open = [...parameters].filter(([, spec]) => !spec.immutable).sort(byNeed);
  const needed = open.filter(([, spec]) => spec.required);
  const written = [commandWords("run", viewing.texts), action, ...needed.map(([name]) => `${name}=…`)].join(
    " ",
  );
  const shown = open.slice(0, Math.max(MOST_LINES, needed.length));
  const left = open.length - shown.length;
  return [
    joins.fact(form.title, plainLine(written, viewing)),
    ...shown.map(([name, spec]) => `> ${parameterLine(name, spec, viewing)}`),
    ...(left > 0 ? [`> ${form.more(left)}`] : []),
  ];
}

function byNeed([, one]: [string, ActionParameter], [, other]: [string, ActionParameter]): number {
  return rank(one) - rank(other);
}

function rank({ required, about }: ActionParameter): number {
  if (required) return 0;
  return about === undefined ? 2 : 1;
}

function parameterLine(name: string, spec: ActionParameter, viewing: MessageViewing): string {
  const { joins, runs } = viewing.texts;
  const { form } = runs;
  const { types, required, secret, enum: choices, preset, about = "" } = spec;
  const facts = [
    types.join("|") || form.anyValue,
    required ? form.required : "",
    secret ? form.secret : "",
    choices ? form.oneOf(JSON.stringify(choices).slice(0, 100)) : "",
    preset === undefined || secret ? "" : form.preset(JSON.stringify(preset).slice(0, 60)),
  ].filter(Boolean);
  return plainLine(`${joins.aside(name, joins.list(facts))} ${about.slice(0, MOST_ABOUT)}`.trim(), viewing);
}
