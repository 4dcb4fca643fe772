import type { Problem } from "../../../adapters/files/index.ts";
import { approvalWords, namedIn } from "../../../core/approvals/index.ts";
import { clockTime, factLine, type MessageViewing, plainLine } from "../../../core/cards/index.ts";
import { pageOf } from "../../../core/commands/index.ts";
import type { Directory, ThrottleStore } from "../../../core/ports/index.ts";
import type { Rule } from "../../../core/rules/index.ts";
import { readableRules } from "../../explain/index.ts";
import { bucketObject } from "../../http/api/throttle.ts";
import { naming } from "../../names.ts";
import type { Asked, ChatCommands, Reply } from "../command.ts";
import type { Denier } from "../denied.ts";

export interface ChatRuleDeps {
  rules: () => readonly Rule[];
  /** What is wrong in files that were not taken. */
  refused: () => readonly Problem[];
  throttle: Pick<ThrottleStore, "show">;
  directory: Pick<Directory, "nameOf">;
  denied: Denier;
}

/** What people ask about what is in force. */
export function ruleCommands(deps: ChatRuleDeps): Pick<ChatCommands, "rules" | "throttle"> {
  return {
    rules: { run: (asked) => rules(asked, deps) },
    throttle: { run: (asked) => throttle(asked, deps) },
  };
}

async function rules({ actor, args, after, viewing }: Asked, deps: ChatRuleDeps): Promise<Reply> {
  const { rules: words, more } = viewing.texts.commands;
  const seen = readableRules(deps.rules(), actor);
  const wanted = (args.text ?? "").toLowerCase().split(/\s+/u).filter(Boolean);
  const one = seen.find(({ id }) => id === args.text);
  const faults = seen.length > 0 ? faultLines(deps.refused(), viewing) : [];
  if (one) {
    const named = await naming(viewing, namedIn(one.approval), deps.directory);
    return { text: [ruleText(one, named), ...faults].join("\n") };
  }
  const found = seen.filter((rule) => {
    const text = [rule.id, rule.title, rule.business, rule.action, ...rule.on].join("\n").toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  const page = pageOf(found, after, ({ id }) => id);
  if (page.shown.length === 0) return { text: [words.none, ...faults].join("\n") };
  const lines = page.shown.map((rule) => ruleLine(rule, viewing));
  const goesOn = page.next === null ? [] : [more(page.left)];
  return { text: [words.title, ...lines, ...faults, ...goesOn].join("\n"), next: page.next };
}

/** Whoever looks at what is in force wonders why it is not what they have written. */
function faultLines(faults: readonly Problem[], viewing: MessageViewing): string[] {
  const [first] = faults;
  if (!first) return [];
  const { file, line, field, message, messageEn = message } = first;
  const { texts } = viewing;
  const what = plainLine(`${field} ${texts.wordsOf({ zh: message, en: messageEn })}`.trim(), viewing);
  const place = viewing.plain(`${file}:${line}`);
  return [texts.commands.rules.refused({ count: faults.length, place, what })];
}

function ruleLine({ id, title, business, action }: Rule, viewing: MessageViewing): string {
  return `**${viewing.plain(id)}** ${[title, business, action].map((part) => plainLine(part, viewing)).join(" · ")}`;
}

function ruleText(rule: Rule, viewing: MessageViewing): string {
  const { texts } = viewing;
  const { rules: words } = texts.commands;
  const facts: [string, string][] = [
    [words.on, rule.on.join(" ")],
    [texts.labels.target, rule.targets.join(" ")],
    [words.asks, texts.wordsOf(approvalWords(rule.approval, viewing.nameOf))],
  ];
  const lines = facts.filter(([, value]) => value).map(([label, value]) => factLine(label, value, viewing));
  return [ruleLine(rule, viewing), ...lines].join("\n");
}

async function throttle(asked: Asked, deps: ChatRuleDeps): Promise<string> {
  const { args, viewing } = asked;
  const { throttle: words } = viewing.texts.commands;
  const key = args.text ?? "";
  const refused = deps.denied(asked, "rules.read", bucketObject(key, deps.rules()));
  if (refused !== null) return refused;
  const bucket = await deps.throttle.show(key);
  const shown = viewing.plain(key.slice(0, 200));
  if (!bucket) return words.none(shown);
  const { tokens, burst, nextAtMs } = bucket;
  const next = clockTime(nextAtMs, viewing.timeZone);
  return words.bucket({ key: shown, left: String(Math.floor(tokens)), limit: String(burst), next });
}
