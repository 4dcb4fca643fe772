import { taskTitle } from "../../../core/cards/index.ts";
import { explanationWords } from "../../../core/commands/index.ts";
import type { WhaleEvent } from "../../../core/events/index.ts";
import type { ShowRun } from "../../../core/pages/index.ts";
import { authorise } from "../../../core/people/index.ts";
import type { Explanation, Rule } from "../../../core/rules/index.ts";
import type { Task } from "../../../core/tasks/index.ts";
import { type Explainer, readableVerdicts } from "../../explain/index.ts";
import type { Guest } from "../guest.ts";
import { type Html, html, type Part } from "../html.ts";
import { section } from "../parts.ts";
import type { Site } from "../site.ts";
import { statePart } from "../task-parts.ts";
import { taskLink } from "./task-rows.ts";

export interface VerdictDeps {
  site: Pick<Site, "base">;
  explainer: Pick<Explainer, "explain" | "tasksOf" | "askedBy">;
  /** The rules in force now. */
  rules: () => readonly Rule[];
  /** What may be seen of what tasks run. */
  shown: ShowRun;
  timeZone: string;
}

/** More would make a page that nobody reads. */
const MOST_LISTED = 100;

/** What the rules said of an event that a guest may read, with the tasks that came of it; nothing for who may read no rule. */
export async function verdictsPart(event: WhaleEvent, guest: Guest, deps: VerdictDeps): Promise<Part> {
  const { actor, texts } = guest;
  const asked = await deps.explainer.askedBy(event, actor);
  const byHand = asked.length > 0 && html`<h3>${texts.console.askedFor}</h3>${taskList(asked, guest, deps)}`;
  if (authorise(actor, "rules.read", "some").outcome === "denied") {
    return section(texts.console.verdicts, byHand);
  }
  const all = (await deps.explainer.explain(event)) ?? [];
  const told = readableVerdicts(all, actor, deps.rules());
  const lines = told.slice(0, MOST_LISTED).map((one) => verdictPart(one, guest, deps));
  const left = told.length - lines.length;
  return section(
    texts.console.verdicts,
    byHand,
    told.length === 0 && html`<p class="soft">${texts.commands.noRules}</p>`,
    html`<ul class="line">${await Promise.all(lines)}</ul>`,
    left > 0 && html`<p class="soft">${texts.console.moreVerdicts(left)}</p>`,
  );
}

async function verdictPart(explanation: Explanation, guest: Guest, deps: VerdictDeps): Promise<Html> {
  const { texts } = guest;
  const { ruleId, title } = explanation;
  const { words, facts } = explanationWords(explanation, { texts, timeZone: deps.timeZone });
  const fired = explanation.known !== "not_asked" && explanation.verdict.outcome === "fired";
  const tasks = await deps.explainer.tasksOf(explanation, guest.actor);
  const said = html`<span class="${fired ? "yes" : "no"}">${fired ? "✓" : "✗"} ${words}</span>`;
  return html`<li>${title ?? ruleId} <code class="soft">${ruleId}</code><br>${said}<br><span class="soft">${facts.join(" · ")}</span>${taskList(tasks, guest, deps)}</li>`;
}

function taskList(tasks: readonly Task[], { texts }: Guest, { shown, site }: VerdictDeps): Part {
  return tasks.map((task) => {
    const title = shown(task).hide(taskTitle(task, texts));
    return html`<p>${statePart(task, texts)} ${taskLink(task, { title, base: site.base })}</p>`;
  });
}
