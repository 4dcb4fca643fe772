import { type BatchCard, type BatchTally, BOXES_KEY } from "../batches/index.ts";
import { shortId } from "../ids/index.ts";
import type { RefusalReason, Task } from "../tasks/index.ts";
import type { Texts } from "../texts/index.ts";
import type { CardLine, CardView } from "./card.ts";
import { shorten } from "./shorten.ts";
import { clockTime, type Viewing } from "./task-card.ts";

/** Most characters of what a box says (reference/wecom.md 3.6). */
const BOX_CHARACTERS = 17;
const QUOTE_CHARACTERS = 240;
const ROW_CHARACTERS = 30;

/** How a batch's card looks for its tasks as they are now. */
export function batchCard(card: BatchCard, tasks: readonly Task[], viewing: Viewing): CardView {
  const open = tasks.filter(({ state }) => state === "pending_approval");
  const [first] = open.length > 0 ? open : tasks;
  const { texts } = viewing;
  const source = first ? `${texts.brand} · ${first.business}` : texts.brand;
  const title = texts.batch.title({ title: first?.title ?? "", count: tasks.length });
  if (card.purpose === "choose" && open.length > 0) return boxes(open, { source, title, texts });
  return {
    ...{ source, title, tone: open.length > 0 ? "danger" : "neutral" },
    subtitle: open.length > 0 ? texts.batch.open(open.length) : standing(tasks, texts),
    rows: first ? rowsOf(first, { tasks, texts }) : [],
    quote: { title: texts.labels.target, text: shorten(tasks.map(nameOf).join("\n"), QUOTE_CHARACTERS) },
    text: first && open.length > 0 ? untilText(open, viewing) : "",
    buttons: open.length > 0 ? buttons(open.length, texts) : [],
    ...(open.length > 0 ? {} : { closed: texts.batch.closed }),
  };
}

function boxes(
  open: readonly Task[],
  { source, title, texts }: { source: string; title: string; texts: Texts },
): CardView {
  const options = open.map((task) => ({ id: task.id, text: shorten(nameOf(task), BOX_CHARACTERS) }));
  return {
    ...{ source, title, tone: "primary" as const, text: texts.batch.choosing },
    boxes: { key: BOXES_KEY, options, ticked: [] },
    submit: { key: "chosen", text: texts.batch.chosen },
  };
}

function nameOf({ id, event, targets }: Task): string {
  return `${shortId(id)} ${(event.subject || targets.join(" ")).replace(/\s+/g, " ")}`;
}

function buttons(open: number, { batch, buttons: { refresh } }: Texts) {
  return [
    { key: "all", text: batch.all(open), tone: "primary" as const },
    { key: "none", text: batch.none(open), tone: "danger" as const },
    { key: "choose", text: batch.choose, tone: "neutral" as const },
    { key: "refresh", text: refresh, tone: "neutral" as const },
  ];
}

function rowsOf(first: Task, { tasks, texts }: { tasks: readonly Task[]; texts: Texts }): CardLine[] {
  return [
    { label: texts.labels.action, value: first.action },
    { label: texts.labels.alert, value: shorten(first.event.title, ROW_CHARACTERS) },
    { label: texts.labels.status, value: shorten(standing(tasks, texts), ROW_CHARACTERS) },
  ];
}

/** How many tasks stand where. */
function standing(tasks: readonly Task[], { states }: Texts): string {
  const by = Map.groupBy(tasks, ({ state }) => state);
  return [...by].map(([state, some]) => `${states[state]} ${some.length}`).join(" · ");
}

/** The first end of those that wait: each has its own. */
function untilText(open: readonly Task[], { texts, timeZone }: Viewing): string {
  const ends = open.flatMap(({ deadlineAtMs }) => deadlineAtMs ?? []);
  const until = ends.length === 0 ? null : clockTime(Math.min(...ends), timeZone);
  return texts.batch.waiting(until);
}

/** What is told to who has clicked on a batch's card: how many came out how. */
export function batchToldText(
  { id, verdict }: { id: string; verdict: "approve" | "reject" },
  tally: BatchTally,
  texts: Texts,
): string {
  const did = DONE[verdict].reduce((sum, reason) => sum + (tally.get(reason) ?? 0), 0);
  const counted = (tally.get("approved_by_person") ?? 0) + (tally.get("rejection_counted") ?? 0);
  const reasons = tally.get("reason_asked") ?? 0;
  const lines = [verdict === "approve" ? texts.batch.approved(did) : texts.batch.rejected(did)];
  if (counted > 0) lines.push(texts.batch.counted(counted));
  if (reasons > 0) lines.push(texts.batch.reasons(reasons, shortId(id)));
  for (const [reason, count] of tally) {
    const text = (texts.refusals as Partial<Record<string, string>>)[reason];
    if (text !== undefined) lines.push(texts.batch.refused(count, text));
  }
  return lines.join("\n");
}

const DONE = { approve: ["quorum_reached"], reject: ["rejected_by_person"] } as const;

/** Why a click on a batch's card did nothing. */
export function batchRefusedText(reason: RefusalReason | "nothing_open", texts: Texts): string {
  return reason === "nothing_open" ? texts.batch.nothingOpen : texts.refusals[reason];
}
