import { rejecters } from "../approvals/quorum.ts";
import { MAX_REASON_CHARACTERS } from "../approvals/reason.ts";
import { shortId } from "../ids/index.ts";
import { type Effect, type NoticeAbout, renewedOrigin, type Task } from "../tasks/index.ts";
import { missingWords } from "./asking-card.ts";
import { decidedBy } from "./deciders.ts";
import { seconds, taskTitle } from "./parts.ts";
import { outputText } from "./result-text.ts";
import { shorten } from "./shorten.ts";
import { reasonText } from "./task-card.ts";
import type { Viewing } from "./viewing.ts";

/** Viewing for messages, whose markup the channel must be able to neutralise. */
export interface MessageViewing extends Viewing {
  /** Makes text of events and people plain in the channel's markup. */
  plain: (text: string) => string;
}

const OUTPUT_CHARACTERS = 1200;
const OUTPUT_LINES = 40;

/** Text of events and people on one line, so that none of it looks like a line of ours. */
export function plainLine(text: string, { plain }: Pick<MessageViewing, "plain">): string {
  return plain(text.replace(/[\r\n\u0085\u2028\u2029]+/g, " "));
}

/** What a list or a heading shows of a title, or of what it is about: somebody's monitor may have written pages. */
const TITLE_CHARACTERS = 60;

/** A title on one line, shortened as a card shortens it. */
export function titleLine(title: string, viewing: Pick<MessageViewing, "plain">): string {
  return plainLine(shorten(title, TITLE_CHARACTERS), viewing);
}

/** The message that tells how a task ended. */
export function reportText(task: Task, viewing: MessageViewing): string {
  const { texts } = viewing;
  const colour = task.state === "succeeded" ? "info" : "warning";
  const out = [
    `**${titleLine(taskTitle(task, texts), viewing)}** <font color="${colour}">${texts.states[task.state]}</font>`,
  ];
  const facts: [string, string][] = [
    [texts.labels.alert, shorten(task.event.title, TITLE_CHARACTERS)],
    [texts.labels.action, [task.action, ...task.targets].join(" ")],
    [texts.labels.by, decidedBy(task, viewing, MAX_REASON_CHARACTERS)],
    [texts.labels.reason, reasonText(task, texts)],
  ];
  const took = task.execution?.elapsedSeconds;
  if (took !== undefined) facts.push([texts.labels.took, seconds(took)]);
  for (const row of viewing.resultRows) facts.push([row.label, row.value]);
  for (const [label, value] of facts) if (value) out.push(factLine(label, value, viewing));
  if (viewing.resultRows.length === 0 || task.state !== "succeeded") out.push(...outputPart(task, viewing));
  if (task.reason === "binding_void") out.push(renewedOrigin(task) ? texts.judgedAnew : texts.askAnew);
  out.push(`${texts.labels.id} ${shortId(task.id)}`);
  return out.join("\n");
}

/** One fact of a task as a quoted line. */
export function factLine(label: string, value: string, viewing: MessageViewing): string {
  return `> ${viewing.texts.joins.fact(plainLine(label, viewing), plainLine(value, viewing))}`;
}

function outputPart(task: Task, { texts, plain, shown: shownRun }: MessageViewing): string[] {
  if (!task.execution) return [];
  // Hidden as a whole: line by line, or cut, a secret of several lines would stay.
  const whole = shownRun(task)
    .hide(outputText(task.execution.result ?? null))
    .trimEnd();
  if (!whole) return [];
  const tail = tailOf(whole);
  const shown = tail.split("\n").map((line) => plain(line));
  return tail.length < whole.length ? [texts.moreOutput(`logs ${shortId(task.id)}`), ...shown] : shown;
}

/** The last lines that fit a message. */
export function tailOf(text: string): string {
  const lines = text.trimEnd().split("\n").slice(-OUTPUT_LINES);
  while (lines.length > 1 && [...lines.join("\n")].length > OUTPUT_CHARACTERS) lines.shift();
  return [...lines.join("\n")].slice(-OUTPUT_CHARACTERS).join("");
}

/** The first lines that fit a message. */
export function headOf(text: string): string {
  const lines = text.trimEnd().split("\n").slice(0, OUTPUT_LINES);
  while (lines.length > 1 && [...lines.join("\n")].length > OUTPUT_CHARACTERS) lines.pop();
  return [...lines.join("\n")].slice(0, OUTPUT_CHARACTERS).join("");
}

/** The answer to a click that did nothing, or did its part. */
export function replyText(
  task: Task,
  about: Extract<Effect, { kind: "reply" }>["about"] | "reason_taken",
  viewing: MessageViewing,
): string {
  const title = titleLine(task.title, viewing);
  return viewing.texts.joins.fact(withId(title, task, viewing), saidOf(task, about, viewing));
}

function saidOf(task: Task, about: Parameters<typeof replyText>[1], viewing: MessageViewing): string {
  const { texts } = viewing;
  if (about === "approval_counted") return texts.counted(missingWords(task, texts));
  if (about === "rejection_counted") return texts.rejectionCounted(rejecters(task).length);
  if (about === "reason_taken") return texts.reasonTaken;
  if (about === "reason_asked") return texts.reasonAsked(shortId(task.id));
  if (about === "offer_taken") return texts.offerTaken;
  const standing = [decidedBy(task, viewing), texts.states[task.state]].filter(Boolean).join(" · ");
  return texts.joins.aside(texts.refusals[about], plainLine(standing, viewing));
}

function withId(title: string, { id }: Task, { texts }: MessageViewing): string {
  return texts.joins.aside(title, `${texts.labels.id} ${shortId(id)}`);
}

/** What is told about a task that is no end of it. */
export function noticeText(
  task: Task,
  about: Extract<Effect, { kind: "notice" }>["about"],
  viewing: MessageViewing & { nowMs: number },
): string {
  const head = withId(`**${titleLine(task.title, viewing)}**`, task, viewing);
  return viewing.texts.joins.fact(head, noticed(task, about, viewing));
}

function noticed(
  task: Task,
  about: Parameters<typeof noticeText>[1],
  viewing: Parameters<typeof noticeText>[2],
): string {
  const since = about === "stuck" ? stillSinceMs(task) : beganAtMs(task);
  const minutes = Math.max(1, Math.round((viewing.nowMs - since) / 60_000));
  return plainNotice(task, about, { viewing, minutes });
}

function beganAtMs(task: Task): number {
  return task.start?.intentAtMs ?? task.updatedAtMs;
}

/** Since when the execution is in its status. */
function stillSinceMs(task: Task): number {
  const last = task.history.findLast(({ reason }) => reason === "execution_moved");
  return Math.max(last?.atMs ?? 0, beganAtMs(task));
}

function plainNotice(
  task: Task,
  about: NoticeAbout,
  { viewing, minutes }: { viewing: MessageViewing; minutes: number },
): string {
  const { texts } = viewing;
  const line = (text = "") => plainLine(text, viewing);
  switch (about) {
    case "stuck":
      return texts.stuck({ status: line(task.execution?.status), minutes, id: shortId(task.id) });
    case "doubled":
      return texts.doubled({ followed: line(task.execution?.id), ids: line(task.doubles?.join(" ")) });
    case "control_refused":
      return texts.controlRefused(line(task.message));
    case "control_lost":
      return texts.controlLost(line(task.message));
    case "not_asked_again":
      return texts.notAskedAgain;
    default:
      return about satisfies never;
  }
}
