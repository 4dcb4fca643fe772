import { approvalWords, asker, chosenOptions, ONLY_GROUP } from "../../core/approvals/index.ts";
import {
  choiceText,
  deciderName,
  holdText,
  missingWords,
  reasonText,
  retryText,
  taskTitle,
} from "../../core/cards/index.ts";
import { shortId } from "../../core/ids/index.ts";
import { MASK, pageTime } from "../../core/pages/index.ts";
import { peopleText } from "../../core/people/index.ts";
import type { Task, TaskState } from "../../core/tasks/index.ts";
import type { Texts } from "../../core/texts/index.ts";
import type { Approvers, TaskFacts } from "./facts.ts";
import { type Html, html, type Part } from "./html.ts";
import { factList, section, valueList } from "./parts.ts";

/** So much of a digest tells two apart. */
const HASH_CHARACTERS = 12;

const TONES: Partial<Record<TaskState, string>> = {
  succeeded: "good",
  unknown: "bad",
  failed: "bad",
  timeout: "bad",
  abandoned: "bad",
  pending_approval: "warn",
  held: "warn",
};

/** The state of a task, in its colour. */
export function statePart({ state }: Pick<Task, "state">, { states }: Texts): Html {
  return html`<span class="state ${TONES[state]}">${states[state]}</span>`;
}

/** What the task is, how it stands. */
export function topPart(facts: TaskFacts, at: string): Html {
  const { task, viewing } = facts;
  const { texts } = viewing;
  const why = holdText(task, viewing) || reasonText(task, texts);
  return html`<div class="top"><h1>${taskTitle(task, texts)}</h1><p class="facts">${statePart(task, texts)}${why ? html`<span>${why}</span>` : null}<span>${texts.labels.id} <code>${shortId(task.id)}</code></span><a class="button quiet" href="${at}">${texts.page.refresh}</a></p></div>`;
}

/** Exactly what will run: all that the approval is bound to. */
export function whatPart({ task, params, viewing }: TaskFacts): Part {
  const { page } = viewing.texts;
  const { rows } = page;
  const names = Object.keys(params).length;
  const isMasked = JSON.stringify(params).includes(MASK);
  return section(
    task.execution ? page.sections.ran : page.sections.what,
    factList([
      [rows.action, html`<code>${task.action}</code>`],
      [rows.targets, task.targets.length > 0 ? html`<code>${task.targets.join("\n")}</code>` : null],
      [viewing.texts.retries.label, retryText(task, viewing) || null],
      [rows.business, task.business],
      [rows.clusters, task.clusters.join(" ")],
      [viewing.texts.choice.label, choiceText(task, viewing.texts) || null],
      [rows.chosen, choicesText(task)],
      [rows.hash, html`<code title="${task.hash}">${shortHash(task.hash)}</code>`],
    ]),
    html`<h3>${rows.params}</h3>`,
    names > 0 ? valueList(params) : html`<p>${rows.noParams}</p>`,
    isMasked ? html`<p class="soft">${page.masked}</p>` : null,
  );
}

function choicesText(task: TaskFacts["task"]): string {
  const fixed = new Map(chosenOptions(task).map(({ choice, option }) => [choice.name, option.text]));
  const lines = (task.choices ?? []).map(({ name, title, options }) => {
    return `${title}: ${fixed.get(name) ?? options.map(({ text }) => text).join(" / ")}`;
  });
  return lines.join("\n");
}

export function shortHash(hash: string): string {
  return hash.slice(0, HASH_CHARACTERS);
}

/** Who asked, who may decide and who did. */
export function whoPart(facts: TaskFacts): Part {
  const { task, viewing, approvers } = facts;
  const { texts, timeZone, nameOf } = viewing;
  const { rows, sections } = texts.page;
  const person = asker(task);
  const isWaiting = task.state === "pending_approval";
  return section(
    sections.who,
    factList([
      [rows.asker, person === null ? null : nameOf(person)],
      [rows.gate, texts.wordsOf(approvalWords(task.approval, nameOf))],
      ...(task.approval.mode === "people" ? approvers : []).map((group): [string, Part] => {
        return [groupLabel(group, rows.mayApprove), namesPart(group, facts)];
      }),
      [rows.missing, isWaiting ? missingWords(task, texts) : null],
      [rows.deadline, isWaiting && task.deadlineAtMs !== null ? pageTime(task.deadlineAtMs, timeZone) : null],
      [rows.decided, decisionsPart(facts)],
    ]),
  );
}

function groupLabel({ group }: Approvers, label: string): string {
  return group === ONLY_GROUP ? label : `${label} · ${group}`;
}

function namesPart({ people, names, more }: Approvers, { viewing }: TaskFacts): Part {
  const { page, joins } = viewing.texts;
  const named = names === null ? page.unlisted : joins.list(names);
  const rest = more > 0 ? ` ${page.more(more)}` : "";
  return html`${named}${rest} <span class="soft">${peopleText(people, viewing.nameOf)}</span>`;
}

function decisionsPart({ task, viewing }: TaskFacts): Part {
  const { texts, timeZone } = viewing;
  const { verdicts, noDecision } = texts.page;
  if (task.approval.mode === "policy") return texts.byPolicy(task.approval.policy.id);
  if (task.decisions.length === 0) return noDecision;
  return task.decisions.map(({ verdict, atMs, reason, ...decider }) => {
    const said = reason ? texts.joins.fact(verdicts[verdict], reason) : verdicts[verdict];
    return html`<div>${deciderName(decider, viewing)} ${said} <span class="soft">${pageTime(atMs, timeZone)}</span></div>`;
  });
}
