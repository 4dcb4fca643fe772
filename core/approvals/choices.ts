import { hashOf, type Json, type JsonObject } from "../ids/index.ts";

/** One of the values that a choice allows. */
export interface ChoiceOption {
  /** Unique within its choice. */
  id: string;
  /** What people read. */
  text: string;
  value: Json;
}

/** A parameter that whoever approves chooses: the option's value becomes the parameter of this name. */
export interface Choice {
  /** Name of the parameter. */
  name: string;
  /** What people read. */
  title: string;
  options: readonly ChoiceOption[];
  /** Id of the option that cards show first; absent: people must choose. */
  preselected?: string;
}

/** The id of the chosen option by the name of its choice. */
export type Chosen = Readonly<Record<string, string>>;

/** WeCom's cards have three dropdowns at most (reference/wecom.md 3.6), one of which is the decision. */
export const MAX_CHOICES = 2;
/** A dropdown has at most ten options, one of which is "please choose" where none is preselected. */
export const MAX_OPTIONS = 10;
/** The most characters of an option that WeCom shows. */
export const MAX_OPTION_CHARACTERS = 16;

/** What a task carries of choices. */
export interface Choosing {
  choices?: readonly Choice[];
  /** What the first approval of this round has fixed; the others approve the same. */
  chosen?: Chosen;
}

/** What somebody's approval would fix, or why it cannot count. */
export type ChoiceOutcome =
  | { outcome: "chosen"; chosen?: Chosen }
  | { outcome: "refused"; reason: "choice_missing" | "choice_differs" };

/**
 * What an approval chooses, of what came with its click. Where an approval before has fixed the choice, one that came
 * without anything to choose means the same, and another one is refused.
 */
export function choiceOf({ choices = [], chosen }: Choosing, selected: Chosen | undefined): ChoiceOutcome {
  if (choices.length === 0) return { outcome: "chosen" };
  const named = choices.flatMap(({ name, options }) => {
    const id = selected?.[name];
    return id !== undefined && options.some((option) => option.id === id) ? [[name, id] as const] : [];
  });
  if (chosen && selected === undefined) return { outcome: "chosen", chosen };
  if (named.length < choices.length) return { outcome: "refused", reason: "choice_missing" };
  const wanted = Object.fromEntries(named);
  const differs = chosen && named.some(([name, id]) => chosen[name] !== id);
  return differs ? { outcome: "refused", reason: "choice_differs" } : { outcome: "chosen", chosen: wanted };
}

/** What an approval is bound to beside the content: which options it fixed. The content's hash where none is offered. */
export function approvedHash(hash: string, { choices = [], chosen = {} }: Choosing): string {
  return choices.length === 0 ? hash : hashOf({ content: hash, chosen });
}

/** The chosen options, in the order of the choices; of what is not chosen nothing. */
export function chosenOptions({
  choices = [],
  chosen = {},
}: Choosing): { choice: Choice; option: ChoiceOption }[] {
  return choices.flatMap((choice) => {
    const option = choice.options.find(({ id }) => id === chosen[choice.name]);
    return option ? [{ choice, option }] : [];
  });
}

/** The parameters that are sent: those rendered, and the chosen value of each choice. */
export function startParams(run: Choosing & { params: JsonObject }): JsonObject {
  const values = chosenOptions(run).map(({ choice, option }) => [choice.name, option.value] as const);
  return { ...run.params, ...Object.fromEntries(values) };
}
