import { startParams } from "../approvals/choices.ts";
import { shortfall } from "../approvals/quorum.ts";
import { needsReason } from "../approvals/reason.ts";
import { placesWords } from "../approvals/words.ts";
import { type Json, shortId } from "../ids/index.ts";
import { type Candidate, type CardRecord, isTerminal, type Origin, type Task } from "../tasks/index.ts";
import type { Texts } from "../texts/index.ts";
import type { ButtonsView, CardButton, CardLine, CardView, Tone } from "./card.ts";
import { choiceSelect, choicesCard } from "./choice-card.ts";
import { decidedBy, namesOf } from "./deciders.ts";
import { shorten } from "./shorten.ts";

/** What a card needs beside the task. */
export interface Viewing {
  texts: Texts;
  /** IANA name of the zone that times are shown in, for example `Asia/Shanghai`. */
  timeZone: string;
  /** Name of a userid. */
  nameOf: (userId: string) => string;
  /** Rows of the result, rendered from the rule's templates; empty before the end. */
  resultRows: readonly CardLine[];
}

/** The most rows WeCom shows (reference/wecom.md 3.5). */
const MAX_ROWS = 6;
const QUOTE_CHARACTERS = 240;
const TEXT_CHARACTERS = 160;
const PLAIN_WORD = /^[\p{L}\p{N}_.@/%+-]+$/u;

/** How a card looks for the task as it stands now. */
export function taskCard(task: Task, card: CardRecord, viewing: Viewing): CardView {
  if (card.purpose === "unknown" && task.state === "unknown") return unknownCard(task, viewing);
  const view = frame(task, viewing);
  if (task.state === "pending_approval") return askingCard(view, task, viewing);
  if (isTerminal(task.state)) return endedCard(view, task, viewing);
  return workingCard(view, task, viewing);
}

function frame(task: Task, { texts }: Viewing): ButtonsView {
  return {
    source: `${texts.brand} · ${task.business}`,
    tone: "neutral",
    title: taskTitle(task, texts),
    subtitle: task.event.title,
    rows: boundRows(task, texts),
    text: "",
    buttons: [],
  };
}

/** What a task is called: that it is a replay, what it does, on what. */
export function taskTitle({ origin, title, event }: Task, texts: Texts): string {
  return joined(markOf(origin, texts), title, event.subject);
}

/** What a task is besides what its rule made. */
function markOf({ kind }: Origin, texts: Texts): string {
  if (kind === "replay") return texts.replayed;
  if (kind === "renewed") return texts.renewed;
  return kind === "retry" ? texts.retried : "";
}

/** What the approval is bound to is always shown; the rule's own rows take what room is left. */
function boundRows(task: Task, texts: Texts): CardLine[] {
  const bound: CardLine[] = [{ label: texts.labels.action, value: task.action }];
  if (task.targets.length > 0) bound.push({ label: texts.labels.target, value: task.targets.join(" ") });
  return [...task.cardRows.slice(0, MAX_ROWS - bound.length), ...bound];
}

function askingCard(view: ButtonsView, task: Task, viewing: Viewing): CardView {
  const { texts } = viewing;
  const id = idLine(task, texts);
  // People find the task by its id, and by it the whole of what is too long for a card.
  const waiting = shorten(waitingText(task, viewing), TEXT_CHARACTERS - [...joined("…", id)].length - 3);
  const { choices = [] } = task;
  const [choice] = choices;
  if (choices.length > 1) {
    // It has no rows, so that what is bound to the approval is told in words.
    const bound = [task.action, ...task.targets, paramsText(task)].join(" ");
    const text = joined(shorten(bound, TEXT_CHARACTERS / 2), withRoom(task.event.title, joined(waiting, id)));
    return choicesCard(
      task,
      { source: view.source, title: view.title, tone: severityTone(task), text },
      texts,
    );
  }
  return {
    ...view,
    tone: severityTone(task),
    text: withRoom(task.cardText, joined(waiting, id)),
    quote: { title: texts.labels.params, text: shorten(paramsText(task), QUOTE_CHARACTERS) },
    ...(choice ? { select: choiceSelect(task, choice, texts) } : {}),
    buttons: [...decisionButtons(texts), ...offerButtons(task)],
  };
}

