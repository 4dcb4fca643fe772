import { deciderName, progressLine, seconds } from "../../core/cards/index.ts";
import { type Excerpt, excerptOf, pageTime } from "../../core/pages/index.ts";
import { isTerminal, progressOf, type RunBelow } from "../../core/tasks/index.ts";
import type { TaskFacts } from "./facts.ts";
import { html, type Part } from "./html.ts";
import { factList, section } from "./parts.ts";

/** How it runs and what came of it. */
export function resultPart(facts: TaskFacts, at: string): Part {
  const { task, viewing } = facts;
  const { execution } = task;
  if (!execution) return null;
  const { texts, timeZone } = viewing;
  const { rows, sections, proofs } = texts.page;
  const time = (iso: string | undefined) => (iso === undefined ? null : pageTime(Date.parse(iso), timeZone));
  return section(
    sections.result,
    factList([
      [rows.execution, executionLink(execution)],
      [rows.status, html`<code>${execution.status}</code>`],
      [rows.started, time(execution.startedAt)],
      [rows.ended, time(execution.endedAt)],
      [rows.took, execution.elapsedSeconds === undefined ? null : seconds(execution.elapsedSeconds)],
      ...viewing.resultRows.map(({ label, value }): [string, Part] => [label, value]),
      [rows.proof, isTerminal(task.state) ? proofs[task.proof] : null],
      [rows.attempts, (task.attempts ?? []).join(" ")],
    ]),
    progressPart(facts),
    outputPart(facts, at),
  );
}

/** More would make a page that nobody reads. */
const MOST_LISTED = 300;

function progressPart({ runs, viewing }: TaskFacts): Part {
  const { texts } = viewing;
  const progress = progressOf(runs);
  if (!progress) return null;
  const room = { left: MOST_LISTED };
  return [
    html`<h3>${texts.page.sections.children}</h3>`,
    html`<p>${progressLine(progress, texts)}</p>`,
    runList(runs.runs, room),
    room.left < 0 ? html`<p class="soft">${texts.page.moreRuns(-room.left)}</p>` : null,
  ];
}

/** Workflows have what is below them below them. */
function runList(runs: readonly RunBelow[], room: { left: number }): Part {
  const items = runs.map(({ run: { step, action, status }, below }): Part => {
    room.left -= 1;
    const isShown = room.left >= 0;
    const under = below.length > 0 ? runList(below, room) : null;
    const name = step === undefined || step === action ? action : `${step} · ${action}`;
    return isShown ? html`<li>${name} <code>${status}</code>${under}</li>` : null;
  });
  return html`<ul class="runs">${items}</ul>`;
}

function executionLink({ cluster, id, url }: NonNullable<TaskFacts["task"]["execution"]>): Part {
  const named = html`<code>${id}</code> · ${cluster}`;
  if (url === undefined || !/^https?:\/\//.test(url)) return named;
  return html`<a href="${url}" rel="noopener noreferrer external">${named}</a>`;
}

function outputPart({ task, output, viewing }: TaskFacts, at: string): Part {
  const { page } = viewing.texts;
  const heading = html`<h3>${page.sections.output}</h3>`;
  const result = isTerminal(task.state)
    ? html`<a class="button quiet" href="${at}/result" download>${page.downloadResult}</a>`
    : null;
  const link = html`<p class="row"><a class="button quiet" href="${at}/output" download>${page.download}</a>${result}</p>`;
  switch (output.outcome) {
    case "none":
      return isTerminal(task.state)
        ? html`<p class="row">${result}</p>`
        : [heading, html`<p class="soft">${page.noOutputYet}</p>`];
    case "unread":
      return [heading, html`<p class="soft">${page.outputUnread(output.why)}</p>`];
    case "large":
      return [heading, html`<p class="soft">${page.largeOutput(output.bytes)}</p>`, link];
    case "text":
      return [heading, ...excerptParts(excerptOf(output.text), page), link];
    default:
      return output satisfies never;
  }
}

function excerptParts(
  { head, tail, leftOut, lines, characters }: Excerpt,
  page: TaskFacts["viewing"]["texts"]["page"],
): Part[] {
  const first = html`<pre tabindex="0">${head}</pre>`;
  if (tail === null) return [first];
  return [
    html`<p class="soft">${page.outputSize({ lines, characters })}</p>`,
    first,
    html`<p class="gap">${page.leftOut(leftOut)}</p>`,
    html`<pre tabindex="0">${tail}</pre>`,
  ];
}

/** What a person needs who is to say whether it has started, or which of several runs is the one. */
export function unknownPart({ task, viewing }: TaskFacts): Part {
  const { texts, timeZone } = viewing;
  const { rows, sections } = texts.page;
  const doubles = task.doubles ?? [];
  const isUnknown = task.state === "unknown";
  if (!isUnknown && doubles.length === 0) return null;
  const candidates = (isUnknown ? (task.candidates ?? []) : []).map(({ id, cluster, status, startedAt }) => {
    const at = startedAt === undefined ? "" : ` · ${pageTime(Date.parse(startedAt), timeZone)}`;
    return html`<div><code>${id}</code> · ${cluster} · ${status}${at}</div>`;
  });
  return section(
    sections.unknown,
    isUnknown && task.start ? html`<p>${texts.unknownText(task.start.requestId)}</p>` : null,
    isUnknown ? html`<p>${texts.unknownQuestion} · ${texts.page.unknownHow}</p>` : null,
    factList([
      [rows.candidates, candidates.length > 0 ? candidates : null],
      [rows.doubles, doubles.length > 0 ? html`<code>${doubles.join("\n")}</code>` : null],
    ]),
  );
}

/** Every move; those that say the same, such as looks for a start, as one. */
export function historyPart({ task, viewing }: TaskFacts): Part {
  const { texts, timeZone } = viewing;
  const lines: { words: string; fromMs: number; toMs: number; count: number }[] = [];
  for (const { atMs, to, reason, by, onBehalfOf } of task.history) {
    const decider =
      by === undefined ? "" : deciderName({ by, ...(onBehalfOf ? { onBehalfOf } : {}) }, viewing);
    const words = [texts.states[to], decider, texts.reasons[reason]].filter(Boolean).join(" · ");
    const last = lines.at(-1);
    if (last?.words === words) Object.assign(last, { toMs: atMs, count: last.count + 1 });
    else lines.push({ words, fromMs: atMs, toMs: atMs, count: 1 });
  }
  const items = lines.map(({ words, fromMs, toMs, count }) => {
    const times = count === 1 ? "" : ` – ${pageTime(toMs, timeZone)} × ${count}`;
    return html`<li>${words}<br><span class="soft">${pageTime(fromMs, timeZone)}${times}</span></li>`;
  });
  return section(texts.page.sections.history, html`<ol class="line">${items}</ol>`);
}
