import { decidedBy, shorten, taskTitle } from "../../../core/cards/index.ts";
import { shortId } from "../../../core/ids/index.ts";
import type { ShowRun } from "../../../core/pages/index.ts";
import type { Directory } from "../../../core/ports/index.ts";
import type { Task } from "../../../core/tasks/index.ts";
import { namesOf } from "../../names.ts";
import type { Guest } from "../guest.ts";
import { type Html, html, type Part } from "../html.ts";
import { taskPath } from "../return-path.ts";
import type { Site } from "../site.ts";
import { statePart } from "../task-parts.ts";
import { TITLE_CHARACTERS, table, timePart } from "./parts.ts";

export interface TaskRowDeps {
  site: Pick<Site, "base">;
  directory: Pick<Directory, "nameOf">;
  /** What may be seen of what tasks run. */
  shown: ShowRun;
  timeZone: string;
}

/** When a task came into the state that it is in. */
export function movedAtMs({ history, updatedAtMs }: Task): number {
  return history.at(-1)?.atMs ?? updatedAtMs;
}

/** Tasks as rows that lead to their pages. */
export async function taskTable(
  tasks: readonly Task[],
  { texts }: Pick<Guest, "texts">,
  deps: TaskRowDeps & { when: "made" | "ended" },
): Promise<Html> {
  const { timeZone, when } = deps;
  const { columns } = texts.console;
  const { rows } = texts.page;
  const people = tasks.flatMap(({ decisions }) =>
    decisions.flatMap(({ by, onBehalfOf = by }) => [by, onBehalfOf]),
  );
  const nameOf = await namesOf(people, deps.directory);
  const heads = [
    columns.task,
    rows.state,
    rows.rule,
    columns.cluster,
    when === "made" ? columns.made : rows.ended,
    rows.decided,
  ];
  const lines = tasks.map((task): Part[] => {
    const { hide } = deps.shown(task);
    const at = when === "made" ? task.createdAtMs : movedAtMs(task);
    return [
      taskLink(task, { title: hide(taskTitle(task, texts)), base: deps.site.base }),
      statePart(task, texts),
      html`<code>${task.ruleId}</code>`,
      task.execution?.cluster ?? task.clusters.join(" "),
      timePart(at, timeZone),
      hide(decidedBy(task, { texts, nameOf })),
    ];
  });
  return table(heads, lines);
}

/** A task by its title and id, with its page. */
export function taskLink({ id }: Task, { title, base }: { title: string; base: string }): Html {
  return html`<a href="${base}${taskPath(id)}">${shorten(title, TITLE_CHARACTERS)}</a> <code class="soft">${shortId(id)}</code>`;
}
