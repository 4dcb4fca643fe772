import type { Command } from "commander";

/** What events are asked for, by the names of the options. */
export interface EventFilterAsked {
  type?: string[];
  source?: string[];
  severity?: string[];
  status?: string[];
  subject?: string;
  incident?: string;
  label?: string[];
  number?: string[];
  invalid?: boolean;
  reason?: string;
  from?: string;
  to?: string;
}

/** An option that may be given again: the values so far and one more. */
export function more(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** Gives a command the text and the options that choose events, whatever it does with them. */
export function choosesEvents(command: Command): Command {
  return command
    .argument("[text]", "全文检索 · words that must all be there")
    .option("--type <type>", "事件类型，可重复 · event type, repeatable", more)
    .option("--source <source>", "事件源，可重复 · source, repeatable", more)
    .option("--severity <severity>", "级别，可重复 · severity, repeatable", more)
    .option("--status <status>", "状态，可重复 · status, repeatable", more)
    .option("--label <key=value>", "标签，可重复 · label, repeatable", more)
    .option("--number <field=range>", "detail 的数字字段，如 usage=85..95，可重复 · a number of detail", more)
    .option("--subject <subject>", "对象 · what it is about")
    .option("--incident <incident>", "故障 · incident")
    .option("--invalid", "只要不合格式的 · only what does not fit its type")
    .option("--reason <reason>", "来时结论的原因 · the reason of a verdict when it came")
    .option("--from <when>", "从何时起：2h 或 ISO 时间 · since when: 2h, or an ISO time")
    .option("--to <when>", "到何时止 · until when");
}
