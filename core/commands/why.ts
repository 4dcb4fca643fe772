import { approvalWords } from "../approvals/index.ts";
import {
  choiceText,
  clockTime,
  type MessageViewing,
  plainLine,
  retryText,
  titleLine,
} from "../cards/index.ts";
import type { WhaleEvent } from "../events/index.ts";
import { shortId } from "../ids/index.ts";
import { type Explanation, messageWords, type Verdict, verdictWords } from "../rules/index.ts";
import type { Task } from "../tasks/index.ts";

/** A message holds so many rules; the others are told by number. */
const MOST_RULES = 10;

/** What a rule said, with the tasks that it has made as they are now. */
export type Told = Explanation & { tasks?: readonly Task[] };

/** What is told of an event. */
export interface Why {
  /** What each rule said. */
  rules: readonly Told[];
  /** The tasks that a person has asked for with it; none for an event of a monitor. */
  asked: readonly Task[];
}

/**
 * The answer to `why EVENT [RULE]`: what each rule said, whether that is kept or judged again, and of each task how it
 * stands, in what a retry differs, and why it went where it went.
 */
export function whyText(event: WhaleEvent, { rules, asked }: Why, viewing: MessageViewing): string {
  const { texts, timeZone } = viewing;
  const when = clockTime(Date.parse(event.receivedAt), timeZone);
  const subject = event.subject ? ` · ${titleLine(event.subject, viewing)}` : "";
  const head = `**${shortId(event.id)}** ${titleLine(event.title, viewing)}${subject} · ${when}`;
  const own = asked.map((task) => toldTask(task, viewing));
  if (rules.length === 0) return [head, ...(own.length > 0 ? own : [texts.commands.noRules])].join("\n");
  const lines = rules.slice(0, MOST_RULES).map((one) => {
    const tasks = (one.tasks ?? []).map((task) => toldTask(task, viewing));
    return [whyLine(one, viewing), ...tasks].join("\n");
  });
  const left = rules.length - lines.length;
  return [head, ...own, ...lines, ...(left > 0 ? [texts.coalesced(left)] : [])].join("\n");
}

function whyLine(explanation: Explanation, viewing: MessageViewing): string {
  const { ruleId, title } = explanation;
  const name = `**${titleLine(title ?? ruleId, viewing)}** (${ruleId})`;
  const { words, facts } = explanationWords(explanation, viewing);
  return `${name} ${[words, ...facts].map((fact) => plainLine(fact, viewing)).join(" · ")}`;
}

/** What a rule said, and the facts beside it, in words without any markup. */
export function explanationWords(
  explanation: Explanation,
  { texts, timeZone, nameOf }: Pick<MessageViewing, "texts" | "timeZone"> & Partial<MessageViewing>,
): { words: string; facts: string[] } {
  const { commands } = texts;
  if (explanation.known === "not_asked") {
    return { words: commands.otherTypes(explanation.on.join(", ")), facts: [] };
  }
  const { verdict } = explanation;
  const untold = explanation.known === "recomputed" && explanation.untold;
  const words = untold ? commands.untold : texts.wordsOf(verdictWords(verdict.reason));
  const changed = explanation.known === "stored" && explanation.changed ? [commands.ruleChanged] : [];
  const { gate } = explanation;
  const asks = gate ? [texts.wordsOf(approvalWords(gate, nameOf))] : [];
  const facts = [
    ...factsOf(verdict, { texts, timeZone }),
    ...asks,
    commands.known[explanation.known],
    ...changed,
  ];
  return { words, facts };
}

function toldTask(task: Task, viewing: MessageViewing): string {
  const { texts } = viewing;
  const head = texts.retries.taskIs({ id: shortId(task.id), state: texts.states[task.state] });
  const facts = [retryText(task, viewing), choiceText(task, texts)].filter(Boolean);
  return [head, ...facts.map((fact) => plainLine(fact, viewing))].join(" · ");
}

function factsOf(
  verdict: Verdict,
  { texts, timeZone }: Pick<MessageViewing, "texts" | "timeZone">,
): string[] {
  const { feature, throttle, taskId, message, would } = verdict;
  const { commands } = texts;
  const facts: string[] = [];
  if (feature) {
    const { path, op, expected, actual } = feature;
    facts.push(`${path} ${op} ${JSON.stringify(expected)}`, commands.wasActually(JSON.stringify(actual)));
  }
  if (throttle && verdict.reason === "throttled") {
    facts.push(throttle.key, commands.passesAt(clockTime(throttle.nextAtMs, timeZone)));
  }
  if (taskId !== undefined) facts.push(`${texts.labels.id} ${shortId(taskId)}`);
  if (would) facts.push([would.action, ...would.targets].join(" "), would.params);
  if (message !== undefined) facts.push(texts.wordsOf(messageWords(message)));
  return facts;
}
