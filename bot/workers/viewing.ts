import { startParams } from "../../core/approvals/index.ts";
import type { CardLine, MessageViewing } from "../../core/cards/index.ts";
import { type Secrecy, type ShownRun, type ShowRun, showingRuns } from "../../core/pages/index.ts";
import { compileTemplate } from "../../core/params/index.ts";
import { personNamed } from "../../core/people/index.ts";
import type { Archive, Directory, Journal } from "../../core/ports/index.ts";
import { holdOf, type Task } from "../../core/tasks/index.ts";
import { textsOf } from "../../core/texts/index.ts";
import type { Languages } from "../languages/index.ts";
import { namesOf } from "../names.ts";

export interface ViewingDeps {
  directory: Directory;
  journal: Journal;
  archive: Archive;
  languages: Pick<Languages, "of">;
  timeZone: string;
  secrecy: Secrecy;
  /** Makes text of events and people plain in the channel's markup. */
  plain: (text: string) => string;
  /** The address of a task's page; null, or absent, where pages have none that people can reach. */
  linkOf?: (taskId: string) => string | null;
}

/** Reads what cards and messages about a task need beside the task, in the language of whom they are for. */
export type Viewer = (task: Task | null, to?: readonly string[]) => Promise<MessageViewing>;

export function createViewer(deps: ViewingDeps): Viewer {
  const { directory, languages, timeZone, plain, linkOf } = deps;
  const showing = showingRuns(deps.secrecy);
  return async (task, to = []) => {
    const shown = showingOnce(task, showing);
    const told = task ? [asked(task), stopper(task), ...task.decisions, ...task.history] : [];
    const people = told.flatMap(({ by, onBehalfOf }) => [by ?? [], onBehalfOf ?? []].flat());
    return {
      texts: textsOf(await languages.of(to)),
      timeZone,
      // Whatever a message tells of a task goes through here.
      plain: task ? (text) => plain(shown(task).hide(text)) : plain,
      nameOf: await namesOf(people, directory),
      shown,
      ...(linkOf ? { linkOf } : {}),
      resultRows: task ? await resultRows(task, deps) : [],
    };
  };
}

/** A message hides in each of its texts, and most are about one task: what is shown of that is found out once. */
function showingOnce(task: Task | null, showing: ShowRun): ShowRun {
  let own: ShownRun | null = null;
  return (run) => {
    if (run !== task) return showing(run);
    own ??= showing(run);
    return own;
  };
}

/** Who asked for it, where somebody did. */
function asked({ origin }: Task): { by?: string; onBehalfOf?: string } {
  return origin.kind === "rule" || origin.by === null ? {} : { by: origin.by };
}

/** Who has stopped it. */
function stopper(task: Task): { by?: string; onBehalfOf?: string } {
  const by = personNamed(holdOf(task)?.stop.by ?? "");
  return by === null ? {} : { by };
}

/** The rule's result rows over the event and the result; a row that cannot be rendered is left out. */
async function resultRows(task: Task, { journal, archive }: ViewingDeps): Promise<CardLine[]> {
  const result = task.execution?.result;
  if (result === undefined || task.report.rows.length === 0) return [];
  const event = (await journal.event(task.eventId)) ?? (await archive.get(task.eventId)) ?? task.event;
  return task.report.rows.flatMap(({ label, value }) => {
    const compiled = compileTemplate(value);
    if (compiled.outcome !== "compiled") return [];
    const rendered = compiled.template.render({ ...event, result, params: startParams(task) });
    if (rendered.outcome !== "rendered") return [];
    const text = typeof rendered.value === "string" ? rendered.value : JSON.stringify(rendered.value);
    return [{ label, value: text }];
  });
}
