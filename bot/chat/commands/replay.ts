import { createHash } from "node:crypto";
import { commandWords } from "../../../core/commands/index.ts";
import type { WhaleEvent } from "../../../core/events/index.ts";
import { base32, shortId } from "../../../core/ids/index.ts";
import { actorName, inScope, objectOfRule, scopeOf } from "../../../core/people/index.ts";
import type { ReplayStore } from "../../../core/ports/index.ts";
import type { ReplayOrder } from "../../../core/replays/index.ts";
import type { Rule } from "../../../core/rules/index.ts";
import type { Explainer } from "../../explain/index.ts";
import { queueReplay, type ReplayQueueDeps } from "../../replays/index.ts";
import type { Asked, ChatCommands, Prepared } from "../command.ts";
import type { Denier } from "../denied.ts";

export interface ChatReplayDeps extends ReplayQueueDeps {
  replays: Pick<ReplayStore, "create" | "get">;
  explainer: Pick<Explainer, "find">;
  rules: () => readonly Rule[];
  denied: Denier;
}

/** `replay EVENT [RULE]`: one stored event is judged again, for real. Needs what a replay over REST needs. */
export function replayCommands(deps: ChatReplayDeps): Pick<ChatCommands, "replay"> {
  return {
    replay: { prepare: (asked) => prepare(asked, deps), run: (asked) => replay(asked, deps) },
  };
}

type Meant = { outcome: "meant"; event: WhaleEvent } | { outcome: "answer"; text: string };

async function meant(asked: Asked, { explainer, denied, rules }: ChatReplayDeps): Promise<Meant> {
  const { args, actor, viewing } = asked;
  const { commands } = viewing.texts;
  const none = denied(asked, "events.read", "some");
  if (none !== null) return { outcome: "answer", text: none };
  const typed = args.event ?? "";
  const found = await explainer.find(typed, scopeOf(actor, "events.read"));
  const shown = viewing.plain(typed.slice(0, 60));
  if (found.outcome === "unknown") return { outcome: "answer", text: commands.noSuchEvent(shown) };
  if (found.outcome === "ambiguous") return { outcome: "answer", text: commands.ambiguousEvent(shown) };
  const { event } = found;
  const object = { type: event.type };
  const refused =
    denied(asked, "events.read", object) ??
    denied(asked, "events.replay", object) ??
    denied(asked, "rules.read", "some");
  if (refused !== null) return { outcome: "answer", text: refused };
  const rule = rules().find(({ id }) => id === args.word);
  const scope = scopeOf(actor, "rules.read");
  const isReadable = rule && inScope(scope, { type: event.type, ...objectOfRule(rule) });
  if (args.word === undefined || isReadable) return { outcome: "meant", event };
  return { outcome: "answer", text: commands.noSuchRule(viewing.plain(args.word.slice(0, 60))) };
}

async function prepare(asked: Asked, deps: ChatReplayDeps): Promise<Prepared> {
  const found = await meant(asked, deps);
  if (found.outcome === "answer") return found;
  const { event } = found;
  const { viewing, args } = asked;
  const { texts } = viewing;
  const rows = [
    { label: texts.labels.alert, value: event.title },
    { label: texts.labels.target, value: event.subject },
    ...(args.word === undefined ? [] : [{ label: texts.commands.rules.one, value: args.word }]),
  ];
  const title = `${commandWords("replay", texts)} ${shortId(event.id)}`;
  const facts = { title, rows, text: texts.commands.confirm.replay };
  return { outcome: "ask", facts, args: { ...args, event: event.id } };
}

async function replay(asked: Asked, deps: ChatReplayDeps): Promise<string> {
  const found = await meant(asked, deps);
  if (found.outcome === "answer") return found.text;
  const { key, actor, args, viewing } = asked;
  // One confirmation gives one replay, however often it is worked on.
  const id = `r_${base32(createHash("sha256").update(key).digest()).slice(0, 26)}`;
  if (!(await deps.replays.get(id))) {
    const scope = { events: scopeOf(actor, "events.replay"), rules: scopeOf(actor, "rules.read") };
    await queueReplay({ ...orderFor(found.event, args.word), scope }, { id, by: actorName(actor) }, deps);
  }
  return viewing.texts.commands.replayMade(id);
}

/** The archive finds by type, source, incident and instant; together they mean this event. */
function orderFor(event: WhaleEvent, rule: string | undefined): Omit<ReplayOrder, "scope"> {
  const { type, source, incident, receivedAt } = event;
  const to = new Date(Date.parse(receivedAt) + 1).toISOString();
  const filter = { type: [type], source: [source], incident, from: receivedAt, to };
  const bounds = { perSecond: 5, ignoreThrottle: false, maxTasks: 100, maxEvents: 1 };
  return { mode: "real", filter, rules: rule === undefined ? null : [rule], ...bounds };
}
