import { approvalWords, asker, chosenOptions, ONLY_GROUP } from "../../core/approvals/index.ts";
import { deciderName, missingWords, reasonText, seconds, taskTitle } from "../../core/cards/index.ts";
import { shortId } from "../../core/ids/index.ts";
import { type Excerpt, excerptOf, pageTime } from "../../core/pages/index.ts";
import { peopleText } from "../../core/people/index.ts";
import { verdictWords } from "../../core/rules/index.ts";
import { isTerminal, type TaskState } from "../../core/tasks/index.ts";
import type { Approvers, TaskFacts } from "./facts.ts";
import { type Html, html, type Part } from "./html.ts";
import { factList, folded, section, valueList, valueText } from "./parts.ts";

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

/** What the task is, how it stands. */
export function topPart(facts: TaskFacts, at: string): Html {
  const { task, viewing } = facts;
  const { texts } = viewing;
  const why = reasonText(task, texts);
  return html`<div class="top"><h1>${taskTitle(task, texts)}</h1><p class="facts"><span class="state ${TONES[task.state] ?? ""}">${texts.states[task.state]}</span>${why ? html`<span>${why}</span>` : null}<span>${texts.labels.id} <code>${shortId(task.id)}</code></span><a class="button quiet" href="${at}">${texts.page.refresh}</a></p></div>`;
}

/** Exactly what will run: all that the approval is bound to. */
export function whatPart({ task, params, viewing }: TaskFacts): Part {
  const { page } = viewing.texts;
  const { rows } = page;
  const names = Object.keys(params).length;
  const isMasked = JSON.stringify(params).includes("********");
  return section(
    page.sections.what,
    factList([
      [rows.action, html`<code>${task.action}</code>`],
      [rows.targets, task.targets.length > 0 ? html`<code>${task.targets.join("\n")}</code>` : null],
      [rows.business, task.business],
      [rows.clusters, task.clusters.join(" ")],
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

/** Why there is a task: the rule, what it made of the event, and the event. */
export function whyPart(facts: TaskFacts): Part {
  const { task, viewing, event, explanation } = facts;
  const { texts, timeZone } = viewing;
  const { page } = texts;
  const { rows } = page;
  const verdict = explanation && explanation.known !== "not_asked" ? explanation.verdict : null;
  const brief = task.event;
  return section(
    page.sections.why,
    factList([
      [rows.origin, originText(facts)],
      [
        rows.rule,
        html`${task.title} <code>${task.ruleId}</code> <span class="soft">${task.ruleVersion}</span>`,
      ],
      [
        rows.verdict,
        verdict
          ? [texts.wordsOf(verdictWords(verdict.reason)), verdict.message].filter(Boolean).join(" · ")
          : null,
      ],
      [rows.coalesced, task.coalesced ? texts.coalesced(task.coalesced) : null],
      [rows.event, event?.title ?? brief.title],
      [rows.subject, brief.subject],
      [rows.severity, page.severities[brief.severity] ?? brief.severity],
      [rows.source, `${brief.source} · ${brief.type}`],
      [rows.eventTime, event ? pageTime(Date.parse(event.time), timeZone) : null],
      [rows.receivedAt, pageTime(Date.parse(brief.receivedAt), timeZone)],
    ]),
    featurePart(facts),
    eventPart(facts),
  );
}

function originText({ task, viewing }: TaskFacts): string {
  const { texts, nameOf } = viewing;
  const { origins, machine } = texts.page;
  const { origin } = task;
  const by = (id: string | null) => (id === null ? machine : nameOf(id));
  switch (origin.kind) {
    case "rule":
      return origins.rule;
    case "replay":
      return origins.replay(by(origin.by));
    case "renewed":
      return origins.renewed(shortId(origin.of));
    case "offer":
      return origins.offer({ by: by(origin.by), task: shortId(origin.parentTask) });
    case "retry":
      return origins.retry({ by: by(origin.by), task: shortId(origin.of) });
    default:
      return origin satisfies never;
  }
}

function featurePart({ features, event, viewing }: TaskFacts): Part {
  const { page, commands } = viewing.texts;
  if (!event) return null;
  const heading = html`<h3>${page.sections.features}</h3>`;
  if (!features) return [heading, html`<p class="soft">${page.ruleGone}</p>`];
  const lines = features.map(({ depth, text, actual, holds }) => {
    const [mark, word, tone] = holds ? ["✓", page.holds, "yes"] : ["✗", page.holdsNot, "no"];
    const was =
      actual === undefined ? null : html` <span class="soft">${commands.wasActually(actual)}</span>`;
    const deep = depth > 0 ? `d${Math.min(depth, 3)}` : "";
    return html`<li class="${deep}"><span class="${tone}" title="${word}" role="img" aria-label="${word}">${mark}</span><div><code>${text}</code>${was}</div></li>`;
  });
  return features.length > 0 ? [heading, html`<ul class="features">${lines}</ul>`] : null;
}

function eventPart({ event, viewing }: TaskFacts): Part {
  const { page } = viewing.texts;
  if (!event) return html`<p class="soft">${page.eventGone}</p>`;
  const { sections } = page;
  return [
    folded(sections.labels, valueList(event.labels)),
    folded(sections.annotations, valueList(event.annotations)),
    folded(sections.detail, html`<pre>${valueText(event.detail, page.cut)}</pre>`),
  ];
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
      [rows.gate, texts.wordsOf(approvalWords(task.approval))],
      ...approvers.map((group): [string, Part] => [
        groupLabel(group, rows.mayApprove),
        namesPart(group, facts),
      ]),
      [rows.missing, isWaiting ? missingWords(task, texts) : null],
      [rows.deadline, isWaiting && task.deadlineAtMs !== null ? pageTime(task.deadlineAtMs, timeZone) : null],
      [rows.decided, decisionsPart(facts)],
    ]),
  );
}

function groupLabel({ group }: Approvers, label: string): string {
  const isOwn = group === ONLY_GROUP || group === "asker" || group === "report";
  return isOwn ? label : `${label} · ${group}`;
}

function namesPart({ people, names, more }: Approvers, { viewing }: TaskFacts): Part {
  const { page } = viewing.texts;
  const named = names === null ? page.unlisted : names.join("、");
  const rest = more > 0 ? ` ${page.more(more)}` : "";
  return html`${named}${rest} <span class="soft">${peopleText(people)}</span>`;
}

function decisionsPart({ task, viewing }: TaskFacts): Part {
  const { texts, timeZone } = viewing;
  const { verdicts, noDecision } = texts.page;
  if (task.approval.mode === "policy") return texts.byPolicy(task.approval.policy.id);
  if (task.decisions.length === 0) return noDecision;
  return task.decisions.map(({ verdict, atMs, reason, ...decider }) => {
    const why = reason ? `：${reason}` : "";
    return html`<div>${deciderName(decider, viewing)} ${verdicts[verdict]}${why} <span class="soft">${pageTime(atMs, timeZone)}</span></div>`;
  });
}

/** How it runs and what came of it. */
export function resultPart(facts: TaskFacts, outputAt: string): Part {
  const { task, viewing, children } = facts;
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
    children.length > 0
      ? [
          html`<h3>${sections.children}</h3>`,
          factList(
            children.map(({ action, status }): [string, Part] => [action, html`<code>${status}</code>`]),
          ),
        ]
      : null,
    outputPart(facts, outputAt),
  );
}

