import type { Command } from "commander";
import { ChatOpsError } from "../../core/errors.ts";
import { type StopScope, stopName, stopOfWords } from "../../core/stops/index.ts";
import { printList } from "./listed.ts";
import { localTime, terminalZone } from "./local-time.ts";
import { plainText } from "./plain-text.ts";
import { runningWhale } from "./running-whale.ts";

/** What REST tells of a stop. */
export interface ShownStop {
  stop: string;
  by: string;
  at: string;
  why: string;
}

/** `whale stops`, `whale stop …`, `whale start …`: asks the running Whale, in the words of chat. */
export function stopCommands(whale: Command): void {
  whale.command("stops").description("正在生效的急停 · the stops in force").action(list);
  whale
    .command("stop")
    .argument(
      "<what>",
      "all、cluster=名称、rule=名称、business=名称 · or cluster=NAME, rule=NAME, business=NAME",
    )
    .argument("<why...>", "原因 · why")
    .description("急停：立即不再启动新的执行 · stop: nothing new starts from now on")
    .action(stop);
  whale
    .command("start")
    .argument("[what]", "同 stop；不写为 all · as for stop; all when absent", "all")
    .description("解除急停，等待的任务继续 · lift a stop: what waits goes on")
    .action(start);
}

async function list(): Promise<void> {
  const answer = await (await runningWhale()).get("/api/v1/stops");
  const { stops } = (await answer.json()) as { stops: ShownStop[] };
  const lines = stops.map((one) => stopLine(one, terminalZone()));
  printList(lines, "没有急停 · nothing is stopped");
}

async function stop(what: string, why: string[]): Promise<void> {
  const body = { stop: stopName(scopeOf(what)), why: why.join(" ") };
  const answer = await (await runningWhale()).post("/api/v1/stops", body);
  const before = answer.status === 200 ? "先前已急停 stopped before · " : "";
  console.log(`${before}${stopLine((await answer.json()) as ShownStop, terminalZone())}`);
}

async function start(what: string): Promise<void> {
  const name = stopName(scopeOf(what));
  await (await runningWhale()).delete(`/api/v1/stops/${encodeURIComponent(name)}`);
  console.log(plainText(`${name}: 已解除 · lifted`));
}

function scopeOf(what: string): StopScope {
  const read = stopOfWords(what);
  if (read) return read.scope;
  const message = `${what}: 应为 all、cluster=名称、rule=名称 或 business=名称 (must be all, cluster=NAME, rule=NAME or business=NAME)`;
  throw new ChatOpsError(message, { code: "cli.bad_stop" });
}

/** One stop on one line. */
export function stopLine({ stop: name, by, at, why }: ShownStop, timeZone: string): string {
  return plainText(`${name}: 急停中 stopped · ${by} · ${localTime(at, timeZone)} · ${why}`);
}
