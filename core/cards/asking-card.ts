import { shortfall } from "../approvals/quorum.ts";
import { needsReason } from "../approvals/reason.ts";
import { placesWords } from "../approvals/words.ts";
import { shortId } from "../ids/index.ts";
import type { Task } from "../tasks/index.ts";
import type { Texts } from "../texts/index.ts";
import type { ButtonsView, CardButton, CardView, Tone } from "./card.ts";
import { choiceSelect, choicesCard } from "./choice-card.ts";
import { namesOf } from "./deciders.ts";
import {
  boundRows,
  clockTime,
  fitsRow,
  frame,
  idLine,
  joined,
  paramsText,
  QUOTE_CHARACTERS,
  TEXT_CHARACTERS,
  withRoom,
} from "./parts.ts";
import { retryText } from "./retry-text.ts";
import { shorten } from "./shorten.ts";
import type { Viewing } from "./viewing.ts";

/** The card that asks for an approval: all that it is bound to, why, until when, and whose it needs. */
export function askingCard(task: Task, viewing: Viewing): CardView {
  const { texts } = viewing;
  const id = idLine(task, texts);
  // People find the task by its id, and by it the whole of what is too long for a card.
  const waiting = shorten(waitingText(task, viewing), TEXT_CHARACTERS - [...joined("…", id)].length - 3);
  const view: ButtonsView = {
    ...frame(task, viewing),
    tone: severityTone(task),
    subtitle: joined(severityWord(task.event, texts), task.event.title),
    text: withRoom(task.cardText, joined(waiting, id)),
    quote: boundQuote(task, viewing),
    buttons: [...decisionButtons(texts), ...offerButtons(task)],
  };
  const [choice, ...others] = task.choices ?? [];
  if (!choice) return view;
  if (others.length === 0) return { ...view, select: choiceSelect(task, choice, texts) };
  const text = withRoom(boundText(task, viewing), joined(shorten(waiting, TEXT_CHARACTERS / 2), id));
  const { source, tone, title } = view;
  return choicesCard(task, { source, tone, title, text }, texts);
}

/** What is bound to the approval in words, for a card without rows. */
function boundText(task: Task, viewing: Viewing): string {
  const where = viewing.texts.cards.bound(task.clusters.join(" "));
  const rows = boundRows(task, viewing).map(({ label, value }) => `${label} ${value}`);
  return joined(...rows, where, paramsText(task, viewing));
}

/** The parameters and clusters, before them what no row holds; that something is cut is said. */
function boundQuote(task: Task, viewing: Viewing): NonNullable<ButtonsView["quote"]> {
  const { texts } = viewing;
  const clusters = task.clusters.join(" ");
  const targets = task.targets.join(" ");
  const long = [retryText(task, viewing), task.action, targets].filter((text) => !fitsRow(text));
  const whole = [...long, paramsText(task, viewing)].filter(Boolean).join("; ");
  const text = shorten(whole, QUOTE_CHARACTERS);
  const { bound, boundInPart } = texts.cards;
  const title = text === whole ? bound(clusters) : boundInPart({ clusters, id: shortId(task.id) });
  return { title, text };
}

/** Until when it waits, for whom, and who has decided what so far. */
export function waitingText(task: Task, { texts, nameOf, timeZone }: Viewing): string {
  const { approval } = task;
  const [timeoutMs, groups] = approval.mode === "people" ? [approval.timeoutMs, approval.groups] : [0, []];
  const approvedBy = namesOf(task, "approve", { texts, nameOf });
  const isPlain = groups.length === 1 && task.escalated === 0;
  const words = texts.waiting({
    until: task.deadlineAtMs === null ? null : clockTime(task.deadlineAtMs, timeZone),
    minutes: Math.max(1, Math.round(timeoutMs / 60_000)),
    needs: texts.wordsOf(placesWords(groups)),
    missing: approvedBy && !isPlain ? missingWords(task, texts) : "",
    approvedBy,
    rejectedBy: namesOf(task, "reject", { texts, nameOf }),
    reason: (["approve", "reject"] as const).filter((verdict) => needsReason(approval, verdict)),
  });
  const majority = approval.mode === "people" && approval.reject === "majority";
  return joined(words, majority ? texts.cards.majority : "");
}

/** How many more people must approve, and of which group. */
export function missingWords(task: Task, texts: Texts): string {
  const { groups, ofStep } = shortfall(task);
  const words = texts.wordsOf(placesWords(groups));
  return ofStep === null ? words : texts.orEscalated(words, ofStep);
}

function decisionButtons(texts: Texts): CardButton[] {
  return [
    { key: "approve", text: texts.buttons.approve, tone: "primary" },
    { key: "reject", text: texts.buttons.reject, tone: "danger" },
  ];
}

function offerButtons(task: Task): CardButton[] {
  return task.offers.map((offer) => ({ key: `offer:${offer.id}`, text: offer.title, tone: "neutral" }));
}

/** The colour of a severity; its word stands beside it. */
export function severityTone(task: Task): Tone {
  return task.event.severity === "critical" || task.event.severity === "major" ? "danger" : "primary";
}

/** The word for a severity; its own name where a task kept one that there is no word for. */
export function severityWord({ severity }: { severity: string }, { cards }: Texts): string {
  const words: Readonly<Record<string, string>> = cards.severities;
  return (Object.hasOwn(words, severity) ? words[severity] : undefined) ?? severity;
}
