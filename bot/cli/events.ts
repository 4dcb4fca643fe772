import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import type { WhaleEvent } from "../../core/events/index.ts";
import { choosesEvents, type EventFilterAsked } from "./event-filter.ts";
import { eventLines, eventTable, type ShownEvent } from "./event-words.ts";
import { printList } from "./listed.ts";
import { terminalZone } from "./local-time.ts";
import { replayCommand } from "./replay.ts";
import { runningWhale } from "./running-whale.ts";

/** Options of a search, by the name of their parameter in REST. */
interface Asked extends EventFilterAsked {
  rule?: string;
  limit?: string;
}

/** `whale events …`: what has come, asked of the running process. */
export function eventCommands(whale: Command): Command {
  const events = whale
    .command("events")
    .description("事件，向运行中的 Whale 查询 · events, asked of the running Whale");
  asking(events.command("search"))
    .option("--json", "打印 REST 的回答 · print the answer of REST")
    .description("检索事件，新的在前 · search events, newest first")
    .action(search);
  asking(events.command("export"))
    .description("导出为 JSON 行，旧的在前 · print events as JSON lines, oldest first")
    .action(exportEvents);
  events
    .command("show")
    .argument("<id>", "事件编号或其开头 · an event's id or its beginning")
    .option("--json", "打印 REST 的回答 · print the answer of REST")
    .description("一个事件、各规则的结论、它的故障 · one event, what the rules said, its incident")
    .action(show);
  replayCommand(events);
  return events;
}

function asking(command: Command): Command {
  return choosesEvents(command)
    .option("--rule <id>", "这条规则有结论的 · judged by this rule")
    .option("--limit <n>", "最多多少个 · at most so many");
}

const NAMES = [
  ...(["type", "source", "severity", "status", "subject", "incident", "label", "number"] as const),
  ...(["rule", "reason", "from", "to", "limit"] as const),
];

function queryOf(text: string | undefined, asked: Asked): URLSearchParams {
  const query = new URLSearchParams(text === undefined ? {} : { q: text });
  if (asked.invalid) query.append("invalid", "true");
  for (const name of NAMES) {
    const value = asked[name] ?? [];
    for (const one of typeof value === "string" ? [value] : value) query.append(name, one);
  }
  return query;
}

async function search(
  text: string | undefined,
  { json, ...asked }: Asked & { json?: boolean },
): Promise<void> {
  const whale = await runningWhale();
  const answer = await whale.get("/api/v1/events", queryOf(text, asked));
  if (json) return console.log(await answer.text());
  const { events, next } = (await answer.json()) as { events: WhaleEvent[]; next: string | null };
  const table = events.length === 0 ? [] : eventTable(events, terminalZone());
  printList(table, "没有这样的事件 · no such events");
  if (next !== null)
    console.log("还有更多：用 --limit、--to 或 export · there are more: --limit, --to or export");
}

async function exportEvents(text: string | undefined, asked: Asked): Promise<void> {
  const whale = await runningWhale();
  const { body } = await whale.get("/api/v1/events/export", queryOf(text, asked));
  if (!body) return;
  try {
    await pipeline(Readable.fromWeb(body), process.stdout, { end: false });
  } catch (error) {
    // The next program has read enough, as `head` does.
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  }
}

async function show(id: string, { json }: { json?: boolean }): Promise<void> {
  const whale = await runningWhale();
  const answer = await whale.get(`/api/v1/events/${encodeURIComponent(id)}`);
  if (json) return console.log(await answer.text());
  for (const line of eventLines((await answer.json()) as ShownEvent, terminalZone())) console.log(line);
}
