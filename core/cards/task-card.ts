import { type CardRecord, isTerminal, type Task, type TaskState } from "../tasks/index.ts";
import type { Texts } from "../texts/index.ts";
import { askingCard } from "./asking-card.ts";
import { type ButtonsView, type CardView, withoutSecrets } from "./card.ts";
import { decidedBy } from "./deciders.ts";
import { holdText } from "./hold-text.ts";
import { clockTimeOf, frame, idLine, joined, refreshButton, rowsOf, seconds, withRoom } from "./parts.ts";
import { progressLine } from "./progress-text.ts";
import { unknownCard } from "./unknown-card.ts";
import type { Viewing } from "./viewing.ts";

/** How a card looks for the task as it stands now. What is secret of what it runs stands nowhere on it. */
export function taskCard(task: Task, card: CardRecord, viewing: Viewing): CardView {
  return withoutSecrets(viewOf(task, card, viewing), viewing.shown(task).hide);
}

function viewOf(task: Task, card: CardRecord, viewing: Viewing): CardView {
  if (card.purpose === "unknown" && task.state === "unknown") return unknownCard(task, viewing);
  if (task.state === "pending_approval") return askingCard(task, viewing);
  if (isTerminal(task.state)) return endedCard(task, viewing);
  return workingCard(task, viewing);
}

function workingCard(task: Task, viewing: Viewing): ButtonsView {
  const { texts } = viewing;
  return {
    ...frame(task, viewing),
    tone: task.state === "held" ? "neutral" : "primary",
    subtitle: joined(decidedBy(task, viewing), statusText(task, texts)),
    text: withRoom(
      joined(waitText(task, viewing), progressText(task, viewing), task.event.title),
      idLine(task, texts),
    ),
    buttons: [refreshButton(texts)],
  };
}

/** What an approved task waits for before it starts. */
function waitText(task: Task, viewing: Viewing): string {
  return task.state === "approved" ? reasonText(task, viewing.texts) : holdText(task, viewing);
}

/** Since when it runs, how far it is, how often StackStorm has begun it, and what was asked of it. */
function progressText(task: Task, { texts, timeZone, progress }: Viewing): string {
  const { execution, attempts = [], control } = task;
  const since = clockTimeOf(execution?.startedAt, timeZone);
  return joined(
    since && texts.cards.startedAt(since),
    progressLine(progress, texts),
    attempts.length > 0 ? texts.cards.attempt(attempts.length + 1) : "",
    control ? texts.cards.controlAsked(texts.controls[control.what]) : "",
  );
}

function statusText(task: Task, texts: Texts): string {
  // Approved is what the words before say already; what happens now is the start.
  if (task.state === "approved") return texts.states.starting;
  const status = task.execution?.status;
  return status && task.state === "running" && status !== texts.states.running
    ? `${texts.states.running} (${status})`
    : texts.states[task.state];
}

const BAD_ENDS: readonly TaskState[] = ["failed", "timeout", "abandoned"];

function endedCard(task: Task, viewing: Viewing): ButtonsView {
  const { texts } = viewing;
  const state = texts.states[task.state];
  const took = task.execution?.elapsedSeconds;
  const by = decidedBy(task, viewing);
  // Who rejected says already how it ended.
  const ended = task.state === "rejected" && by !== "" ? "" : state;
  return {
    ...frame(task, viewing),
    tone: task.state === "succeeded" ? "good" : BAD_ENDS.includes(task.state) ? "danger" : "neutral",
    subtitle: joined(by, ended, took === undefined ? "" : seconds(took)),
    rows: rowsOf(task, viewing, viewing.resultRows),
    text: withRoom(joined(reasonText(task, texts), task.event.title), idLine(task, texts)),
    closed: state,
  };
}

/** Why a task ended without running, with what the other side said. */
export function reasonText(task: Task, texts: Texts): string {
  const reason = texts.reasons[task.reason] ?? "";
  if (task.state === "canceled" && task.execution !== null) return texts.canceledOnly;
  const shown = task.state === "refused" || task.state === "gave_up" ? (task.message ?? "") : "";
  return [reason, shown].filter(Boolean).join(": ");
}