function executionLink({ cluster, id, url }: NonNullable<TaskFacts["task"]["execution"]>): Part {
  const named = html`<code>${id}</code> · ${cluster}`;
  if (url === undefined || !/^https?:\/\//.test(url)) return named;
  return html`<a href="${url}" rel="noopener noreferrer external">${named}</a>`;
}

function outputPart({ task, output, viewing }: TaskFacts, outputAt: string): Part {
  const { page } = viewing.texts;
  const heading = html`<h3>${page.sections.output}</h3>`;
  const link = html`<p class="row"><a class="button quiet" href="${outputAt}" download>${page.download}</a></p>`;
  switch (output.outcome) {
    case "none":
      return isTerminal(task.state) ? null : [heading, html`<p class="soft">${page.noOutputYet}</p>`];
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
    isUnknown ? html`<p>${texts.unknownQuestion}</p>` : null,
    factList([
      [rows.request, isUnknown && task.start ? html`<code>${task.start.requestId}</code>` : null],
      [rows.candidates, candidates.length > 0 ? candidates : null],
      [rows.doubles, doubles.length > 0 ? html`<code>${doubles.join("\n")}</code>` : null],
    ]),
  );
}

/** Every move, as the audit log has it too. */
export function historyPart({ task, viewing }: TaskFacts): Part {
  const { texts, timeZone } = viewing;
  const lines = task.history.map(({ atMs, to, reason, by, onBehalfOf }) => {
    const decider = { by: by ?? "", ...(onBehalfOf ? { onBehalfOf } : {}) };
    const who = by === undefined ? null : html` · ${deciderName(decider, viewing)}`;
    const why = texts.reasons[reason] ? html` · ${texts.reasons[reason]}` : null;
    return html`<li><b>${texts.states[to]}</b>${who}${why}<br><time class="soft" datetime="${new Date(atMs).toISOString()}">${pageTime(atMs, timeZone)}</time></li>`;
  });
  return section(texts.page.sections.history, html`<ol class="line">${lines}</ol>`);
}
