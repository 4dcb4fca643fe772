import type { WhaleEvent } from "../../core/events/index.ts";
import { shortId } from "../../core/ids/index.ts";
import { pageTime } from "../../core/pages/index.ts";
import { messageWords, type Verdict, verdictWords } from "../../core/rules/index.ts";
import type { Texts } from "../../core/texts/index.ts";
import type { TaskFacts } from "./facts.ts";
import { html, type Part } from "./html.ts";
import { factList, folded, section, valueList, valueText } from "./parts.ts";

/** Why there is a task: the rule, what it made of the event, and the event; `eventAt`: its page, for who may see it. */
export function whyPart(facts: TaskFacts, eventAt: string | null): Part {
  const { task, viewing, event, explanation } = facts;
  const { texts, timeZone } = viewing;
  const { page } = texts;
  const { rows } = page;
  const verdict = explanation && explanation.known !== "not_asked" ? explanation.verdict : null;
  const brief = task.event;
  const eventTitle = event?.title ?? brief.title;
  return section(
    page.sections.why,
    factList([
      [rows.origin, originText(facts)],
      [
        rows.rule,
        html`${task.title} <code>${task.ruleId}</code> <span class="soft">${task.ruleVersion}</span>`,
      ],
      [rows.verdict, verdict && verdictText(verdict, texts)],
      [rows.coalesced, task.coalesced ? texts.coalesced(task.coalesced) : null],
      [rows.event, eventAt && event ? html`<a href="${eventAt}">${eventTitle}</a>` : eventTitle],
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

function verdictText({ reason, message }: Verdict, { wordsOf }: Texts): string {
  const more = message === undefined ? [] : [wordsOf(messageWords(message))];
  return [wordsOf(verdictWords(reason)), ...more].join(" · ");
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
    case "run":
      return texts.runs.origin({ by: by(origin.by), command: origin.command ?? "" });
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
  const { texts } = viewing;
  if (!event) return html`<p class="soft">${texts.page.eventGone}</p>`;
  return eventValues(event, texts);
}

/** All that the sender says of an event, for those who want it. */
export function eventValues(event: WhaleEvent, { page }: Texts): Part[] {
  const { sections } = page;
  return [
    folded(sections.labels, valueList(event.labels)),
    folded(sections.annotations, valueList(event.annotations)),
    folded(sections.detail, html`<pre>${valueText(event.detail, page.cut)}</pre>`),
  ];
}
