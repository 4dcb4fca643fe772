import type { CardView } from "./card.ts";
import { type MessageViewing, plainLine } from "./messages.ts";
import { joined } from "./parts.ts";

/** What a card says, in words: for where no card can be shown, or where one cannot be changed any more. */
export function cardWords(view: CardView, viewing: Pick<MessageViewing, "plain" | "texts">): string {
  const { joins } = viewing.texts;
  const shown = "rows" in view ? view : null;
  const closed = "closed" in view ? view.closed : undefined;
  const { title = "", text = "" } = shown?.quote ?? {};
  const lines = [
    joined(shown?.subtitle, closed),
    view.text,
    ...(shown?.rows ?? []).map(({ label, value }) => joins.fact(label, value)),
    title === "" || text === "" ? text : joins.fact(title, text),
  ];
  const quoted = lines.filter(Boolean).map((line) => `> ${plainLine(line, viewing)}`);
  const link = "link" in view && view.link ? [view.link] : [];
  return [`**${plainLine(view.title, viewing)}**`, ...quoted, ...link].join("\n");
}
