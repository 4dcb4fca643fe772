import { severityWord, shorten } from "../../../core/cards/index.ts";
import type { Severity, WhaleEvent } from "../../../core/events/index.ts";
import { shortId } from "../../../core/ids/index.ts";
import type { Masking } from "../../../core/pages/index.ts";
import type { Texts } from "../../../core/texts/index.ts";
import { type Html, html, type Part } from "../html.ts";
import { eventPath } from "../return-path.ts";
import type { Site } from "../site.ts";
import { TITLE_CHARACTERS, table, timePart } from "./parts.ts";

export interface EventRowDeps {
  site: Pick<Site, "base">;
  masking: Masking;
  timeZone: string;
}

/** What a line tells of an event. */
export type EventLine = Pick<WhaleEvent, "id" | "severity" | "status" | "title" | "receivedAt">;

const TONES: Partial<Record<Severity, string>> = { critical: "bad", major: "bad", warning: "warn" };

/** The severity of an event, in its colour. */
export function severityPart({ severity }: Pick<WhaleEvent, "severity">, texts: Texts): Html {
  return html`<span class="state ${TONES[severity]}">${severityWord({ severity }, texts)}</span>`;
}

/** An event by its title and id, with its page. */
function eventLink({ id, title }: EventLine, { site, masking }: EventRowDeps): Html {
  const words = shorten(masking.maskText(title), TITLE_CHARACTERS) || id;
  return html`<a href="${site.base}${eventPath(id)}">${words}</a> <code class="soft">${shortId(id)}</code>`;
}

/** Events as rows that lead to their pages. */
export function eventTable(events: readonly WhaleEvent[], texts: Texts, deps: EventRowDeps): Html {
  const { rows } = texts.page;
  const { status } = texts.console.filter;
  const heads = [rows.event, rows.receivedAt, rows.severity, status, rows.subject, rows.source];
  const lines = events.map((event): Part[] => [
    eventLink(event, deps),
    timePart(Date.parse(event.receivedAt), deps.timeZone),
    severityPart(event, texts),
    texts.commands.events.statuses[event.status],
    event.subject,
    event.source,
  ]);
  return table(heads, lines);
}

/** Events of one thing, where there is little room. */
export function eventLines(events: readonly EventLine[], texts: Texts, deps: EventRowDeps): Html {
  const lines = events.map((event) => {
    const time = timePart(Date.parse(event.receivedAt), deps.timeZone);
    const status = texts.commands.events.statuses[event.status];
    return html`<li>${eventLink(event, deps)}<br><span class="soft">${time} · ${severityWord(event, texts)} · ${status}</span></li>`;
  });
  return html`<ul class="line">${lines}</ul>`;
}
