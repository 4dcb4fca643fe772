import { notifyRoutes } from "../gateway/notify-body.ts";
import { type Json, shortId } from "../ids/index.ts";
import type { Origin, Task } from "../tasks/index.ts";
import type { Texts } from "../texts/index.ts";
import { zoneFormatters } from "../time/index.ts";
import type { ButtonsView, CardButton, CardLine } from "./card.ts";
import { valueText } from "./param-value.ts";
import { retryText } from "./retry-text.ts";
import { shorten } from "./shorten.ts";
import type { Viewing } from "./viewing.ts";

/** The most rows WeCom shows (reference/wecom.md 3.5). */
const MAX_ROWS = 6;
/** What every channel shows of a row (reference/wecom.md 4.4). */
export const VALUE_CHARACTERS = 26;
export const QUOTE_CHARACTERS = 240;
export const TEXT_CHARACTERS = 160;

/** What the card of a task has in every state. */
export function frame(task: Task, viewing: Viewing): ButtonsView {
  const { texts, linkOf } = viewing;
  const link = linkOf?.(task.id) ?? null;
  return {
    source: `${texts.brand} · ${task.business}`,
    tone: "neutral",
    title: taskTitle(task, texts),
    subtitle: task.event.title,
    rows: rowsOf(task, viewing),
    text: "",
    buttons: [],
    ...(link === null ? {} : { link, links: [{ text: texts.cards.details, url: link }] }),
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
  if (kind === "run") return texts.runs.mark;
  return kind === "retry" ? texts.retried : "";
}

/**
 * What the approval is bound to, and who asked, is always shown, as the last rows; those of the moment and then the
 * rule's own take what room is left.
 */
export function rowsOf(task: Task, viewing: Naming, moment: readonly CardLine[] = []): CardLine[] {
  const bound = boundRows(task, viewing);
  return [...[...moment, ...task.cardRows].slice(0, MAX_ROWS - bound.length), ...bound];
}

type Naming = Pick<Viewing, "texts" | "nameOf" | "shown">;

/** The rows of what the approval is bound to, and of who asked. */
export function boundRows(task: Task, viewing: Naming): CardLine[] {
  const { texts, nameOf } = viewing;
  const { origin, action, targets } = task;
  const bound: CardLine[] = [];
  if (origin.kind !== "rule" && (origin.by !== null || origin.kind !== "renewed")) {
    const value = origin.by === null ? texts.cards.machine : nameOf(origin.by);
    bound.push({ label: texts.cards.asker, value });
  }
  const retry = retryText(task, viewing);
  if (retry !== "") bound.push({ label: texts.retries.label, value: retry });
  bound.push({ label: texts.labels.action, value: action });
  if (task.notify) bound.push({ label: texts.runs.notify, value: notifyRoutes(task.notify) || "StackStorm" });
  if (targets.length > 0) bound.push({ label: texts.labels.target, value: targetsText(targets, texts) });
  return bound;
}

/** All targets where a row holds them, else how many there are and the first. */
export function targetsText(targets: readonly string[], texts: Texts): string {
  const all = targets.join(" ");
  if (fitsRow(all) || targets.length === 1) return all;
  return texts.cards.targets({ count: targets.length, first: all });
}

export function fitsRow(text: string): boolean {
  return [...text].length <= VALUE_CHARACTERS;
}

/**
 * The parameters as people read them: plain words as they are, everything else as JSON, so that a text from an
 * event cannot look like another parameter.
 */
export function paramsText(task: Task, { shown }: Pick<Viewing, "shown">): string {
  return paramWords(shown(task).params);
}

/** Some parameters, as `paramsText` has them. */
export function paramWords(params: { readonly [name: string]: Json }): string {
  const entries = Object.entries(params);
  return entries.map(([key, value]) => `${key}: ${valueText(value)}`).join("; ");
}

/** What the card ends with: how many more alerts it stands for, and the task's id. */
export function idLine(task: Task, texts: Texts): string {
  const more = task.coalesced ? texts.coalesced(task.coalesced) : "";
  return joined(more, `${texts.labels.id} ${shortId(task.id)}`);
}

/** Free text is shortened, so that what must be read behind it stays whole. */
export function withRoom(free: string | undefined, fixed: string): string {
  const room = TEXT_CHARACTERS - [...joined("-", fixed)].length + 1;
  return joined(shorten(free ?? "", Math.max(1, room)), fixed);
}

export function joined(...parts: (string | undefined)[]): string {
  return parts.filter(Boolean).join(" · ");
}

export function refreshButton(texts: Texts): CardButton {
  return { key: "refresh", text: texts.buttons.refresh, tone: "neutral" };
}

/** A duration in seconds with at most one decimal. */
export function seconds(value: number): string {
  return `${Math.round(value * 10) / 10} s`;
}

const formatterOf = zoneFormatters("zh-CN", {
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** Month, day and time of day in a zone. */
export function clockTime(ms: number, timeZone: string): string {
  return formatterOf(timeZone).format(ms);
}

/** The same of a time as StackStorm writes it; empty where there is none. */
export function clockTimeOf(time: string | undefined, timeZone: string): string {
  const ms = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(ms) ? "" : clockTime(ms, timeZone);
}
