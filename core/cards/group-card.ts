import { BOXES_KEY, lastHeld } from "../batches/batch.ts";
import { hashOf, type Json, shortId } from "../ids/index.ts";
import { isTerminal, type Task, type TaskState } from "../tasks/index.ts";
import type { Texts } from "../texts/index.ts";
import { severityTone, waitingText } from "./asking-card.ts";
import type { BoxesView, ButtonsView, CardOption } from "./card.ts";
import { holdText } from "./hold-text.ts";
import {
  fitsRow,
  joined,
  paramWords,
  QUOTE_CHARACTERS,
  refreshButton,
  targetsText,
  withRoom,
} from "./parts.ts";
import type { Viewing } from "./viewing.ts";

/** Tasks of one rule that one card asks about; at least one. */
export type GroupTasks = readonly [Task, ...Task[]];

/**
 * The card that asks about many tasks of one rule: all, none, or one by one. It says what they have in common and lists
 * them with what differs, as far as there is room; how many are not listed is said. When none waits any more it is
 * closed and counts how they stand.
 */
export function groupCard(tasks: GroupTasks, viewing: Viewing): ButtonsView {
  const waiting = tasks.filter(({ state }) => state === "pending_approval");
  const [first, ...others] = waiting;
  if (!first) return settledGroupCard(tasks, viewing);
  const { texts } = viewing;
  const { batch } = texts;
  const until = { ...first, deadlineAtMs: firstDeadline(waiting) };
  return {
    ...groupFrame(tasks, texts),
    tone: severityTone(first),
    text: withRoom(joined(countsText(tasks, texts), texts.cards.group.each), waitingText(until, viewing)),
    quote: listOf([first, ...others], viewing),
    buttons: [
      { key: "all", text: batch.all(waiting.length), tone: "primary" },
      { key: "none", text: batch.none(waiting.length), tone: "danger" },
      { key: "choose", text: batch.choose, tone: "neutral" },
      refreshButton(texts),
    ],
  };
}

/** Each of them has its own; the first is when people must have decided. */
function firstDeadline(waiting: readonly Task[]): number | null {
  const ends = waiting.flatMap(({ deadlineAtMs }) => deadlineAtMs ?? []);
  return ends.length === 0 ? null : Math.min(...ends);
}

/** The same without anything to click: how its tasks stand, and what holds them. */
export function settledGroupCard(
  tasks: GroupTasks,
  viewing: Pick<Viewing, "texts" | "nameOf" | "timeZone">,
): ButtonsView {
  const { texts } = viewing;
  const held = lastHeld(tasks);
  return {
    ...groupFrame(tasks, texts),
    text: withRoom(held && holdText(held, viewing), countsText(tasks, texts)),
    buttons: [],
    closed: texts.batch.closed,
  };
}

function groupFrame(tasks: GroupTasks, texts: Texts) {
  const [first] = tasks;
  const subjects = [...new Set(tasks.map(({ event }) => event.subject))];
  const action = { label: texts.labels.action, value: first.action };
  return {
    source: `${texts.brand} · ${first.business}`,
    tone: "neutral" as const,
    title: texts.batch.title({ title: first.title, count: tasks.length }),
    subtitle: first.event.title,
    rows: [action, { label: texts.labels.target, value: targetsText(subjects, texts) }],
  };
}

/** How many of them wait, and how the others stand. */
function countsText(tasks: GroupTasks, texts: Texts): string {
  const { group } = texts.cards;
  const open = tasks.filter(({ state }) => state === "pending_approval").length;
  if (open === tasks.length) return "";
  const counts = new Map<TaskState, number>();
  for (const { state } of tasks) {
    if (state !== "pending_approval") counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  // Ends first: what is not over is looked at again.
  const states = [...counts].sort(([one], [other]) => Number(isTerminal(other)) - Number(isTerminal(one)));
  const words = states.map(([state, count]) => `${texts.states[state]} ${count}`).join(" · ");
  const settled = group.settled({ count: tasks.length - open, counts: words });
  return joined(open > 0 ? texts.batch.open(open) : "", settled);
}

/** What the tasks have in common, then each with what it has alone; as many as fit. */
function listOf(
  tasks: GroupTasks,
  viewing: Pick<Viewing, "texts" | "shown">,
): { title: string; text: string } {
  const { texts, shown } = viewing;
  const { group } = texts.cards;
  const common = commonParams(tasks, shown);
  const [first] = tasks;
  const action = fitsRow(first.action) ? "" : first.action;
  const head = joined(action, common.length > 0 ? group.common(paramWords(Object.fromEntries(common))) : "");
  const shared = new Set(common.map(([name]) => name));
  const entries = tasks.map((task) => entryOf(task, shared, shown));
  const parts = head ? [head] : [];
  let listed = 0;
  for (const entry of entries) {
    if ([...[...parts, entry].join("; ")].length > QUOTE_CHARACTERS) break;
    parts.push(entry);
    listed += 1;
  }
  const left = tasks.length - listed;
  const clusters = first.clusters.join(" ");
  return { title: group.list({ count: tasks.length, left, clusters }), text: parts.join("; ") };
}

function commonParams(tasks: GroupTasks, shown: Viewing["shown"]): [string, Json][] {
  const [first] = tasks;
  return Object.entries(shown(first).params).filter(([name]) => {
    const hash = hashOf(first.params[name] ?? null);
    return tasks.every(({ params }) => Object.hasOwn(params, name) && hashOf(params[name] ?? null) === hash);
  });
}

/** One task of a list: its id, its targets, and parameters of its own that do not just name a target. */
function entryOf(task: Task, shared: ReadonlySet<string>, shown: Viewing["shown"]): string {
  const { id, targets, event } = task;
  const own = Object.entries(shown(task).params).filter(([name, value]) => {
    return !shared.has(name) && !(typeof value === "string" && targets.includes(value));
  });
  const words = own.length > 0 ? `(${paramWords(Object.fromEntries(own))})` : "";
  return [shortId(id), targets.join(" ") || event.subject, words].filter(Boolean).join(" ");
}

/** What clients show of one box. */
const BOX_CHARACTERS = 17;

/** The card on which one person ticks which of some tasks to approve; nothing is ticked before. */
export function chooseCard(tasks: GroupTasks, { texts, shown }: Pick<Viewing, "texts" | "shown">): BoxesView {
  const [first] = tasks;
  const params = commonParams(tasks, shown);
  const common = params.length > 0 ? texts.cards.group.common(paramWords(Object.fromEntries(params))) : "";
  const action = `${texts.labels.action} ${first.action}`;
  return {
    source: `${texts.brand} · ${first.business}`,
    tone: severityTone(first),
    title: first.title,
    text: withRoom(joined(action, common), texts.batch.choosing),
    boxes: { key: BOXES_KEY, options: tasks.map(boxOf), ticked: [] },
    submit: { key: "chosen", text: texts.batch.chosen },
  };
}

/** The end of a name is what tells machines apart. */
function boxOf({ id, targets, event }: Task): CardOption {
  const short = shortId(id);
  const name = [...(targets.join(" ") || event.subject)];
  const room = BOX_CHARACTERS - [...short].length - 1;
  const shown = name.length <= room ? name.join("") : `…${name.slice(1 - room).join("")}`;
  return { id, text: `${short} ${shown}` };
}
