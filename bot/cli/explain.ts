import type { Command } from "commander";
import { type Explained, explainLines } from "./explain-words.ts";
import { terminalZone } from "./local-time.ts";
import { runningWhale } from "./running-whale.ts";

/** `whale explain EVENT [RULE]`: asked of the running process. */
export function explainCommand(whale: Command): void {
  whale
    .command("explain")
    .argument("<event>", "事件编号或其开头，或任务编号的开头 · an event's id or its beginning, or a task's")
    .argument("[rule]", "只问这条规则 · of this rule alone")
    .option("--json", "打印 REST 的回答 · print the answer of REST")
    .description("各规则为何建或没建任务 · why rules did or did not make tasks of an event")
    .action(explain);
}

async function explain(event: string, rule: string | undefined, { json }: { json?: boolean }): Promise<void> {
  const whale = await runningWhale();
  const path = `/api/v1/events/${encodeURIComponent(event)}/explain`;
  const answer = await whale.get(path, new URLSearchParams(rule === undefined ? {} : { rule }));
  if (json) return console.log(await answer.text());
  for (const line of explainLines((await answer.json()) as Explained, terminalZone())) console.log(line);
}