/** Until when it waits, for whom, and who has decided what so far. */
function waitingText(task: Task, { texts, nameOf, timeZone }: Viewing): string {
  const { approval } = task;
  const [timeoutMs, groups] = approval.mode === "people" ? [approval.timeoutMs, approval.groups] : [0, []];
  const approvedBy = namesOf(task, "approve", { texts, nameOf });
  const isPlain = groups.length === 1 && task.escalated === 0;
  return texts.waiting({
    until: task.deadlineAtMs === null ? null : clockTime(task.deadlineAtMs, timeZone),
    minutes: Math.max(1, Math.round(timeoutMs / 60_000)),
    needs: texts.wordsOf(placesWords(groups)),
    missing: approvedBy && !isPlain ? missingWords(task, texts) : "",
    approvedBy,
    rejectedBy: namesOf(task, "reject", { texts, nameOf }),
    reason: (["approve", "reject"] as const).filter((verdict) => needsReason(approval, verdict)),
  });
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

function workingCard(view: CardView, task: Task, viewing: Viewing): CardView {
  const { texts } = viewing;
  const refresh: CardButton = { key: "refresh", text: texts.buttons.refresh, tone: "neutral" };
  return {
    ...view,
    tone: "primary",
    subtitle: `${decidedBy(task, viewing)} · ${statusText(task, texts)}`,
    text: withRoom(task.event.title, idLine(task, texts)),
    buttons: [refresh],
  };
}

function statusText(task: Task, texts: Texts): string {
  // Approved is what the words before say already; what happens now is the start.
  if (task.state === "approved") return texts.states.starting;
  const status = task.execution?.status;
  return status && task.state === "running"
    ? `${texts.states.running} (${status})`
    : texts.states[task.state];
}

function endedCard(view: CardView, task: Task, viewing: Viewing): CardView {
  const { texts } = viewing;
  const state = texts.states[task.state];
  const took = task.execution?.elapsedSeconds;
  const subtitle = [decidedBy(task, viewing), state, took === undefined ? "" : seconds(took)];
  return {
    ...view,
    tone: task.state === "succeeded" ? "good" : task.state === "failed" ? "danger" : "neutral",
    subtitle: subtitle.filter(Boolean).join(" · "),
    rows: [...viewing.resultRows, ...boundRows(task, texts)].slice(0, MAX_ROWS),
    text: withRoom(joined(reasonText(task, texts), task.event.title), idLine(task, texts)),
    closed: state,
  };
}

function unknownCard(task: Task, viewing: Viewing): CardView {
  const { texts } = viewing;
  return {
    ...frame(task, viewing),
    tone: "danger",
    title: joined(markOf(task.origin, texts), texts.unknownTitle),
    subtitle: texts.unknownQuestion,
    text: joined(
      texts.unknownText(task.start ? shortRequest(task.start.requestId) : ""),
      idLine(task, texts),
    ),
    rows: [...candidateRows(task, viewing), ...boundRows(task, texts)].slice(0, MAX_ROWS),
    buttons: [
      ...candidatesOf(task).map(({ id }): CardButton => {
        return { key: `adopt:${id}`, text: `${texts.buttons.adopt} ${tailOfId(id)}`, tone: "primary" };
      }),
      { key: "again", text: texts.buttons.again, tone: "danger" },
      { key: "give_up", text: texts.buttons.giveUp, tone: "neutral" },
      { key: "refresh", text: texts.buttons.refresh, tone: "neutral" },
    ],
  };
}

/** WeCom takes six buttons, three of which are there always. */
const MOST_CANDIDATES = 3;

function candidatesOf({ candidates = [] }: Task): readonly Candidate[] {
  return candidates.slice(0, MOST_CANDIDATES);
}

/** What could be the start, by the end of its id as on the button, its state and when it began. */
function candidateRows(task: Task, { texts, timeZone }: Viewing): CardLine[] {
  return candidatesOf(task).map(({ id, status, startedAt }) => {
    const when = startedAt === undefined ? "" : clockTime(Date.parse(startedAt), timeZone);
    return { label: texts.labels.candidate, value: joined(tailOfId(id), status, when) };
  });
}

/** The beginnings of ids that StackStorm gave at the same time are alike. */
function tailOfId(id: string): string {
  return id.slice(-6);
}

/** A request id as people can compare it: the task's short id and the start's number. */
function shortRequest(requestId: string): string {
  const at = requestId.lastIndexOf("-");
  return `${shortId(requestId.slice(0, at))}${requestId.slice(at)}`;
}

/**
 * The parameters as people read them: plain words as they are, everything else as JSON, so that a text from an
 * event cannot look like another parameter.
 */
export function paramsText(task: Task): string {
  const entries = Object.entries(startParams(task));
  return entries.map(([key, value]) => `${key}: ${valueText(value)}`).join("; ");
}

function valueText(value: Json): string {
  return typeof value === "string" && PLAIN_WORD.test(value) ? value : JSON.stringify(value);
}

/** Why a task ended without running, with what the other side said. */
export function reasonText(task: Task, texts: Texts): string {
  const reason = texts.reasons[task.reason] ?? "";
  if (task.state === "canceled" && task.execution !== null) return texts.canceledOnly;
  const shown = task.state === "refused" || task.state === "gave_up" ? (task.message ?? "") : "";
  return [reason, shown].filter(Boolean).join(": ");
}

/** How many more people must approve, and of which group. */
export function missingWords(task: Task, texts: Texts): string {
  const { groups, ofStep } = shortfall(task);
  const words = texts.wordsOf(placesWords(groups));
  return ofStep === null ? words : texts.orEscalated(words, ofStep);
}

function severityTone(task: Task): Tone {
  return task.event.severity === "critical" || task.event.severity === "major" ? "danger" : "primary";
}

/** What the card ends with: how many more alerts it stands for, and the task's id. */
function idLine(task: Task, texts: Texts): string {
  const more = task.coalesced ? texts.coalesced(task.coalesced) : "";
  return joined(more, `${texts.labels.id} ${shortId(task.id)}`);
}

/** Free text is shortened, so that what must be read behind it stays whole. */
function withRoom(free: string | undefined, fixed: string): string {
  const room = TEXT_CHARACTERS - [...joined("-", fixed)].length + 1;
  return joined(shorten(free ?? "", Math.max(1, room)), fixed);
}

function joined(...parts: (string | undefined)[]): string {
  return parts.filter(Boolean).join(" · ");
}

/** A duration in seconds with at most one decimal. */
export function seconds(value: number): string {
  return `${Math.round(value * 10) / 10} s`;
}

/** Month, day and time of day in a zone. */
export function clockTime(ms: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat("zh-CN", {
    timeZone,
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  return format.format(ms);
}
