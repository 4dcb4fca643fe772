import type { Command } from "commander";
import type { briefTask, shownTask } from "../http/index.ts";
import { more } from "./event-filter.ts";
import { printList } from "./listed.ts";
import { localTime, terminalZone } from "./local-time.ts";
import { plainText } from "./plain-text.ts";
import { runningWhale } from "./running-whale.ts";

/** What REST tells of tasks. */
export type ListedTask = ReturnType<typeof briefTask>;
export type ShownTask = ReturnType<typeof shownTask>;

interface Asked {
  state?: string[];
  rule?: string[];
  source?: string[];
  business?: string[];
  limit?: string;
  after?: string;
  json?: true;
}

const ALL = "/api/v1/tasks";

/** `whale tasks …`: asked of the running process. */
export function taskCommands(whale: Command): void {
  const tasks = whale
    .command("tasks")
    .description("任务，向运行中的 Whale 查询 · tasks, asked of the running Whale");
  tasks
    .command("list", { isDefault: true })
    .option("--state <state>", "状态，或 open、ended，可重复 · state, or open, ended; repeatable", more)
    .option("--rule <id>", "规则，可重复 · rule, repeatable", more)
    .option("--source <source>", "事件源，可重复 · source, repeatable", more)
    .option("--business <name>", "业务，可重复 · business, repeatable", more)
    .option("--limit <n>", "最多多少个，默认 50 · at most so many")
    .option("--after <next>", "接着上一页 · behind the page before")
    .option("--json", "打印 REST 的回答 · print the answer of REST")
    .description("列出，新的在前 · list them, newest first")
    .action(list);
  tasks
    .command("show")
    .argument("<id>", "任务编号或其开头 · a task's id or its beginning")
    .option("--json", "打印 REST 的回答 · print the answer of REST")
    .description("一个任务：运行什么、谁批准、经过 · one task: what it runs, who approves, its history")
    .action(show);
}

async function list({ json, ...asked }: Asked): Promise<void> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, one);
  }
  const answer = await (await runningWhale()).get(ALL, query);
  if (json) return console.log(await answer.text());
  const { tasks, next } = (await answer.json()) as { tasks: ListedTask[]; next: string | null };
  const lines = tasks.map((task) => taskLine(task, terminalZone()));
  printList(lines, next === null ? "没有这样的任务 · no such tasks" : "这一页没有 · none on this page");
  if (next !== null) console.error(`还有更多 · there are more: --after ${next}`);
}

async function show(id: string, { json }: { json?: true }): Promise<void> {
  const answer = await (await runningWhale()).get(`${ALL}/${encodeURIComponent(id)}`);
  if (json) return console.log(await answer.text());
  const { task } = (await answer.json()) as { task: ShownTask };
  for (const line of taskLines(task, terminalZone())) console.log(line);
}

/** One task on one line. The id ends it whole, to be copied. */
export function taskLine(one: ListedTask, timeZone: string): string {
  const { created, state, reason, title, event, rule, business, action, cluster, task } = one;
  const facts = [localTime(created, timeZone), `${state} (${reason})`, title, event.subject];
  return plainText([...facts, rule, business, action, cluster ?? "", task].filter(Boolean).join(" · "));
}

/** One task with what it runs, who decides and did, and its history. */
export function taskLines(task: ShownTask, timeZone: string): string[] {
  const { targets, params, clusters, execution, message, approval, deadline, decisions, history } = task;
  const facts: [label: string, value: string | null][] = [
    ["原因 message", message],
    ["对象 targets", targets.join(" ") || null],
    ["参数 params", JSON.stringify(params)],
    ["集群 clusters", clusters.join(" ")],
    ["执行 execution", execution],
    ["授权 approval", `${approval.zh} · ${approval.en}`],
    ["到期 deadline", deadline === null ? null : localTime(deadline, timeZone)],
    ["事件 event", `${task.event.id} (${task.event.source} ${task.event.type})`],
  ];
  const told = facts.flatMap(([label, value]) => (value === null ? [] : [`  ${label}: ${value}`]));
  const decided = decisions.map(({ at, verdict, by, onBehalfOf, reason }) => {
    const who = onBehalfOf === null ? by : `${by} (${onBehalfOf})`;
    return `  ${localTime(at, timeZone)}  ${verdict}  ${who}${reason === null ? "" : `  ${reason}`}`;
  });
  const moves = history.map(({ at, from, to, reason, by }) => {
    return `  ${localTime(at, timeZone)}  ${from ?? "-"} → ${to}  ${reason}${by === null ? "" : `  ${by}`}`;
  });
  const all = [taskLine(task, timeZone), ...told];
  if (decided.length > 0) all.push("决定 · decisions:", ...decided);
  return [...all, "经过 · history:", ...moves].map(plainText);
}
