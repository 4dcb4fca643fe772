import type { Problem } from "../../adapters/files/index.ts";
import { errorText } from "../../core/errors.ts";
import { hashOf } from "../../core/ids/index.ts";
import type { People } from "../../core/people/index.ts";
import type { Clock, Directory, Logger, Outbox } from "../../core/ports/index.ts";
import type { Rule } from "../../core/rules/index.ts";
import type { Languages } from "../languages/index.ts";
import type { LoadedHome } from "./change-type.ts";

export interface OwnersDeps {
  outbox: Outbox;
  directory: Directory;
  /** Who is told of a file that nobody in force owns; nobody when null. */
  admin: People | null;
  textsFor: Languages["textsFor"];
  /** Makes text of files plain in the channel's markup. */
  plain: (text: string) => string;
  clock: Clock;
  log: Logger;
}

/**
 * Tells the owners of rules that their file was not taken, and that the rule before stays in force; of other files the
 * administrator. The same fault is told once, whichever process sees it, and however often.
 */
export async function tellOwners(
  problems: readonly Problem[],
  { home, files }: LoadedHome,
  deps: OwnersDeps,
): Promise<void> {
  const first = new Map(problems.toReversed().map((problem) => [problem.file, problem]));
  const nameOf = new Map(files.map(({ kind, file, name }) => [file, kind === "rule" ? name : undefined]));
  for (const [file, problem] of first) {
    const rule = home.rules.find(({ id }) => id === nameOf.get(file));
    const to = rule?.owner ?? deps.admin;
    if (to) await tellOf(problem, { to, rule }, deps);
  }
}

async function tellOf(
  problem: Problem,
  { to: named, rule }: { to: People; rule: Rule | undefined },
  deps: OwnersDeps,
): Promise<void> {
  const { outbox, directory, textsFor, plain, clock, log } = deps;
  const { file, line, field, message, messageEn } = problem;
  const words = async (to: string) => {
    const texts = await textsFor(to);
    const what = plain([field, texts.wordsOf({ zh: message, en: messageEn ?? message })].join(" ").trim());
    const place = plain(`${file}:${line}`);
    return rule
      ? texts.ruleRefused({ rule: plain(rule.title), place, what })
      : texts.fileRefused({ place, what });
  };
  try {
    const people = await directory.expand(named);
    const dueAtMs = clock.nowMs();
    const key = `notice:rule:${hashOf([rule?.id ?? "", file, line, field, message])}`;
    const items = people.map(async (to) => ({
      ...{ key: `${key}:${to}`, taskId: null, lane: 4 as const, dueAtMs },
      body: { kind: "answer" as const, to, text: await words(to) },
    }));
    await outbox.add(await Promise.all(items));
  } catch (error) {
    log.warn({ file, reason: errorText(error) }, "nobody could be told of a file that was not taken");
  }
}
