import type { Texts } from "../texts/index.ts";
import type { ButtonsView, CardOption, CardSelect, CardView } from "./card.ts";
import { joined, TEXT_CHARACTERS, withRoom } from "./parts.ts";
import { shorten } from "./shorten.ts";

/** Something that whoever approves chooses. */
export interface OfferedChoice {
  /** The question under which the chosen option comes back. */
  name: string;
  title: string;
  options: readonly CardOption[];
  /** Id of the option that is shown first; absent: people must choose. */
  preselected?: string;
}

/** Id of the option of a dropdown that nobody has touched: nothing is chosen. */
export const NOT_CHOSEN = "-";
/** Where a card has dropdowns only: the question whose options are `approve` and `reject`. No parameter is called so. */
export const DECISION_KEY = ":decision";
/** What the one button of such a card brings back. */
export const DECIDE_BUTTON = "decide";

/** What must be read behind whatever else a card of dropdowns says. */
interface Fixed {
  texts: Texts;
  waiting: string;
  id: string;
}

/** Half the room: the rest is for what the approval is bound to. */
const WAITING_CHARACTERS = TEXT_CHARACTERS / 2;

/**
 * The card with what its approver chooses: one choice above the buttons; more make a card of dropdowns, the last of
 * which is the decision, because such cards have no buttons. Nothing is preselected but what the choice says.
 */
export function withChoices(view: ButtonsView, choices: readonly OfferedChoice[], fixed: Fixed): CardView {
  const { texts, waiting, id } = fixed;
  const selects = choices.map((choice) => selectOf(choice, texts));
  const [select] = selects;
  if (!select) return view;
  if (selects.length === 1) return { ...view, select };
  const bound = joined(...view.rows.map(({ label, value }) => `${label} ${value}`), view.quote?.text);
  const { source, tone, title } = view;
  return {
    ...{ source, tone, title },
    text: withRoom(bound, joined(shorten(waiting, WAITING_CHARACTERS), id)),
    selects: [...selects, decisionSelect(texts)],
    submit: { key: DECIDE_BUTTON, text: texts.cards.submit },
  };
}

function selectOf({ name, title, options, preselected }: OfferedChoice, texts: Texts): CardSelect {
  if (preselected !== undefined) return { key: name, title, options, selected: preselected };
  return { key: name, title, options: [untouched(texts), ...options], selected: NOT_CHOSEN };
}

function decisionSelect(texts: Texts): CardSelect {
  const { approve, reject } = texts.buttons;
  const options = [untouched(texts), { id: "approve", text: approve }, { id: "reject", text: reject }];
  return { key: DECISION_KEY, title: texts.cards.decision, options, selected: NOT_CHOSEN };
}

function untouched(texts: Texts): CardOption {
  return { id: NOT_CHOSEN, text: texts.cards.pleaseChoose };
}
