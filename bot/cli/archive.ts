import type { Command } from "commander";
import { localTime, terminalZone } from "./local-time.ts";
import { fitted, plainJson, plainText } from "./plain-text.ts";
import { runningWhale } from "./running-whale.ts";

/** A dead letter as REST shows it. */
interface ShownLetter {
  id: string;
  kind: "event" | "verdict";
  eventId: string;
  type?: string;
  ruleId?: string;
  problem: string;
  at: string;
}

const ALL = "/api/v1/archive/dead-letters";

/** `whale archive dead-letters …`: what could not be archived, asked of the running process. */
export function archiveCommands(whale: Command): void {
  const letters = whale
    .command("archive")
    .description("归档，向运行中的 Whale 查询 · the archive, asked of the running Whale")
    .command("dead-letters")
    .description("归档不收的事件和结论 · events and verdicts that could not be archived");
  letters
    .command("list")
    .option("--limit <n>", "最多多少封 · at most so many")
    .option("--json", "打印 REST 的回答 · print the answer of REST")
    .description("列出，旧的在前 · list them, oldest first")
    .action(list);
  letters
    .command("show")
    .argument("<id>", "死信编号 · a dead letter's id")
    .description("打印一封死信和它的原文 · print one with what could not be archived, as JSON")
    .action(show);
  letters
    .command("retry")
    .argument("[id]", "只试这一封 · this one alone")
    .description("再试一次，全部或一封 · try again: all, or one")
    .action(retry);
}

async function list({ limit, json }: { limit?: string; json?: boolean }): Promise<void> {
  const query = new URLSearchParams(limit === undefined ? {} : { limit });
  const answer = await (await runningWhale()).get(ALL, query);
  const body = (await answer.json()) as { count: number; deadLetters: ShownLetter[] };
  if (json) return console.log(JSON.stringify(body));
  for (const line of letterLines(body.deadLetters, terminalZone())) console.log(line);
  console.error(`${body.deadLetters.length} / ${body.count} 封死信 · dead letters`);
}

/** One line for each: id, time, what it is about, and the problem, free of what could steer a terminal. */
export function letterLines(letters: readonly ShownLetter[], timeZone: string): string[] {
  return letters.map(({ id, at, kind, eventId, type, ruleId, problem }) => {
    const about = `${kind} ${eventId} ${type ?? ruleId ?? ""}`;
    return plainText(`${id}  ${localTime(at, timeZone)}  ${fitted(plainText(about), 48)}  ${problem}`);
  });
}

async function show(id: string): Promise<void> {
  const answer = await (await runningWhale()).get(`${ALL}/${encodeURIComponent(id)}`);
  console.log(plainJson(await answer.json()));
}

async function retry(id: string | undefined): Promise<void> {
  const path = id === undefined ? ALL : `${ALL}/${encodeURIComponent(id)}`;
  const answer = await (await runningWhale()).post(`${path}/retry`, {});
  const { stored, left } = (await answer.json()) as { stored: number; left: number };
  console.log(`${stored} 已入档 · archived, ${left} 仍不能 · still refused`);
  if (left > 0) process.exitCode = 1;
}
