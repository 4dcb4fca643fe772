import type { Context } from "koa";
import { isChatOpsError } from "../../../core/errors.ts";
import { asksForWords, EVENT_STATUSES, SEVERITIES } from "../../../core/events/index.ts";
import { inScope, type Scope, scopeOf } from "../../../core/people/index.ts";
import type { Archive, ArchivePage, Clock } from "../../../core/ports/index.ts";
import type { Rule } from "../../../core/rules/index.ts";
import { filterOf, type KnownTypes, keptToScope, verdictsTold } from "../../http/api/event-filter.ts";
import { NO_WORDS, queryReader } from "../../http/api/query.ts";
import { type Guest, type GuestDeps, guestOf, mayEnter } from "../guest.ts";
import { type Html, html, type Part } from "../html.ts";
import { LOGGED_IN } from "../return-path.ts";
import { type EventRowDeps, eventTable } from "./event-rows.ts";
import { choiceField, filterForm, textField } from "./filter-form.ts";
import { faultPart, pager, showGuest } from "./parts.ts";

export interface EventListDeps extends GuestDeps, KnownTypes, EventRowDeps {
  site: GuestDeps["site"];
  archive: Pick<Archive, "search" | "overview">;
  /** The rules in force now. */
  rules: () => readonly Rule[];
  clock: Clock;
}

const LISTED = 50;

/** `GET /events`: events newest first, searched as over REST. */
export async function showEvents(ctx: Context, deps: EventListDeps): Promise<void> {
  const guest = await guestOf(ctx, deps);
  if (!guest || !mayEnter(ctx, guest, { right: "events.read", on: "some", deps })) return;
  const read = queryReader(ctx.query);
  read.text(LOGGED_IN);
  const after = read.text("after");
  const filter = filterOf(read, deps.clock.nowMs());
  if (filter.text !== undefined && !asksForWords(filter.text)) read.fault("q", NO_WORDS);
  const faults = read.faults();
  if (faults.length > 0) {
    return showFound(ctx, guest, { main: faultPart(faults, guest), status: 400, next: null, deps });
  }
  const told = verdictsTold(filter, { rules: deps.rules() });
  if (told && !mayEnter(ctx, guest, { right: "rules.read", on: told, deps })) return;
  const scope = scopeOf(guest.actor, "events.read");
  const found = await searched(async () => {
    const kept = await keptToScope(filter, scope, deps);
    const place = after === undefined ? {} : { after };
    return kept ? deps.archive.search({ ...kept, ...place, limit: LISTED }) : { events: [], next: null };
  });
  showFound(ctx, guest, { ...foundPart(found, guest, deps), deps });
}

type Found = { outcome: "found"; page: ArchivePage } | { outcome: "bad_query" | "unread"; why: string };

async function searched(search: () => Promise<ArchivePage>): Promise<Found> {
  try {
    return { outcome: "found", page: await search() };
  } catch (error) {
    if (!isChatOpsError(error)) throw error;
    return { outcome: error.code === "archive.bad_query" ? "bad_query" : "unread", why: error.message };
  }
}

interface Shown {
  main: Part;
  status: number;
  next: string | null;
}

function foundPart(found: Found, { texts }: Guest, deps: EventListDeps): Shown {
  switch (found.outcome) {
    case "bad_query":
      return { main: faultPart([{ name: "", message: found.why }], { texts }), status: 400, next: null };
    case "unread": {
      const why = texts.console.archiveDown(found.why);
      return { main: html`<div class="notice bad" role="alert">${why}</div>`, status: 503, next: null };
    }
    case "found": {
      const { events, next } = found.page;
      const none = html`<p>${texts.commands.events.none}</p>`;
      const rows = events.length > 0 ? eventTable(events, texts, deps) : none;
      return { main: html`<section>${rows}</section>`, status: 200, next };
    }
    default:
      return found satisfies never;
  }
}

function showFound(
  ctx: Context,
  guest: Guest,
  { main, status, next, deps }: Shown & { deps: EventListDeps },
): void {
  const { texts } = guest;
  const title = texts.console.places.events;
  const path = `${deps.site.base}/events`;
  const scope = scopeOf(guest.actor, "events.read");
  const form = filterPart(ctx, { path, types: typesIn(scope, deps), texts });
  const whole = [html`<h1>${title}</h1>`, form, main, pager(ctx, path, { next, texts })];
  showGuest(ctx, deps.site, { guest, title, main: whole, status });
}

/** Declared types that somebody may see events of. */
function typesIn(scope: Scope, { registry }: Pick<KnownTypes, "registry">): string[] {
  return [...registry().keys()].filter((type) => inScope(scope, { type })).sort();
}

const SPANS = ["1h", "24h", "7d"] as const;

function filterPart(
  ctx: Context,
  { path, types, texts }: { path: string; types: readonly string[] } & Pick<Guest, "texts">,
): Html {
  const { filter } = texts.console;
  const { rows } = texts.page;
  const any = { value: "", text: filter.any };
  const severities = SEVERITIES.map((value) => ({ value, text: texts.cards.severities[value] }));
  const statuses = EVENT_STATUSES.map((value) => ({ value, text: texts.commands.events.statuses[value] }));
  const spans = SPANS.map((value) => ({ value, text: filter.spans[value] }));
  const fields = [
    textField(ctx, "q", filter.text),
    textField(ctx, "source", rows.source),
    textField(ctx, "type", filter.type, types),
    choiceField(ctx, "severity", rows.severity, [any, ...severities]),
    choiceField(ctx, "status", filter.status, [any, ...statuses]),
    choiceField(ctx, "from", filter.since, [any, ...spans]),
  ];
  return filterForm(ctx, { path, fields, texts });
}
