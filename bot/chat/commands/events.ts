import { namedIn } from "../../../core/approvals/index.ts";
import {
  clockTime,
  factLine,
  type MessageViewing,
  plainLine,
  severityWord,
  titleLine,
} from "../../../core/cards/index.ts";
import { whyText } from "../../../core/commands/index.ts";
import { isChatOpsError } from "../../../core/errors.ts";
import type { WhaleEvent } from "../../../core/events/index.ts";
import { shortId } from "../../../core/ids/index.ts";
import { scopeOf } from "../../../core/people/index.ts";
import type { Archive, Directory } from "../../../core/ports/index.ts";
import type { Rule } from "../../../core/rules/index.ts";
import { type Explainer, readableVerdicts, ruleObjects } from "../../explain/index.ts";
import { type KnownTypes, keptToScope } from "../../http/api/event-filter.ts";
import { naming } from "../../names.ts";
import type { Asked, ChatCommands, Reply } from "../command.ts";
import type { Denier } from "../denied.ts";

export interface ChatEventDeps extends KnownTypes {
  archive: Pick<Archive, "overview" | "search">;
  explainer: Explainer;
  directory: Pick<Directory, "nameOf">;
  rules: () => readonly Rule[];
  denied: Denier;
}

/** What people ask about events. The same rights count as over REST. */
export function eventCommands(deps: ChatEventDeps): Pick<ChatCommands, "events" | "event" | "why"> {
  return {
    events: { run: (asked) => list(asked, deps) },
    event: {
      run: (asked) =>
        told(asked, () => onEvent(asked, deps, async (event) => eventText(event, asked.viewing))),
    },
    why: { run: (asked) => told(asked, () => onEvent(asked, deps, (event) => why(event, asked, deps))) },
  };
}

const LISTED = 10;

async function list({ actor, args, after, viewing }: Asked, deps: ChatEventDeps): Promise<Reply> {
  const { events, more } = viewing.texts.commands;
  const { text } = args;
  const scope = scopeOf(actor, "events.read");
  const page = await readable(async () => {
    const filter = await keptToScope(text === undefined ? {} : { text }, scope, deps);
    if (!filter) return { events: [], next: null };
    return deps.archive.search({ ...filter, limit: LISTED, ...(after === null ? {} : { after }) });
  });
  if (page === null) return { text: events.notKept };
  if (page.events.length === 0) return { text: events.none };
  const lines = page.events.map((event) => eventLine(event, viewing));
  const goesOn = page.next === null ? [] : [more(null)];
  return { text: [events.title, ...lines, ...goesOn].join("\n"), next: page.next };
}

/** Null while the archive cannot say. */
async function readable<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!isChatOpsError(error)) throw error;
    return null;
  }
}

async function told({ viewing }: Asked, tell: () => Promise<string>): Promise<string> {
  return (await readable(tell)) ?? viewing.texts.commands.events.notKept;
}

function eventLine(event: WhaleEvent, viewing: MessageViewing, line = titleLine): string {
  const when = clockTime(Date.parse(event.receivedAt), viewing.timeZone);
  const { texts } = viewing;
  const state = [severityWord(event, texts), texts.commands.events.statuses[event.status]];
  const parts = [event.title, event.subject, ...state].filter(Boolean);
  return `**${shortId(event.id)}** ${parts.map((part) => line(part, viewing)).join(" · ")} · ${when}`;
}

function eventText(event: WhaleEvent, viewing: MessageViewing): string {
  const { labels, events } = viewing.texts.commands;
  const { type, source, labels: ofEvent, violations } = event;
  const facts: [string, string][] = [
    ["ID", event.id],
    [labels.severity, severityWord(event, viewing.texts)],
    [labels.source, `${source} · ${type}`],
    [
      events.labels,
      Object.entries(ofEvent)
        .map(([key, value]) => `${key}=${value}`)
        .join(" "),
    ],
    [events.violations, violations.map(String).join(" ")],
  ];
  const lines = facts.filter(([, value]) => value).map(([label, value]) => factLine(label, value, viewing));
  return [eventLine(event, viewing, plainLine), ...lines].join("\n");
}

async function onEvent(
  asked: Asked,
  { explainer, denied }: ChatEventDeps,
  tell: (event: WhaleEvent) => Promise<string>,
): Promise<string> {
  const { actor, args, viewing } = asked;
  const { commands } = viewing.texts;
  const refused = denied(asked, "events.read", "some");
  if (refused !== null) return refused;
  const typed = args.event ?? "";
  const found = await explainer.find(typed, scopeOf(actor, "events.read"));
  const shown = viewing.plain(typed.slice(0, 60));
  if (found.outcome === "unknown") return commands.noSuchEvent(shown);
  if (found.outcome === "ambiguous") return commands.ambiguousEvent(shown);
  const { event } = found;
  return denied(asked, "events.read", { type: event.type }) ?? tell(event);
}

async function why(event: WhaleEvent, asked: Asked, deps: ChatEventDeps): Promise<string> {
  const { actor, args, viewing } = asked;
  const ruleId = args.word;
  const rules = deps.rules();
  const object = ruleId === undefined ? "some" : ruleObjects(rules)(ruleId);
  const refused = deps.denied(asked, "rules.read", object);
  if (refused !== null) return refused;
  const explanations = await deps.explainer.explain(event, ruleId);
  if (!explanations) {
    return viewing.texts.commands.noSuchRule(viewing.plain((ruleId ?? "").slice(0, 60)));
  }
  const told = readableVerdicts(explanations, actor, rules).map(async (one) => {
    return { ...one, tasks: await deps.explainer.tasksOf(one, actor) };
  });
  const requested = await deps.explainer.askedBy(event, actor);
  const gates = explanations.flatMap(({ gate }) => (gate ? namedIn(gate) : []));
  const named = await naming(viewing, gates, deps.directory);
  return whyText(event, { rules: await Promise.all(told), asked: requested }, named);
}
