import { type Choice, chosenOptions } from "../approvals/choices.ts";
import type { Task } from "../tasks/index.ts";
import type { Texts } from "../texts/index.ts";
import type { CardSelect, SelectsView } from "./card.ts";

/** The question of a card of dropdowns under which the decision comes back, and what each option of it means. */
export const DECISION_KEY = "decision";
/** No option of a choice has this id: it stands for none. */
const NOTHING = "-";

/** A dropdown for one choice: nothing is preselected that its rule does not name, and what is fixed is the only option. */
export function choiceSelect(
  task: Pick<Task, "choices" | "chosen">,
  choice: Choice,
  texts: Texts,
): CardSelect {
  const { name, title, options, preselected } = choice;
  const shown = options.map(({ id, text }) => ({ id, text }));
  const fixed = chosenOptions(task).find((one) => one.choice.name === name)?.option;
  if (fixed) return { key: name, title, options: [{ id: fixed.id, text: fixed.text }] };
  if (preselected !== undefined) return { key: name, title, options: shown, selected: preselected };
  return { key: name, title, options: [{ id: NOTHING, text: texts.choices.none }, ...shown] };
}

/** The card of a task with more choices than fit above buttons: the decision is one of its dropdowns. */
export function choicesCard(
  task: Task,
  head: Pick<SelectsView, "source" | "tone" | "title" | "text">,
  texts: Texts,
): SelectsView {
  const decision: CardSelect = {
    key: DECISION_KEY,
    title: texts.choices.decision,
    options: [
      { id: NOTHING, text: texts.choices.none },
      { id: "approve", text: texts.buttons.approve },
      { id: "reject", text: texts.buttons.reject },
    ],
  };
  const selects = (task.choices ?? []).map((choice) => choiceSelect(task, choice, texts));
  return { ...head, selects: [...selects, decision], submit: { key: "decide", text: texts.choices.submit } };
}
