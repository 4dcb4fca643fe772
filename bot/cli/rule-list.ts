import type { Command } from "commander";
import type { briefRule } from "../http/index.ts";
import { more } from "./event-filter.ts";
import { printList } from "./listed.ts";
import { plainText } from "./plain-text.ts";
import { runningWhale } from "./running-whale.ts";

/** What REST tells of a rule. */
export type ListedRule = ReturnType<typeof briefRule>;

interface Asked {
  type?: string[];
  business?: string[];
  mode?: string;
  json?: true;
}

/** `whale rules list`: the rules in force, asked of the running process. */
export function ruleListCommand(rules: Command): void {
  rules
    .command("list")
    .option("--type <type>", "读取这个事件类型的，可重复 · that take this event type, repeatable", more)
    .option("--business <name>", "业务，可重复 · business, repeatable", more)
    .option("--mode <mode>", "live 或 or shadow")
    .option("--json", "每条规则一行 JSON · one JSON line for each rule")
    .description("生效中的规则，向运行中的 Whale 查询 · the rules in force, asked of the running Whale")
    .action(list);
}

async function list({ json, ...asked }: Asked): Promise<void> {
  const rules = await allOf(asked);
  const lines = rules.map((rule) => (json ? JSON.stringify(rule) : ruleLine(rule)));
  printList(lines, "没有这样的规则 · no such rules");
}

async function allOf(asked: Omit<Asked, "json">): Promise<ListedRule[]> {
  const whale = await runningWhale();
  const query = new URLSearchParams({ limit: "1000" });
  for (const [name, value] of Object.entries(asked)) {
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, one);
  }
  const found: ListedRule[] = [];
  for (;;) {
    const answer = await whale.get("/api/v1/rules", query);
    const { rules, next } = (await answer.json()) as { rules: ListedRule[]; next: string | null };
    found.push(...rules);
    if (next === null) return found;
    query.set("after", next);
  }
}

/** One rule on one line. */
export function ruleLine(rule: ListedRule): string {
  const { id, title, version, mode, business, on, action, approval, readers } = rule;
  const facts = [
    ...[id, title, mode === "shadow" ? "影子 shadow" : "", business, `${on.join(" ")} → ${action}`],
    `${approval.zh} ${approval.en}`,
    `版本 version ${version}`,
    readers.length > 0 ? `可读 read by ${readers.join(" ")}` : "",
  ];
  return plainText(facts.filter(Boolean).join(" · "));
}
