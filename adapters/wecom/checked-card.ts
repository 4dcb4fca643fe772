import type { CardView } from "../../core/cards/index.ts";
import { checkCard } from "./card-limits.ts";
import type { TemplateCard } from "./card-model.ts";
import { type Rendering, renderCardFor } from "./card-render.ts";
import { refusedBySender } from "./errors.ts";

/** A view as a card that its channel takes. Throws `wecom.card_invalid` naming what it does not. */
export function checkedCard(view: CardView, rendering: Rendering): TemplateCard {
  const card = renderCardFor(view, rendering);
  const [first] = checkCard(card, rendering.channel, rendering);
  if (first) throw refusedBySender("wecom.card_invalid", `the card's ${first.path} ${first.rule}`);
  return card;
}
