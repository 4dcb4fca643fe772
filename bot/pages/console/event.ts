import type { Context } from "koa";
import { isChatOpsError } from "../../../core/errors.ts";
import type { WhaleEvent } from "../../../core/events/index.ts";
import { shortId } from "../../../core/ids/index.ts";
import { pageTime, type ShowRun } from "../../../core/pages/index.ts";
import { scopeOf } from "../../../core/people/index.ts";
import type { Archive } from "../../../core/ports/index.ts";
import type { Rule } from "../../../core/rules/index.ts";
import type { Texts } from "../../../core/texts/index.ts";
import type { Explainer, FoundEvent } from "../../explain/index.ts";
import { incidentOf } from "../../http/api/one-event.ts";
import { shownEvent } from "../facts.ts";
import { type Guest, type GuestDeps, guestOf, mayEnter } from "../guest.ts";
import { type Html, html, type Part } from "../html.ts";
import { factList, section } from "../parts.ts";
import { sendError } from "../site.ts";
import { eventValues } from "../why-parts.ts";
import { type EventRowDeps, eventLines, severityPart } from "./event-rows.ts";
import { showGuest } from "./parts.ts";
import { verdictsPart } from "./verdict-parts.ts";

export interface EventPageDeps extends GuestDeps, EventRowDeps {
  site: GuestDeps["site"];
  archive: Pick<Archive, "search">;
  explainer: Explainer;
  /** The rules in force now. */
  rules: () => readonly Rule[];
  /** What may be seen of what tasks run. */
  shown: ShowRun;
}

/** `GET /events/:id`: one event, its incident, and what the rules that the guest may read said of it. */
export async function showEvent(ctx: Context, deps: EventPageDeps): Promise<void> {
  const { site } = deps;
  const guest = await guestOf(ctx, deps);
  if (!guest || !mayEnter(ctx, guest, { right: "events.read", on: "some", deps })) return;
  const { visitor, texts } = guest;
  const scope = scopeOf(guest.actor, "events.read");
  const about = { by: guest.actor.userId, visitor, texts };
  try {
    const found = await deps.explainer.find(ctx["params"]["id"] ?? "", scope);
    if (found.outcome !== "found") return void sendError(ctx, site, "no_event", about);
    await showFound(ctx, { guest, found }, deps);
  } catch (error) {
    if (!isChatOpsError(error)) throw error;
    sendError(ctx, site, "archive_unreachable", {
      ...about,
      more: html`<p class="soft">${error.message}</p>`,
    });
  }
}

interface Looking {
  guest: Guest;
  found: Extract<FoundEvent, { outcome: "found" }>;
}

async function showFound(ctx: Context, { guest, found }: Looking, deps: EventPageDeps): Promise<void> {
  const { type } = found.event;
  if (!mayEnter(ctx, guest, { right: "events.read", on: { type }, deps })) return;
  const { texts } = guest;
  const { masking } = deps;
  const shown = shownEvent(found.event, masking, masking.maskText);
  const event = { ...shown, title: shown.title || masking.maskText(shown.name) || type };
  const main = [
    topPart(event, texts),
    html`<div class="cols"><div class="col">${factsPart(event, texts, deps)}${await verdictsPart(found.event, guest, deps)}</div><div class="col">${await incidentPart(found.event, guest, deps)}</div></div>`,
  ];
  showGuest(ctx, deps.site, { guest, title: `${event.title} ${shortId(event.id)}`, main });
}

function topPart(event: WhaleEvent, texts: Texts): Html {
  const status = texts.commands.events.statuses[event.status];
  return html`<div class="top"><h1>${event.title}</h1><p class="facts">${severityPart(event, texts)}<span>${status}</span><span>${texts.labels.id} <code>${shortId(event.id)}</code></span></p></div>`;
}

function factsPart(event: WhaleEvent, texts: Texts, { timeZone, masking }: EventPageDeps): Part {
  const { rows } = texts.page;
  const { filter } = texts.console;
  const time = (iso: string | undefined) => (iso === undefined ? null : pageTime(Date.parse(iso), timeZone));
  const violations = event.violations.map(({ path, message }) => {
    return html`<div><code>${path}</code> ${masking.maskText(message)}</div>`;
  });
  return section(
    filter.event,
    factList([
      [rows.subject, event.subject],
      [rows.source, event.source],
      [filter.type, html`<code>${event.type}</code>`],
      [rows.eventTime, time(event.time)],
      [rows.ended, time(event.endsAt)],
      [rows.receivedAt, time(event.receivedAt)],
      [texts.commands.events.violations, violations.length > 0 ? violations : null],
      [texts.labels.id, html`<code>${event.id}</code>`],
    ]),
    eventValues(event, texts),
  );
}

/** The newest events of the same incident, and a way to all of them. */
async function incidentPart(event: WhaleEvent, { actor, texts }: Guest, deps: EventPageDeps): Promise<Part> {
  const { events } = await incidentOf(event, scopeOf(actor, "events.read"), deps);
  const { source, incident } = event;
  const all = `${deps.site.base}/events?${new URLSearchParams({ source, incident })}`;
  const link = html`<p class="row"><a class="button quiet" href="${all}">${texts.console.all}</a></p>`;
  return section(texts.console.incident, eventLines(events, texts, deps), link);
}
